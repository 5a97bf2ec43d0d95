"""django-anymail composes the same mails for eleven providers: the sink understands them, and the requests are benchkit's.

Where a field differs, the reason stands in REASONS. For SES Anymail has MIME of its own, of which only the meaning is compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from email.mime.image import MIMEImage
from typing import Any

import pytest

from benchkit.batch import to_mime
from benchkit.model.exchange import Credentials
from benchkit.model.identity import HEADER, PLACEHOLDER
from benchkit.model.message import Address, Content, Message
from benchkit.providers import PROVIDERS
from benchkit.providers.multipart import decode
from benchkit.sink import parse_body
from tests.providers.sdks.sdk_calls import BLIND, CONTENT, TERMS
from tests.providers.sdks.test_sdks import SECRET, listener
from tests.sink.conftest import Running, running

__all__ = ["running"]
pytestmark = pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")
# Anymail's backend → our name, what it must be told, where the API begins.
BACKENDS: Mapping[str, tuple[str, Mapping[str, str], str]] = {
    "brevo": ("brevo", {"api_key": SECRET}, "/v3/"),
    "mailersend": ("mailersend", {"api_token": SECRET}, "/v1/"),
    "mailgun": ("mailgun", {"api_key": SECRET, "sender_domain": "shop.example"}, "/v3"),
    "mailjet": ("mailjet", {"api_key": "benchkit", "secret_key": SECRET}, "/v3.1/"),
    "mailtrap": ("mailtrap", {"api_token": SECRET}, "/api/"),
    "mandrill": ("mandrill", {"api_key": SECRET}, "/api/1.0"),
    "postmark": ("postmark", {"server_token": SECRET}, "/"),
    "resend": ("resend", {"api_key": SECRET}, "/"),
    "sendgrid": ("sendgrid", {"api_key": SECRET}, "/v3/"),
    "sparkpost": ("sparkpost", {"api_key": SECRET}, "/api/v1"),
}
ANN, BOB = Address("Ann", "ann@x.example"), Address("Bob", "bob@x.example")


@dataclass(frozen=True, slots=True)
class Mail:
    """`options` are of an arm, by provider: Anymail is then given a tag and metadata of the same meaning."""

    content: Content
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


LABELS: Mapping[str, Mapping[str, str]] = {
    "brevo": {"tags": "receipt"},
    "mailersend": {"tags": "receipt"},
    "mailgun": {"tags": "receipt", "metadata": "shop=7"},
    "mailjet": {"campaign": "receipt"},
    "mailtrap": {"category": "receipt", "custom_variables": "shop=7"},
    "mandrill": {"tags": "receipt", "metadata": "shop=7"},
    "postmark": {"tag": "receipt", "metadata": "shop=7"},
    "sendgrid": {"categories": "receipt", "custom_args": "shop=7"},
    "sparkpost": {"campaign": "receipt", "metadata": "shop=7"},
}
MAILS: Mapping[str, Mail] = {
    "rich": Mail(CONTENT),
    "text alone, for two": Mail(Content("hello", Address("", "shop@shop.example"), (ANN, BOB), text="one\ntwo")),
    "html alone": Mail(Content("hello", Address("Shop", "shop@shop.example"), (ANN,), html="<p>hello</p>")),
    "with a tag and metadata": Mail(
        Content("hello", Address("Shop", "shop@shop.example"), (ANN,), text="one\ntwo"), LABELS
    ),
}


def connection_to(backend: str, port: int) -> Any:
    from django.conf import settings
    from django.core.mail import get_connection

    if not settings.configured:
        settings.configure(ANYMAIL={}, DEFAULT_CHARSET="utf-8")
    name = f"anymail.backends.{backend}.EmailBackend"
    if backend == "amazon_ses":
        params = {
            "region_name": "us-east-1", "endpoint_url": f"http://127.0.0.1:{port}", "aws_access_key_id": "benchkit",
            "aws_secret_access_key": SECRET,
        }  # fmt: skip
        return get_connection(name, client_params=params)
    _, account, path = BACKENDS[backend]
    return get_connection(name, api_url=f"http://127.0.0.1:{port}{path}", **account)


def send(backend: str, port: int, content: Content = CONTENT, options: Mapping[str, str] | None = None) -> Any:
    """Of a tag and metadata as much as `options` say."""
    from django.core.mail import EmailMultiAlternatives

    connection = connection_to(backend, port)
    mail = EmailMultiAlternatives(
        content.subject, content.text or content.html, mailbox(content.sender), [*map(mailbox, content.to)], [BLIND],
        connection, cc=[*map(mailbox, content.cc)], reply_to=[*map(mailbox, content.reply_to)],
        headers=dict(content.headers),
    )  # fmt: skip
    if not content.text:
        mail.content_subtype = "html"
    elif content.html:
        mail.attach_alternative(content.html, "text/html")
    for file in content.attachments:
        if file.content_id:
            image = MIMEImage(file.data, "png")
            image.add_header("Content-Disposition", "inline", filename=file.name)
            image.add_header("Content-ID", f"<{file.content_id}>")
            mail.attach(image)
        else:
            mail.attach(file.name, file.data, file.content_type)
    if options:
        mail.tags = ["receipt"]
        if "shop=7" in options.values():
            mail.metadata = {"shop": "7"}
    mail.send()
    return mail.anymail_status


def mailbox(address: Address) -> str:
    return f"{address.name} <{address.addr}>" if address.name else address.addr


def carried(backend: str, content: Content) -> Content:
    """Brevo has no inline images."""
    return replace(content, attachments=(TERMS,)) if backend == "brevo" and content.attachments else content


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize("backend", [*BACKENDS, "amazon_ses"])
def test_what_anymail_sends_is_understood_and_answered_as_it_expects(backend: str, name: str, running: Running) -> None:
    provider = BACKENDS[backend][0] if backend in BACKENDS else "ses"
    content = carried(backend, MAILS[name].content)
    sink = running(listener(provider))
    status = send(backend, sink.port, content, MAILS[name].options.get(backend))
    ((_, (head, body)),) = sink.ledger.bodies.items()
    (mail,) = parse_body("api", provider, head, body)
    assert mail.content == content
    assert sorted(mail.recipients) == sorted([*(one.addr for one in (*content.to, *content.cc)), BLIND])
    assert status.status <= {"queued", "sent"}
    assert status.message_id


# The fields in which the requests differ, and why.
REASONS: Mapping[str, Mapping[str, str]] = {
    "mandrill": {
        "message.auto_html": "benchkit asks for the mail as it is",
        "message.auto_text": "the same",
        "message.inline_css": "the same",
        "message.merge": "the same: no *|tag|* is filled in",
        "message.track_clicks": "the same",
        "message.track_opens": "the same",
        "message.preserve_recipients": "all recipients stand in To, as in the mail of an SMTP arm",
    },
    "mailtrap": {"attachments.1.disposition": "the default, said"},
    "sparkpost": {
        "content.from": "Anymail writes a mailbox, benchkit its parts",
        "recipients.1.address.name": "Anymail has the name in header_to alone",
        "recipients.0.address.name": "Anymail has the name in header_to alone",
        "options": "benchkit asks for the mail as it is: no tracking, no substitution",
    },
    "sendgrid": {
        "attachments.1.disposition": "the default, said",
        "personalizations.0.custom_args": "Anymail invents an id for each recipient",
    },
}


def benchkits(provider: str, content: Content, options: Mapping[str, str]) -> tuple[str, bytes]:
    """The content type and the body of its request."""
    recipients = (*(one.addr for one in (*content.to, *content.cc)), BLIND)
    message = Message(0, content, to_mime(content), "shop@shop.example", recipients)
    account = Credentials(SECRET, ({"key": "benchkit"} if provider == "mailjet" else {}) | dict(options))
    request = PROVIDERS[provider].request(message, account)
    return request.header("content-type"), request.body


def leaves(content_type: str, body: bytes) -> dict[str, Any]:
    """Of JSON or of a form: each by its path; the identity of a send, which is benchkit's own, is left out."""
    if content_type.startswith("application/json"):
        return {path: value for path, value in flat(whole(json.loads(body))) if not own(path, value)}
    seen: dict[str, int] = {}
    found = {}
    for part in decode(content_type, body):
        place = seen[part.name] = seen.get(part.name, -1) + 1
        value = part.data if part.filename else part.data.decode().replace('"', "").replace("\r\n", "\n")
        if not own(part.name, value):
            found[f"{part.name}.{place}"] = (part.filename, value)
    return found


