"""Every provider sends the shipped mails, with a Bcc and an inline image, through real clients to the sink that plays it.

Each is accepted, arrives once, and is the same mail: content and envelope; where the API takes MIME, byte for byte. What an API
cannot carry it refuses before, and then carries the mail without that.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache

import pytest
import uvloop

from benchkit.batch import to_mime
from benchkit.model.envelope import recipients_hash
from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security
from benchkit.model.trace import Trace
from benchkit.providers.multipart import decode
from benchkit.sink import parse_body
from benchkit.testing.less_mail import less_and_less
from benchkit.testing.provider_case import ProviderCase
from tests.conformance.test_providers import CASES
from tests.conformance.test_whole_mail import MAILS, mails
from tests.transports.clients import RUN_TOKEN, Seen, at_a_sink

CLIENTS = ("httpx2", "wire")
# Where a request holds the MIME bytes: the label of a case → how to read them.
RAW: dict[str, Callable[[bytes, str], bytes]] = {
    "mailgun mime mg.shop.example": lambda body, kind: decode(kind, body)[0].data,
    "ses raw": lambda body, _: b64decode(json.loads(body)["Content"]["Raw"]["Data"]),
    "gmail media": lambda body, _: without_bcc(body),
    "gmail json": lambda body, _: without_bcc(urlsafe_b64decode(json.loads(body)["raw"])),
    "graph": lambda body, _: without_bcc(b64decode(body)),
    "mandrill raw": lambda body, _: bytes(json.loads(body)["raw_message"].encode()),
    "sparkpost rfc822": lambda body, _: bytes(json.loads(body)["content"]["email_rfc822"].encode()),
    "smtp2go mime": lambda body, _: without_bcc(b64decode(json.loads(body)["mime_email"])),
    "cloudflare": lambda body, _: bytes(json.loads(body)["mime_message"].encode()),
}


def without_bcc(raw: bytes) -> bytes:
    return re.sub(rb"\r\nBcc: .*?(?=\r\n\S|\r\n\r\n)", b"", raw, count=1, flags=re.DOTALL)


def fitted(case: ProviderCase, message: Message) -> Message:
    """The mail, or the most of it that this API carries."""
    for content in less_and_less(message.content):
        one = replace(message, content=content, mime=to_mime(content))
        with suppress(ValueError):
            case.provider.request(one, case.account)
            return one
    raise AssertionError(f"{case.label} carries none of these mails")


@cache
def shipped() -> tuple[Message, ...]:
    return tuple(message for name in MAILS for message in mails(name, return_path=False))


def arm_of(case: ProviderCase, client: str) -> ArmSpec:
    return ArmSpec(
        "arm", "api", client, ConnectionPolicy(0), Security.NONE, provider=case.provider.name, options=case.options,
        timeout_s=10.0,
    )  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_the_shipped_mails_arrive_once_and_whole(case: ProviderCase, client: str) -> None:
    messages, arm = [fitted(case, message) for message in shipped()], arm_of(case, client)

    async def run() -> Seen:
        seen, trace = Seen(), Trace()
        async with at_a_sink(arm, seen) as (one, _):
            for number, message in enumerate(messages):
                trace.begin()
                assert one.connected or await one.connect(trace) is None
                outcome = await one.send(one.prepare(message), token_of(RUN_TOKEN, number), trace)
                assert outcome.kind is OutcomeKind.ACCEPTED, outcome
                assert bool(outcome.server_id) is case.names_mail
        return seen

    seen = uvloop.run(run())
    assert seen.arrived == list(range(len(messages)))
    for arrival, message in zip(seen.ledger.arrivals, messages, strict=True):
        head, body = seen.ledger.bodies[arrival.arm, arrival.key]
        (mail,) = parse_body("api", arm.provider, head, body)
        assert mail.content == message.content
        assert mail.content.digest == message.digest
        assert recipients_hash(mail.recipients) == recipients_hash(message.recipients)
        if case.label in RAW:
            kind = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:-2])["content-type"]
            assert RAW[case.label](body, kind) == message.mime
