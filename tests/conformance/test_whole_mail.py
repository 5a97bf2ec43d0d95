"""The shipped mails with copies, return path, header fields, an inline image and a file by row, by every client and provider.

What arrives is the same mail, content and envelope; or it is refused before the first send, with the reason.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import uvloop

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.errors import InputError
from benchkit.experiment.plan.request_check import check_requests
from benchkit.model.contracts import BatchProvider
from benchkit.model.envelope import recipients_hash
from benchkit.model.exchange import Credentials
from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security
from benchkit.model.trace import Trace
from benchkit.providers import PROVIDERS as KNOWN
from benchkit.scenario import load
from benchkit.sink import parse_body
from benchkit.transports import clients_by_transport
from tests.transports.clients import RUN_TOKEN, SinkRecords, at_a_sink

HOUSE = Path(__file__).parents[2]
MAILS = (
    "account-activation", "application-error", "invoice", "newsletter", "order-receipt", "password-reset", "policy-notice",
    "shipping-notice", "suspicious-sign-in",
)  # fmt: skip
CLIENTS = clients_by_transport()
PROVIDERS = {"mailgun": {}, "mailgun, MIME": {"endpoint": "mime"}, "jmap": {}}
WAYS = [
    *(("smtp", client, "") for client in CLIENTS["smtp"]),
    *(("api", client, provider) for client in CLIENTS["api"] for provider in PROVIDERS),
]
PER_MAIL = 2


def mails(name: str, *, return_path: bool) -> list[Message]:
    """Some of the scenario's own messages, with all that a scenario can add."""
    spec = load(HOUSE / "scenarios" / f"{name}.toml", known_names()).message
    image = HOUSE / "scenarios" / "data" / "banner.png"
    row_file = HOUSE / "scenarios" / "data" / "{{ 'banner.png' if index % 2 else 'payment-terms.pdf' }}"
    added = replace(
        spec,
        count=PER_MAIL,
        cc=("Boss <boss-{{ index }}@example.org>",),
        bcc=("archive@example.net", "{{ 'audit@example.net' if index else '' }}"),
        reply_to=("Help <help@shop.example>",),
        headers={"List-Unsubscribe": "<https://shop.example/u/{{ token(12, 'u') }}>", "X-Campaign": "Größe ☃"},
        priority="high",
        language="de",
        attachments=(*spec.attachments, *((image,) if image not in spec.attachments else ()), row_file),
        envelope_from="bounce+{{ index }}@shop.example" if return_path else None,
    )
    return list(compose(added).messages)


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize(("transport", "client", "provider"), WAYS)
def test_the_whole_of_a_shipped_mail_arrives(name: str, transport: str, client: str, provider: str) -> None:
    arm = ArmSpec(
        "arm", transport, client, ConnectionPolicy(0), Security.NONE, provider=provider.partition(",")[0],
        options=PROVIDERS.get(provider, {}), timeout_s=10.0,
    )  # fmt: skip
    carries_return_path = transport == "smtp" or provider == "jmap"
    messages = mails(name, return_path=carries_return_path)

    async def run() -> SinkRecords:
        seen, trace = SinkRecords(), Trace()
        async with at_a_sink(arm, seen) as (one, _):
            for number, message in enumerate(messages):
                trace.begin()
                assert one.connected or await one.connect(trace) is None
                outcome = await one.send(one.prepare(message), token_of(RUN_TOKEN, number), trace)
                assert outcome.kind is OutcomeKind.ACCEPTED, outcome
        return seen

    seen = uvloop.run(run())
    assert seen.arrived == list(range(len(messages)))
    for arrival, message in zip(seen.ledger.arrivals, messages, strict=True):
        (mail,) = parse_body(transport, arm.provider, *seen.ledger.bodies[arrival.arm, arrival.key])
        assert mail.content == message.content
        assert mail.content.digest == message.digest
        assert recipients_hash(mail.recipients) == recipients_hash(message.recipients)
        assert mail.sender in (None, message.envelope_from)
        assert (mail.sender is None) is (not carries_return_path)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_an_api_cannot_carry_is_said_before_anything_is_sent(provider: str) -> None:
    message = replace(mails("order-receipt", return_path=False)[0], envelope_from="")
    api, account = KNOWN[provider.partition(",")[0]], Credentials("key", PROVIDERS[provider])
    assert isinstance(api, BatchProvider)
    with pytest.raises(ValueError, match="envelope_from"):
        api.request(message, account)
    with pytest.raises(ValueError, match=r"envelope_from|endpoint"):
        api.batch([message], account)


def test_the_line_names_the_arm_in_the_file(tmp_path: Path) -> None:
    text = (HOUSE / "scenarios" / "quickstart.toml").read_text("utf-8")
    path = tmp_path / "s.toml"
    path.write_text(text.replace("[message]", '[message]\nenvelope_from = ""', 1), "utf-8")
    for folder in ("templates", "data"):
        (tmp_path / folder).symlink_to(HOUSE / "scenarios" / folder)
    scenario = load(path, known_names(), ["allow_files_outside=true"])
    with pytest.raises(InputError) as caught:
        check_requests(scenario, compose(scenario.message))
    lines = path.read_text("utf-8").split("\n")
    for mistake in caught.value.mistakes:
        assert lines[mistake.line - 1] == "[[arm]]"
        assert f"(arm {scenario.arms[int(mistake.key[-1])].name!r}) Mailgun makes the envelope sender" in str(mistake)
    assert len(caught.value.mistakes) == 3
