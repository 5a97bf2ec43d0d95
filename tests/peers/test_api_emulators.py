"""Emulators of email APIs that others wrote take benchkit's requests and hold the mail: Resend, Gmail, Amazon SES.

They check neither addresses, limits nor unknown fields: test_api_specifications.py does.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import uvloop

from benchkit.batch import to_mime
from benchkit.model.identity import split_at_identity, token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security
from benchkit.model.trace import Trace
from benchkit.testing.client_at_sink import PASSWORD
from tests.peers.requirements import need, need_unpacked
from tests.peers.servers.peer import free_ports, serving
from tests.transports.clients import client_of

SEED = Path(__file__).with_name("servers") / "emulate.yaml"
CONTENT = Content(
    "Grüße: your order", Address("Shop", "shop@shop.example"), (Address("", "ann@x.example"),), text="hello\nyou\n",
    html="<p>hello</p>", headers=(("X-Campaign", "spring"),),
)  # fmt: skip
MAIL = Message(0, CONTENT, to_mime(CONTENT), "shop@shop.example", ("ann@x.example",))
IDENTITIES = [token_of("0badcafe", number) for number in (1, 2)]


def arm(provider: str, options: Mapping[str, str], per_request: int = 1) -> ArmSpec:
    return ArmSpec(
        "arm", "api", "wire", ConnectionPolicy(0), Security.NONE, provider=provider, options=options, timeout_s=20.0,
        messages_per_request=per_request,
    )  # fmt: skip


def sent(
    provider: str, port: int, options: Mapping[str, str] | None = None, *, together: bool = False
) -> list[Outcome]:
    """The mail under each identity: in a request each, or in one for both."""

    async def run() -> list[Outcome]:
        client: Any = client_of(arm(provider, options or {}, 2 if together else 1), port)
        trace = Trace()
        trace.begin()
        assert await client.connect(trace) is None
        if together:
            outcomes = list(await client.send_batch(client.prepare_batch([MAIL, MAIL]), IDENTITIES, trace))
        else:
            outcomes = [await client.send(client.prepare(MAIL), identity, trace) for identity in IDENTITIES]
        await client.close(trace)
        return outcomes

    return uvloop.run(run())


def got(port: int, path: str) -> Any:
    request = Request(f"http://127.0.0.1:{port}{path}", headers={"authorization": f"Bearer {PASSWORD}"})
    with urlopen(request, timeout=20) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def emulate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """The ports of Resend and of Google, a process each."""
    program = need_unpacked("npm", "node_modules", "emulate", "dist", "index.js")
    ports = free_ports(2)
    with ExitStack() as started:
        for name, port in zip(("resend", "google"), ports, strict=True):
            command: list[str | Path] = [need("node"), program, "--service", name, "--port", str(port), "--seed", SEED]
            started.enter_context(serving(command, tmp_path_factory.mktemp(name), [port]))
        yield ports[0], ports[1]


@pytest.mark.parametrize("together", [False, True])
def test_vercels_resend_takes_single_mails_and_batches(emulate: tuple[int, int], together: bool) -> None:
    port, _ = emulate
    outcomes = sent("resend", port, together=together)
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.ACCEPTED] * 2
    assert len({outcome.server_id for outcome in outcomes}) == 2
    for outcome in outcomes:
        mail = got(port, f"/emails/{outcome.server_id}")
        assert (mail["subject"], mail["to"], mail["html"]) == (CONTENT.subject, ["ann@x.example"], CONTENT.html)
        assert "shop@shop.example" in mail["from"]
        assert (mail["text"] or "").strip() == CONTENT.text.strip()


@pytest.mark.parametrize("endpoint", ["media", "json"])
def test_vercels_gmail_holds_the_mail_byte_for_byte(emulate: tuple[int, int], endpoint: str) -> None:
    _, port = emulate
    for identity, outcome in zip(IDENTITIES, sent("gmail", port, {"endpoint": endpoint}), strict=True):
        assert outcome.kind is OutcomeKind.ACCEPTED, outcome
        raw = got(port, f"/gmail/v1/users/me/messages/{outcome.server_id}?format=raw")["raw"]
        held = urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
        assert held.replace(b"Bcc: \r\n", b"") == identity.join(split_at_identity(MAIL.mime))


@pytest.fixture(scope="module")
def ses_local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    program = need_unpacked("npm", "node_modules", ".bin", "aws-ses-v2-local")
    (port,) = free_ports(1)
    with serving(
        [need("node"), program, "--port", str(port), "--host", "127.0.0.1"], tmp_path_factory.mktemp("ses"), [port]
    ):
        yield port


@pytest.mark.parametrize(("endpoint", "together"), [("simple", False), ("raw", False), ("simple", True)])
def test_aws_ses_v2_local_takes_single_mails_and_bulk(ses_local: int, endpoint: str, together: bool) -> None:
    before = {mail["messageId"] for mail in got(ses_local, "/store")["emails"]}
    outcomes = sent("ses", ses_local, {"endpoint": endpoint}, together=together)
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.ACCEPTED] * 2, outcomes
    mails = [mail for mail in got(ses_local, "/store")["emails"] if mail["messageId"] not in before]
    assert len(mails) == 2
    for mail in mails:
        assert (mail["subject"], mail["body"]["html"].strip()) == (CONTENT.subject, CONTENT.html)
        assert any("ann@x.example" in one for one in mail["destination"]["to"])
