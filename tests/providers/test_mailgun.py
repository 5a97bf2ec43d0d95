"""Mailgun's traps as a table, its requests as it documents them, and requests that benchkit did not write."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from benchkit.batch import to_mime
from benchkit.model.exchange import ApiRefusal, Credentials, Request, Response
from benchkit.model.identity import PLACEHOLDER
from benchkit.model.message import Address, Attachment, Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.mailgun import PROVIDER
from benchkit.providers.multipart import FormPart, decode, encode

LOGO = Attachment("our logo.png", "image/png", b"\x89PNG\r\n\x1a\n", "logo")
TERMS = Attachment("terms.pdf", "application/pdf", b"%PDF\r\n")
CONTENT = Content(
    "Grüße",
    Address("Shop, the", "shop@shop.example"),
    (Address("Ann", "ann@x.example"), Address("", "bo@x.example")),
    "hello\nyou",
    "<p>hello</p>",
    cc=(Address("Cy", "cy@x.example"),),
    reply_to=(Address("", "help@shop.example"), Address("Desk", "desk@shop.example")),
    attachments=(LOGO, TERMS),
)
RECIPIENTS = ("ann@x.example", "bo@x.example", "cy@x.example", "blind@x.example")
MESSAGE = Message(0, CONTENT, to_mime(CONTENT), "shop@shop.example", RECIPIENTS)
IDENTITY = PLACEHOLDER.decode()

OUTCOMES = {
    "accepted": (200, b'{"id":"<1@d>","message":"Queued. Thank you."}', OutcomeKind.ACCEPTED, ""),
    "200 that means failure": (200, b"Mailgun Magnificent API", OutcomeKind.REJECTED, "Magnificent"),
    "the same in quotes": (200, b'"Mailgun Magnificent API"', OutcomeKind.REJECTED, "Magnificent"),
    "200 without an id": (200, b'{"message":"Queued"}', OutcomeKind.GARBLED, "Queued"),
    "200 with an empty id": (200, b'{"id":""}', OutcomeKind.GARBLED, "id"),
    "200 with nothing": (200, b"", OutcomeKind.GARBLED, ""),
    "200 with a page": (200, b"<html>", OutcomeKind.GARBLED, "<html>"),
    "202": (202, b'{"id":"<1@d>"}', OutcomeKind.GARBLED, "id"),
    "a bare JSON string": (401, b'"Forbidden"', OutcomeKind.REJECTED, "Forbidden"),
    "a bare word": (401, b"Forbidden", OutcomeKind.REJECTED, "Forbidden"),
    "400": (400, b'{"message":"\'to\' parameter is missing"}', OutcomeKind.REJECTED, "'to' parameter is missing"),
    "404": (404, b'{"message":"Domain not found: x"}', OutcomeKind.REJECTED, "Domain not found: x"),
    "413": (413, b"", OutcomeKind.REJECTED, ""),
    "408": (408, b"", OutcomeKind.DEFERRED, ""),
    "420": (420, b"Enhance your calm", OutcomeKind.THROTTLED, "Enhance your calm"),
    "429": (429, b'{"message":"request limit exceeded"}', OutcomeKind.THROTTLED, "request limit exceeded"),
    "500": (500, b'{"message":"oops"}', OutcomeKind.DEFERRED, "oops"),
    "503 that is not UTF-8": (503, b"\xff", OutcomeKind.DEFERRED, "\N{REPLACEMENT CHARACTER}"),
    "a redirect": (301, b"", OutcomeKind.GARBLED, ""),
}


@pytest.mark.parametrize(("status", "body", "kind", "text"), OUTCOMES.values(), ids=OUTCOMES)
def test_outcomes(status: int, body: bytes, kind: OutcomeKind, text: str) -> None:
    outcome = PROVIDER.outcome(Response(status, (), body))
    assert (outcome.kind, outcome.code, outcome.enhanced) == (kind, status, "")
    assert text in outcome.text


def test_the_structured_request() -> None:
    request = PROVIDER.request(MESSAGE, Credentials("key", {"domain": "mg.shop.example"}))
    assert (request.method, request.target) == ("POST", "/v3/mg.shop.example/messages")
    assert request.header("authorization") == "Basic YXBpOmtleQ=="
    assert decode(request.header("content-type"), request.body) == (
        FormPart("h:X-Benchkit-Id", IDENTITY.encode()),
        FormPart("h:Message-Id", f"<{IDENTITY}@shop.example>".encode()),
        FormPart("from", b'"Shop, the" <shop@shop.example>'),
        FormPart("to", b'"Ann" <ann@x.example>'),
        FormPart("to", b"bo@x.example"),
        FormPart("cc", b'"Cy" <cy@x.example>'),
        FormPart("subject", "Grüße".encode()),
        FormPart("h:Reply-To", b'help@shop.example, "Desk" <desk@shop.example>'),
        FormPart("text", b"hello\nyou"),
        FormPart("html", b"<p>hello</p>"),
        FormPart("inline", LOGO.data, "logo", 'image/png; name="our logo.png"'),
        FormPart("attachment", TERMS.data, "terms.pdf", "application/pdf"),
        FormPart("bcc", b"blind@x.example"),
    )


def test_the_mime_request() -> None:
    request = PROVIDER.request(MESSAGE, Credentials("key", {"endpoint": "mime"}))
    assert (request.method, request.target) == ("POST", "/v3/shop.example/messages.mime")
    assert decode(request.header("content-type"), request.body) == (
        FormPart("message", MESSAGE.mime, "message.eml", "message/rfc822"),
        *(FormPart("to", recipient.encode()) for recipient in RECIPIENTS),
    )


TARGETS = {
    "/v3/d/messages": True,
    "/v3/d.example/messages.mime": True,
    "/v3/messages": False,
    "/v3//messages": False,
    "/v3/d/messagesx": False,
    "/v3/d/messages/": False,
    "/v4/d/messages": False,
    "/v3/a/b/messages": False,
    "/": False,
}


@pytest.mark.parametrize(("target", "served"), TARGETS.items())
def test_targets(target: str, served: bool) -> None:
    assert PROVIDER.server.methods(target) == (("POST",) if served else ())


BASE = {"from": "a@b.example", "to": "c@d.example", "text": "x"}
REFUSED = {
    "no from": (BASE | {"from": ""}, "'from' parameter is missing"),
    "no to": (BASE | {"to": ""}, "'to' parameter is missing"),
    "a bad address": (BASE | {"to": "nobody"}, "'to' parameter is not a valid address"),
    "a bad cc": (BASE | {"cc": "c@d.example, x y"}, "'cc' parameter is not a valid address"),
    "no body": (BASE | {"text": ""}, "Need at least one"),
}


@pytest.mark.parametrize(("fields", "why"), REFUSED.values(), ids=REFUSED)
def test_what_mailgun_would_refuse(fields: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        PROVIDER.server.receive(received(httpx.Request("POST", "http://x/v3/d/messages", data=fields)))


@pytest.mark.parametrize("missing", ["to", "message"])
def test_a_mime_request_without_its_halves(missing: str) -> None:
    whole = [FormPart("message", MESSAGE.mime, "m"), FormPart("to", b"a@b.example")]
    content_type, body = encode([part for part in whole if part.name != missing])
    with pytest.raises(ValueError, match=f"'{missing}' parameter is missing"):
        PROVIDER.server.receive(Request("POST", "/v3/d/messages.mime", (("content-type", content_type),), body))


def received(request: httpx.Request) -> Request:
    """A request of httpx's as the sink hands it on."""
    headers = tuple((name.lower(), value) for name, value in request.headers.items())
    return Request(request.method, request.url.raw_path.decode(), headers, request.read())


