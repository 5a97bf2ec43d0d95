"""Every provider sends the shipped mails, with a Bcc and an inline image, through real clients to the sink that plays it.

Each is accepted, arrives once, and is the same mail: content and envelope; where the API takes MIME, byte for byte. What an API
cannot carry is refused before the first send, with the reason; then the API carries the mail without it.
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
from benchkit.model.message import Content, Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security
from benchkit.model.trace import Trace
from benchkit.providers import PROVIDERS
from benchkit.providers.multipart import decode
from benchkit.sink import parse_body
from benchkit.testing.less_mail import most_of
from benchkit.testing.provider_case import ProviderCase
from tests.conformance.test_providers import CASES
from tests.conformance.test_whole_mail import MAILS, mails
from tests.transports.clients import RUN_TOKEN, SinkRecords, at_a_sink

CLIENTS = ("httpx2", "wire")
IMAGE = "banner.png"
# JMAP's other uploads: the bytes in a request of their own before (RFC 8620 §6.1), and Cyrus 3.6's draft.
UPLOADS = tuple(ProviderCase(PROVIDERS["jmap"], {}, {"upload": way}) for way in ("uploadUrl", "Blob/set"))
WAYS = (*CASES, *UPLOADS)


def uploaded(body: bytes, _content_type: str) -> bytes:
    """The blob of a JMAP request: the first call creates it, as text or in base64 (RFC 9404 §4.1)."""
    (blob,) = json.loads(body)["methodCalls"][0][1]["create"].values()
    return b"".join(
        b64decode(part["data:asBase64"]) if "data:asBase64" in part else part["data:asText"].encode()
        for part in blob.get("data", [blob])
    )


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
    **dict.fromkeys(("jmap", "jmap me", "jmap uploadUrl", "jmap Blob/set"), uploaded),
}
# Which take no inline image: the arm's options after the name, as in a case's label.
WITHOUT_INLINE = frozenset({"brevo receipt, shop shop=7"})


def without_bcc(raw: bytes) -> bytes:
    return re.sub(rb"\r\nBcc: .*?(?=\r\n\S|\r\n\r\n)", b"", raw, count=1, flags=re.DOTALL)


def fitted(case: ProviderCase, message: Message) -> Message:
    """The mail, or the most of it that this API carries."""

    def with_content(content: Content) -> Message:
        return replace(message, content=content, mime=to_mime(content))

    def is_carried(content: Content) -> bool:
        with suppress(ValueError):
            case.provider.request(with_content(content), case.account)
            return True
        return False

    if is_carried(message.content):
        return message
    most = most_of(message.content, is_carried)
    assert most is not None, f"{case.label} carries none of these mails"
    return with_content(most)


@cache
def fitted_mails(label: str) -> tuple[Message, ...]:
    case = next(case for case in WAYS if case.label == label)
    return tuple(fitted(case, message) for message in shipped())


@cache
def shipped() -> tuple[Message, ...]:
    found = (message for name in MAILS for message in mails(name, return_path=False))
    return tuple(message if inline(message) else showing_its_image(message) for message in found)


def showing_its_image(message: Message) -> Message:
    """Some of the mails have no HTML that would show the image."""
    content = message.content
    files = tuple(replace(file, content_id=file.name) if file.name == IMAGE else file for file in content.attachments)
    html = f'{content.html or "<p>hello</p>"}<img src="cid:{IMAGE}">'
    shown = replace(content, html=html, attachments=tuple(sorted(files, key=lambda file: not file.content_id)))
    return replace(message, content=shown, mime=to_mime(shown))


def inline(message: Message) -> bool:
    return any(file.content_id for file in message.content.attachments)


@pytest.mark.parametrize("case", WAYS, ids=lambda case: case.label)
def test_a_bcc_and_an_inline_image_go_along_or_the_reason_is_said_before(case: ProviderCase) -> None:
    """`fitted` never leaves out a recipient: every API carries the Bcc."""
    for whole, sent in zip(shipped(), fitted_mails(case.label), strict=True):
        named = {address.addr for address in (*whole.content.to, *whole.content.cc)}
        assert inline(whole)
        assert set(whole.recipients) - named
        assert sent.recipients == whole.recipients
        assert inline(sent) is (case.label not in WITHOUT_INLINE)
        if sent.content != whole.content:
            with pytest.raises(ValueError, match=r"\w+ .*"):
                case.provider.request(whole, case.account)


def test_every_provider_is_sent_to() -> None:
    assert {case.provider.name for case in WAYS} == set(PROVIDERS.names())


def arm_of(case: ProviderCase, client: str) -> ArmSpec:
    return ArmSpec(
        "arm", "api", client, ConnectionPolicy(0), Security.NONE, provider=case.provider.name, options=case.options,
        timeout_s=10.0,
    )  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("case", WAYS, ids=lambda case: case.label)
def test_the_shipped_mails_arrive_once_and_whole(case: ProviderCase, client: str) -> None:
    messages, arm = fitted_mails(case.label), arm_of(case, client)

    async def run() -> SinkRecords:
        seen, trace = SinkRecords(), Trace()
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
        assert bool(mail.mime) is (case.label in RAW), "every way that takes MIME is held to its bytes"
        if case.label in RAW:
            kind = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:-2])["content-type"]
            assert RAW[case.label](body, kind) == message.mime