def whole(document: Any) -> Any:
    """Mailjet's Globals, where Anymail puts what all messages share, in each message."""
    common = document.pop("Globals", {})
    return document | {"Messages": [{**common, **row} for row in document["Messages"]]} if common else document


def flat(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf with its path; addresses that are written in two ways are one, and so are lists of pairs and objects."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from flat(value, f"{path}.{key}".removeprefix("."))
    elif pairs := _pairs(node):
        yield from flat(pairs, path)
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from flat(value, f"{path}.{place}")
    else:
        yield path, node.replace('"', "") if isinstance(node, str) else node


def _pairs(node: Any) -> dict[str, Any]:
    """A list of names and values, as an object."""
    if not isinstance(node, list) or not all(isinstance(row, dict) for row in node):
        return {}
    rows = [{str(key).lower(): value for key, value in row.items()} for row in node]
    return {row["name"]: row["value"] for row in rows} if all({"name", "value"} == set(row) for row in rows) else {}


def own(path: str, value: Any) -> bool:
    return HEADER.lower() in path.lower() or PLACEHOLDER.decode() in str(value) or value in (HEADER, "", None)


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_requests_agree(backend: str, name: str, running: Running) -> None:
    provider, content = BACKENDS[backend][0], carried(backend, MAILS[name].content)
    options = MAILS[name].options.get(backend, {})
    sink = running(listener(provider))
    send(backend, sink.port, content, options)
    ((_, (head, body)),) = sink.ledger.bodies.items()
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:-2])
    kind = fields.get("content-type", "application/json")  # Mandrill's backend says none
    theirs, ours = leaves(kind, body), leaves(*benchkits(provider, content, options))
    differing = {path for path in {*theirs, *ours} if theirs.get(path) != ours.get(path)}
    known = REASONS.get(provider, {})
    explained = {name: [path for path in differing if path == name or path.startswith(f"{name}.")] for name in known}
    unexplained = differing.difference(*explained.values())
    assert not unexplained, {path: (theirs.get(path), ours.get(path)) for path in sorted(unexplained)}
    if name == "rich":
        assert [reason for reason, paths in explained.items() if not paths and "recipients.1" not in reason] == []
