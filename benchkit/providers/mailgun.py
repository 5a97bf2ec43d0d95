"""Mailgun: POST /v3/{domain}/messages as a multipart form, or /v3/{domain}/messages.mime with the MIME bytes as a file.

Source: Mailgun's OpenAPI and api-sending documents, and what django-anymail has learned of it. Options of an arm: `domain`
(default: the sender's) and `endpoint` ("messages" or "mime"). Mailgun takes an inline file's name for its Content-ID; where
the content has another name for it, that goes into the Content-Type's `name` parameter, which Mailgun leaves alone.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import b64encode
from functools import lru_cache
from typing import Any

from python_multipart.multipart import parse_options_header

from benchkit.batch import from_mime, parse_mailboxes
from benchkit.model.exchange import Account, Request, Response
from benchkit.model.identity import HEADER, PLACEHOLDER
from benchkit.model.message import Address, Attachment, Content, Message, canonical_text
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.multipart import Part, decode, encode, escaped, unescaped

_TARGET = re.compile(r"/v3/[^/?]+/messages(?:\.mime)?")
_MAGNIFICENT = b"Mailgun Magnificent API"
_JSON = (("content-type", "application/json"),)


class Mailgun:
    name = "mailgun"
    default_host = "api.mailgun.net"
    options = frozenset({"domain", "endpoint"})

    def request(self, message: Message, account: Account) -> Request:
        domain = account.options.get("domain") or message.envelope_from.rpartition("@")[2]
        mime = account.options.get("endpoint", "messages") == "mime"
        content_type, body = encode(_mime_parts(message) if mime else _field_parts(message))
        headers = (("authorization", _authorization(account.secret)), ("content-type", content_type))
        return Request("POST", f"/v3/{domain}/messages{'.mime' if mime else ''}", headers, body)

    def outcome(self, response: Response) -> Outcome:
        kind, text = _judge(response)
        return Outcome(kind, response.status, "", text)

    def serves(self, method: str, target: str) -> bool:
        return method == "POST" and _TARGET.fullmatch(target) is not None

    def authorised(self, request: Request, account: Account) -> bool:
        given = request.header("authorization").encode("latin-1")
        return hmac.compare_digest(given, _authorization(account.secret).encode())

    def receive(self, request: Request) -> Content:
        parts = decode(request.header("content-type"), request.body)
        if not request.target.endswith(".mime"):
            return _content(parts)
        if not _addresses(parts, "to"):
            raise ValueError("'to' parameter is missing")
        raw = next((part.data for part in parts if part.name == "message"), None)
        if raw is None:
            raise ValueError("'message' parameter is missing")
        return from_mime(raw)

    def recipients(self, request: Request) -> int:
        parts = decode(request.header("content-type"), request.body)
        return sum(len(_addresses(parts, role)) for role in ("to", "cc", "bcc"))

    def accepted(self, identity: bytes) -> Response:
        body = b'{"id":"<%s@mailgun.benchkit.invalid>","message":"Queued. Thank you."}' % identity
        return Response(200, _JSON, body)

    def refused(self, status: int, text: str, retry_after_s: int) -> Response:
        body = b'"Forbidden"' if status == 401 else json.dumps({"message": text}).encode()
        return Response(status, (*_JSON, ("retry-after", str(retry_after_s))) if retry_after_s else _JSON, body)


PROVIDER = Mailgun()


@lru_cache(64)
def _authorization(secret: str) -> str:
    return "Basic " + b64encode(f"api:{secret}".encode()).decode()


def _judge(response: Response) -> tuple[OutcomeKind, str]:
    answer = _parsed(response.body)
    if response.status == 200:
        return _judge_success(answer, response.body)
    said = _message(answer, response.body)
    match response.status:
        case 429 | 420:
            return OutcomeKind.THROTTLED, said
        case 408:
            return OutcomeKind.DEFERRED, said
        case status if 400 <= status < 500:
            return OutcomeKind.REJECTED, said
        case status if 500 <= status < 600:
            return OutcomeKind.DEFERRED, said
        case _:
            return OutcomeKind.GARBLED, said


def _judge_success(answer: Any, body: bytes) -> tuple[OutcomeKind, str]:
    """200 means accepted only with an id: a wrong path is answered 200 as well, by a welcome page."""
    if isinstance(answer, dict) and isinstance(answer.get("id"), str) and answer["id"]:
        return OutcomeKind.ACCEPTED, ""
    if _MAGNIFICENT in body:
        return OutcomeKind.REJECTED, "Mailgun Magnificent API: there is no such path"
    return OutcomeKind.GARBLED, _message(answer, body)


def _parsed(body: bytes) -> Any:
    """None where it is no JSON."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def _message(answer: Any, body: bytes) -> str:
    """What the body says: its `message`, a bare JSON string (401), or its beginning."""
    said = answer.get("message") if isinstance(answer, dict) else answer
    return said if isinstance(said, str) else body[:200].decode("utf-8", "replace")