def test_a_form_that_httpx_wrote() -> None:
    request = httpx.Request(
        "POST",
        "http://x/v3/d/messages",
        data={
            "from": "Shop <a@b.example>",
            "to": ["Ann <c@d.example>, e@d.example", "f@d.example"],
            "subject": "Grüße",
            "text": "one\r\ntwo\n",
            "H:Reply-To": "r@b.example",
        },
        files=[("attachment", ('ä "1".txt', b"\r\n1", "text/plain; charset=utf-8")), ("inline", ("logo.png", b"2"))],
    )
    (mail,) = PROVIDER.server.receive(received(request))
    assert mail.content == Content(
        "Grüße",
        Address("Shop", "a@b.example"),
        (Address("Ann", "c@d.example"), Address("", "e@d.example"), Address("", "f@d.example")),
        "one\ntwo",
        reply_to=(Address("", "r@b.example"),),
        attachments=(
            Attachment('ä "1".txt', "text/plain", b"\r\n1"),
            Attachment("logo.png", "image/png", b"2", "logo.png"),
        ),
    )
    assert (mail.sender, mail.recipients) == (None, ("c@d.example", "e@d.example", "f@d.example"))


def test_a_form_that_curl_wrote() -> None:
    """`curl -F from=… -F to=… -F text=… -F attachment=@a.txt`, its dashes and its octet-stream."""
    boundary = "------------------------d74496d66958873e"
    fields = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in BASE.items()
    )
    file = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="attachment"; filename="a.bin"\r\n'
        f"Content-Type: application/octet-stream\r\n\r\n1\r\n--{boundary}--\r\n"
    )
    headers = (("content-type", f"multipart/form-data; boundary={boundary}"),)
    (mail,) = PROVIDER.server.receive(Request("POST", "/v3/d/messages", headers, (fields + file).encode()))
    assert mail.content.attachments == (Attachment("a.bin", "application/octet-stream", b"1"),)


