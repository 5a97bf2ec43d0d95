"""django-anymail composes the same mail for ten providers: the sink understands it, and its requests are those of benchkit.

Where a field differs, the reason stands in REASONS. Mailgun's request is a form, of which only the meaning is compared. For SES
Anymail uses boto3, which test_sdks.py has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from email.mime.image import MIMEImage
from typing import Any

import pytest

from benchkit.batch import to_mime
from benchkit.model.exchange import Credentials
from benchkit.model.identity import HEADER, PLACEHOLDER
from benchkit.model.message import Content, Message
from benchkit.providers import PROVIDERS
from benchkit.sink import parse_body
from tests.providers.sdks.sdk_calls import BLIND, CONTENT, LOGO, RECIPIENTS, TERMS
from tests.providers.sdks.test_sdks import SECRET, listener
from tests.sink.conftest import Running, running

__all__ = ["running"]
MESSAGE = Message(0, CONTENT, to_mime(CONTENT), "shop@shop.example", RECIPIENTS)
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


def send(backend: str, port: int) -> Any:
    """The rich mail, or as much of it as the API takes."""
    from django.conf import settings
    from django.core.mail import EmailMultiAlternatives, get_connection

    if not settings.configured:
        settings.configure(ANYMAIL={}, DEFAULT_CHARSET="utf-8")
    _, account, path = BACKENDS[backend]
    connection = get_connection(
        f"anymail.backends.{backend}.EmailBackend", api_url=f"http://127.0.0.1:{port}{path}", **account
    )
    mail = EmailMultiAlternatives(
        CONTENT.subject, CONTENT.text, "Shop <shop@shop.example>", ["Ann <ann@x.example>"], [BLIND], connection,
        cc=["cy@x.example"], reply_to=["help@shop.example"], headers={"X-Campaign": "spring"},
    )  # fmt: skip
    mail.attach_alternative(CONTENT.html, "text/html")
    if backend != "brevo":  # it has no inline images
        image = MIMEImage(LOGO.data, "png")
        image.add_header("Content-Disposition", "inline", filename=LOGO.name)
        image.add_header("Content-ID", f"<{LOGO.content_id}>")
        mail.attach(image)
    mail.attach(TERMS.name, TERMS.data, TERMS.content_type)
    mail.send()
    return mail.anymail_status


def carried(backend: str) -> Content:
    return replace(CONTENT, attachments=(TERMS,)) if backend == "brevo" else CONTENT


@pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")
@pytest.mark.parametrize("backend", BACKENDS)
def test_what_anymail_sends_is_understood_and_answered_as_it_expects(backend: str, running: Running) -> None:
    provider = BACKENDS[backend][0]
    sink = running(listener(provider))
    status = send(backend, sink.port)
    ((_, (head, body)),) = sink.ledger.bodies.items()
    (mail,) = parse_body("api", provider, head, body)
    assert mail.content == carried(backend)
    assert sorted(mail.recipients) == sorted(RECIPIENTS)
    assert status.status <= {"queued", "sent"}
    assert status.message_id


# The fields in which the requests differ, and why. The identity of a send, which is benchkit's own, is left out.
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
        "recipients.0.address.name": "Anymail has the name in header_to alone",
        "options": "benchkit asks for the mail as it is: no tracking, no substitution",
    },
    "sendgrid": {
        "attachments.1.disposition": "the default, said",
        "personalizations.0.custom_args": "Anymail invents an id for each recipient",
    },
}


def benchkits(provider: str, backend: str) -> Any:
    content = carried(backend)
    message = replace(MESSAGE, content=content, mime=to_mime(content))
    return json.loads(PROVIDERS[provider].request(message, Credentials(SECRET, {"key": "benchkit"})).body)


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


@pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")
@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != "mailgun"])
def test_the_requests_agree(backend: str, running: Running) -> None:
    provider = BACKENDS[backend][0]
    sink = running(listener(provider))
    send(backend, sink.port)
    ((_, body),) = sink.ledger.bodies.values()
    theirs, ours = (
        {path: value for path, value in flat(document) if not own(path, value)}
        for document in (whole(json.loads(body)), benchkits(provider, backend))
    )
    differing = {path for path in {*theirs, *ours} if theirs.get(path) != ours.get(path)}
    known = REASONS.get(provider, {})
    explained = {name: [path for path in differing if path == name or path.startswith(f"{name}.")] for name in known}
    unexplained = differing.difference(*explained.values())
    assert not unexplained, {path: (theirs.get(path), ours.get(path)) for path in sorted(unexplained)}
    assert [name for name, paths in explained.items() if not paths] == []