def _mime_parts(message: Message) -> list[Part]:
    """The MIME bytes first: they begin with the identity."""
    return [Part("message", message.mime, "message.eml", "message/rfc822")] + [
        Part("to", recipient.encode()) for recipient in message.recipients
    ]


def _field_parts(message: Message) -> list[Part]:
    content = message.content
    identity = PLACEHOLDER.decode()
    fields = [(f"h:{HEADER}", identity), ("h:Message-Id", f"<{identity}@{content.sender.addr.rpartition('@')[2]}>")]
    fields.append(("from", _mailbox(content.sender)))
    fields += [("to", _mailbox(address)) for address in content.to]
    fields += [("cc", _mailbox(address)) for address in content.cc]
    fields += [("bcc", recipient) for recipient in _blind(message)]
    fields.append(("subject", content.subject))
    if content.reply_to:
        fields.append(("h:Reply-To", ", ".join(_mailbox(address) for address in content.reply_to)))
    fields += [(name, text) for name, text in (("text", content.text), ("html", content.html)) if text]
    return [Part(name, value.encode("utf-8")) for name, value in fields] + [_file(file) for file in content.attachments]


def _blind(message: Message) -> list[str]:
    """Recipients of the envelope whom the message does not name."""
    named = {address.addr for address in (*message.content.to, *message.content.cc)}
    return [recipient for recipient in message.recipients if recipient not in named]


def _file(file: Attachment) -> Part:
    if not file.content_id:
        return Part("attachment", file.data, file.name, file.content_type)
    if file.content_id == file.name:
        return Part("inline", file.data, file.name, file.content_type)
    return Part("inline", file.data, file.content_id, f'{file.content_type}; name="{escaped(file.name)}"')


def _mailbox(address: Address) -> str:
    """`"Name" <addr>` (RFC 5322 §3.4), in UTF-8 as Mailgun wants it."""
    if not address.name:
        return address.addr
    quoted = address.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address.addr}>'


def _content(parts: tuple[Part, ...]) -> Content:
    senders = _addresses(parts, "from")
    to = _addresses(parts, "to")
    for name, found in (("from", senders), ("to", to)):
        if not found:
            raise ValueError(f"'{name}' parameter is missing")
    attachments = tuple(_attachment(part) for part in parts if part.name in ("attachment", "inline") and part.filename)
    text, html = (canonical_text(_field(parts, name)) for name in ("text", "html"))
    if not (text or html or attachments):
        raise ValueError("Need at least one of 'text' or 'html' parameters specified")
    return Content(
        subject=_field(parts, "subject"),
        sender=senders[0],
        to=to,
        text=text,
        html=html,
        cc=_addresses(parts, "cc"),
        reply_to=_addresses(parts, "h:reply-to"),
        attachments=attachments,
    )


def _field(parts: tuple[Part, ...], name: str) -> str:
    return next((part.data.decode("utf-8") for part in parts if part.name.lower() == name), "")


def _addresses(parts: tuple[Part, ...], name: str) -> tuple[Address, ...]:
    """All addresses of the fields of that name; a field may hold several."""
    fields = (part.data.decode("utf-8") for part in parts if part.name.lower() == name)
    found = tuple(address for field in fields for address in parse_mailboxes(field))
    if not all("@" in address.addr for address in found):
        raise ValueError(f"'{name}' parameter is not a valid address. please check documentation")
    return found


def _attachment(part: Part) -> Attachment:
    kind, parameters = parse_options_header(part.content_type or "application/octet-stream")
    if part.name == "attachment":
        return Attachment(part.filename, kind.decode(), part.data)
    name = unescaped(parameters.get(b"name", b"")) or part.filename
    return Attachment(name, kind.decode(), part.data, content_id=part.filename)