def test_an_attachment_without_a_file_name_is_dropped_as_mailgun_drops_it() -> None:
    parts = [FormPart(name, value.encode()) for name, value in BASE.items()] + [FormPart("attachment", b"lost")]
    content_type, body = encode(parts)
    request = Request("POST", "/v3/d/messages", (("content-type", content_type),), body)
    (mail,) = PROVIDER.server.receive(request)
    assert mail.content.attachments == ()


def test_refusals_have_mailguns_shapes() -> None:
    assert PROVIDER.server.refused(401, "no").body == b'"Forbidden"'
    assert PROVIDER.server.refused(429, "slow down", retry_after_s=3) == Response(
        429, (("content-type", "application/json"), ("retry-after", "3")), b'{"message": "slow down"}'
    )
    assert PROVIDER.outcome(PROVIDER.server.refused(401, "no")) == Outcome(OutcomeKind.REJECTED, 401, "", "Forbidden")


TAKEN = {
    "a stored template alone": BASE | {"text": "", "template": "welcome", "from": "", "subject": ""},
    "AMP alone": BASE | {"text": "", "amp-html": "<html amp4email></html>"},
    "a name that looks like an encoded word": BASE | {"from": "=?utf-8?q?x?= <a@b.example>"},
}
REFUSED_TOO = {
    "HTML and a template": (BASE | {"html": "<p>x</p>", "template": "welcome"}, 400, "cannot be used together"),
    "17 kB of variables": (BASE | {"v:data": "x" * 17_000}, 400, "16 kB"),
    "a@b@c": (BASE | {"to": "a@b@c"}, 400, "'to' parameter is not a valid address"),
    "1,001 recipients": (BASE | {"to": ", ".join(f"{n}@x.example" for n in range(1001))}, 400, "too many recipients"),
    "variables that are none": (BASE | {"recipient-variables": "[]"}, 400, "not a valid JSON"),
}


def form(fields: dict[str, str], domain: str = "d.example") -> Request:
    sent = httpx.Request("POST", f"http://x/v3/{domain}/messages", data=fields)
    return received(sent)


@pytest.mark.parametrize("fields", TAKEN.values(), ids=TAKEN)
def test_what_mailgun_takes(fields: dict[str, str]) -> None:
    (mail,) = PROVIDER.server.receive(form(fields))
    assert mail.recipients == ("c@d.example",)
    assert mail.content.sender.name in ("", "=?utf-8?q?x?="), "decoded once by the form, and never again"


@pytest.mark.parametrize(("fields", "status", "why"), REFUSED_TOO.values(), ids=REFUSED_TOO)
def test_what_mailgun_refuses_with_its_status(fields: dict[str, str], status: int, why: str) -> None:
    with pytest.raises(ApiRefusal, match=why) as refused:
        PROVIDER.server.receive(form(fields))
    assert refused.value.status == status


def test_a_domain_that_the_account_does_not_have() -> None:
    account = Credentials("key", {"domain": "mg.example"})
    headers = (("authorization", "Basic YXBpOmtleQ=="),)
    PROVIDER.server.check(replace(form(BASE, "mg.example"), headers=headers), account)
    with pytest.raises(ApiRefusal, match=r"Domain not found: other\.example") as refused:
        PROVIDER.server.check(replace(form(BASE, "other.example"), headers=headers), account)
    assert refused.value.status == 404


def test_variables_are_filled_in_whoever_sends_them() -> None:
    """Each `to` gets a mail of its own."""
    fields = {
        "from": "a@b.example", "to": "c@d.example, e@d.example", "subject": "Hi %recipient.name%", "text": "x",
        "recipient-variables": '{"c@d.example":{"name":"Cy"},"e@d.example":{"name":"Eve"}}',
    }  # fmt: skip
    mails = PROVIDER.server.receive(form(fields))
    assert [(mail.recipients, mail.content.subject) for mail in mails] == [
        (("c@d.example",), "Hi Cy"), (("e@d.example",), "Hi Eve"),
    ]  # fmt: skip


def test_more_recipients_than_mailgun_takes_are_refused_before_the_first_send() -> None:
    many = tuple(f"{number}@x.example" for number in range(1001))
    for endpoint in ("messages", "mime"):
        with pytest.raises(ValueError, match="1,001 recipients, and Mailgun takes 1,000"):
            PROVIDER.request(replace(MESSAGE, recipients=many), Credentials("key", {"endpoint": endpoint}))
