"""Odd mails of a user's own, by every client and provider: the same content and envelope arrive, or the reason is said before.

By SMTP, and by APIs that take MIME, exactly the bytes arrive behind the line of the identity; so DKIM signatures stay valid.
"""

from __future__ import annotations

from pathlib import Path

import dkim
import pytest
import uvloop

from benchkit.batch import compose
from benchkit.model.envelope import recipients_hash
from benchkit.model.exchange import Credentials
from benchkit.model.identity import HEADER, PLACEHOLDER, token_of
from benchkit.model.message import Address, Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, MessageSpec, Security
from benchkit.model.trace import Trace
from benchkit.providers import PROVIDERS as KNOWN
from benchkit.sink import parse_body
from tests.conformance.test_whole_mail import CLIENTS, PROVIDERS
from tests.transports.clients import RUN_TOKEN, SinkRecords, at_a_sink

MAILS = Path(__file__).parents[1] / "data" / "mails"
NAMES = [path.stem for path in sorted(MAILS.glob("*.eml"))]
WIRE_DIALOGUES = ("pipelined", "overlapped", "bdat-strict", "bdat-eager")
WAYS = [
    *(("smtp", client, "", "step") for client in CLIENTS["smtp"]),
    *(("smtp", "wire", "", dialogue) for dialogue in WIRE_DIALOGUES),
    *(("api", client, provider, "step") for client in CLIENTS["api"] for provider in PROVIDERS),
]
# Why fields cannot say the mail, or Mailgun does not take it as fields.
NO_FIELDS = {
    "attachment-without-name": "without a file name",
    "delivery-report": "holds another mail (message/delivery-status)",
    "empty-body": "needs a text",
    "encoded-word-that-is-broken": "has an encoded word in its header that cannot be decoded",
    "format-flowed": "format=flowed",
    "groups-and-sender": "has a Sender field",
    "header-only": "needs a text",
    "invitation": "is arranged as alternative(text/plain, text/html, text/calendar attached)",
    "mail-inside-a-mail": "holds another mail (message/rfc822)",
    "no-text-part": "is arranged as application/pdf attached",
    "pgp-encrypted": "is signed or encrypted (multipart/encrypted)",
    "s-mime-encrypted": "is signed or encrypted (application/pkcs7-mime)",
    "s-mime-signed": "is signed or encrypted (multipart/signed)",
    "subject-twice": "has the field subject 2 times",
    "text-after-attachment": "is arranged as mixed(text/plain, application/pdf attached, text/plain)",
    "unknown-charset": "cannot be read in its charset (x-mac-unknown)",
}


@pytest.fixture(scope="module")
def messages() -> dict[str, Message]:
    spec = MessageSpec(Address("", ""), 0, 1, eml="*.eml", folder=MAILS, bcc=("archive@example.net",))
    return dict(zip(NAMES, compose(spec).messages, strict=True))


def refusal(message: Message, provider: str) -> str:
    if not provider:
        return ""
    try:
        KNOWN[provider.partition(",")[0]].request(message, Credentials("key", PROVIDERS[provider]))
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_cannot_be_sent_is_said_before_with_the_reason(messages: dict[str, Message], provider: str) -> None:
    reasons = {name: said for name, message in messages.items() if (said := refusal(message, provider))}
    expected = NO_FIELDS if provider == "mailgun" else {}
    assert set(reasons) == set(expected)
    for name, reason in expected.items():
        assert reason in reasons[name]
        assert 'use endpoint = "mime"' in reasons[name]


@pytest.mark.parametrize(("transport", "client", "provider", "dialogue"), WAYS)
def test_every_other_mail_arrives_as_it_was(
    messages: dict[str, Message], transport: str, client: str, provider: str, dialogue: str
) -> None:
    arm = ArmSpec(
        "arm", transport, client, ConnectionPolicy(0), Security.NONE, provider=provider.partition(",")[0],
        options=PROVIDERS.get(provider, {}), dialogue=dialogue, timeout_s=10.0,
    )  # fmt: skip
    sent = [message for message in messages.values() if not refusal(message, provider)]

    async def run() -> SinkRecords:
        seen, trace = SinkRecords(), Trace()
        async with at_a_sink(arm, seen) as (one, _):
            for number, message in enumerate(sent):
                trace.begin()
                assert one.connected or await one.connect(trace) is None
                outcome = await one.send(one.prepare(message), token_of(RUN_TOKEN, number), trace)
                assert outcome.kind is OutcomeKind.ACCEPTED, (message.index, outcome)
        return seen

    seen = uvloop.run(run())
    assert seen.arrived == list(range(len(sent)))
    for arrival, message in zip(seen.ledger.arrivals, sent, strict=True):
        head, body = seen.ledger.bodies[arrival.arm, arrival.key]
        (mail,) = parse_body(transport, arm.provider, head, body)
        assert mail.content.digest == message.digest
        assert recipients_hash(mail.recipients) == recipients_hash(message.recipients)
        assert mail.sender in (None, message.envelope_from)
        if transport == "smtp":
            assert body == message.mime
        elif provider == "mailgun, MIME":
            assert message.mime in body


@pytest.mark.parametrize("name", NAMES)
def test_the_line_of_the_identity_is_the_only_change(messages: dict[str, Message], name: str) -> None:
    raw = (MAILS / f"{name}.eml").read_bytes()
    as_sent = raw if b"\r" in raw else raw.replace(b"\n", b"\r\n")
    line = f"{HEADER}: {PLACEHOLDER.decode()}\r\n".encode()
    assert messages[name].mime == line + as_sent + (b"" if as_sent.endswith(b"\r\n") else b"\r\n")


@pytest.mark.parametrize("name", ["dkim-signed", "dkim-signed-simply"])
def test_a_signature_stays_valid(messages: dict[str, Message], name: str) -> None:
    key = (MAILS / "dkim-key.txt").read_bytes().strip()
    sent = token_of(RUN_TOKEN, 7).join(messages[name].mime.split(PLACEHOLDER))
    assert dkim.verify(sent, dnsfunc=lambda *_, **__: key)
