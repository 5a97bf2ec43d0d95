"""Mailgun's receiving half: reads its forms, fills in recipient variables, refuses in its words (api-sending document)."""

from __future__ import annotations

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from python_multipart.multipart import parse_options_header

from benchkit.batch import from_mime
from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response
from benchkit.model.header_fields import is_given
from benchkit.model.message import Address, Attachment, Content, canonical_text
from benchkit.providers.handlebars import filled
from benchkit.providers.mailboxes import mailbox, read_mailboxes
from benchkit.providers.mailgun_form import MOST_OPTIONS, MOST_RECIPIENTS
from benchkit.providers.multipart import FormPart, content_type_with, decode, unescaped
from benchkit.providers.named_answers import NamedAnswer, refusing
from benchkit.providers.recipient_variables import FIELD
from benchkit.providers.routed_server import JSON, Route, RoutedServer, template_route
from benchkit.providers.template_store import stored_body, with_templates

_VARIABLE = re.compile(r"%recipient\.([^%\r\n]+)%")
_DOMAIN = re.compile(r"/v3/([^/?]+)/")
_TEMPLATES = re.compile(r"/v3/[^/?]+/templates")
_BODIES = ("text", "html", "amp-html", "template")
_LIMITED = "Domain shop.example is not allowed to send: {} limit exceeded, try again after {}"
_OPTION_PREFIXES = ("h:", "o:", "v:", "t:")


def read_form(request: Request) -> tuple[Received, ...]:
    """With recipient variables a mail of its own for each `to`, else one mail for all."""
    parts = decode(request.header("content-type"), request.body)
    _check(parts)
    parts = _with_template(request, parts)
    if not any(part.name == FIELD for part in parts):
        return (_mail(parts),)
    values, to = _parsed(_field(parts, FIELD)), addresses(parts, "to")
    common = [part for part in parts if part.name not in ("to", FIELD)]
    own = ((FormPart("to", mailbox(one).encode("utf-8")), *_filled_in(common, values.get(one.addr, {}))) for one in to)
    return tuple(_mail(tuple(parts)) for parts in own)


def read_mime(request: Request) -> tuple[Received, ...]:
    parts = decode(request.header("content-type"), request.body)
    _required(addresses(parts, "to"), "to")
    raw = next((part.data for part in parts if part.name == "message"), None)
    if raw is None:
        raise ApiRefusal(400, "'message' parameter is missing")
    return (Received(from_mime(raw), _recipients(parts), mime=raw),)


def _with_template(request: Request, parts: tuple[FormPart, ...]) -> tuple[FormPart, ...]:
    """With the HTML text of the template that it names, where that was stored here."""
    stored = stored_body(request, _field(parts, "template"))
    if stored is None:
        return parts
    values = _table(_field(parts, "t:variables") or "{}", "t:variables")
    html = filled(_field(_form_of(stored), "template"), values)
    return (*parts, FormPart("html", html.encode("utf-8")))


def _form_of(body: bytes) -> tuple[FormPart, ...]:
    """A multipart form, which begins with its boundary, or an urlencoded one."""
    first = body.partition(b"\r\n")[0]
    multipart = first.startswith(b"--")
    return decode(content_type_with(first[2:]) if multipart else "application/x-www-form-urlencoded", body)


def _template_name(request: Request) -> str:
    if not _TEMPLATES.fullmatch(request.target.partition("?")[0]) or request.method != "POST":
        return ""
    name = _field(decode(request.header("content-type"), request.body), "name")
    if not name:
        raise ApiRefusal(400, "'name' parameter is missing")
    return name


def _stored(request: Request, _identities: Sequence[bytes]) -> Response:
    document = {"message": "template has been stored", "template": {"name": _template_name(request)}}
    return Response(200, JSON, json.dumps(document).encode())


def _check(parts: tuple[FormPart, ...]) -> None:
    given = {part.name.lower() for part in parts if part.data}
    if not given.intersection(_BODIES):
        raise ApiRefusal(400, "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified")
    if {"html", "template"} <= given:
        raise ApiRefusal(400, "'html' and 'template' parameters cannot be used together")
    _required(addresses(parts, "to"), "to")
    if "template" not in given:  # a stored template may have a sender and a subject of its own
        _required(addresses(parts, "from"), "from")
    options = sum(len(p.name) + len(p.data) for p in parts if p.name.lower().startswith(_OPTION_PREFIXES))
    if options > MOST_OPTIONS:
        raise ApiRefusal(400, "the 'o:', 'h:', 'v:' and 't:' parameters exceed 16 kB in total")
    if len(_recipients(parts)) > MOST_RECIPIENTS:
        raise ApiRefusal(400, f"too many recipients: a request takes {MOST_RECIPIENTS}")


def _required(found: tuple[Address, ...], name: str) -> None:
    if not found:
        raise ApiRefusal(400, f"'{name}' parameter is missing")


def _mail(parts: tuple[FormPart, ...]) -> Received:
    senders = addresses(parts, "from") or (Address("", ""),)
    content = Content(
        subject=_field(parts, "subject"),
        sender=senders[0],
        to=addresses(parts, "to"),
        text=canonical_text(_field(parts, "text")),
        html=canonical_text(_field(parts, "html")),
        cc=addresses(parts, "cc"),
        reply_to=addresses(parts, "h:reply-to"),
        attachments=tuple(_attachment(p) for p in parts if p.name in ("attachment", "inline") and p.filename),
        headers=tuple((part.name[2:], part.data.decode("utf-8")) for part in parts if _is_own_field(part)),
    )
    return Received(content, _recipients(parts))


def _recipients(parts: tuple[FormPart, ...]) -> tuple[str, ...]:
    """Each once: Mailgun ignores an address that is named again."""
    found = (address.addr for role in ("to", "cc", "bcc") for address in addresses(parts, role))
    return tuple(dict.fromkeys(found))


def _is_own_field(part: FormPart) -> bool:
    return part.name.lower().startswith("h:") and is_given(part.name[2:])


def _field(parts: tuple[FormPart, ...], name: str) -> str:
    return next((part.data.decode("utf-8") for part in parts if part.name.lower() == name), "")


def addresses(parts: tuple[FormPart, ...], name: str) -> tuple[Address, ...]:
    """All addresses of the fields of that name; a field may hold several."""
    fields = (part.data.decode("utf-8") for part in parts if part.name.lower() == name)
    fault = f"'{name}' parameter is not a valid address. please check documentation"
    return tuple(address for field in fields for address in read_mailboxes(field, fault=fault))


def _attachment(part: FormPart) -> Attachment:
    kind, parameters = parse_options_header(part.content_type or "application/octet-stream")
    if part.name == "attachment":
        return Attachment(part.filename, kind.decode(), part.data)
    name = unescaped(parameters[b"name"]) if b"name" in parameters else part.filename
    return Attachment(name, kind.decode(), part.data, content_id=part.filename)


def _table(written: str, name: str) -> Mapping[str, Any]:
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ApiRefusal(400, f"'{name}' parameter is not a valid JSON dictionary")
    return found


def _parsed(written: str) -> Mapping[str, Mapping[str, str]]:
    found = _table(written, FIELD)
    if not all(isinstance(variables, dict) for variables in found.values()):
        raise ApiRefusal(400, f"'{FIELD}' parameter is not a valid JSON dictionary")
    return {to: {key: str(value) for key, value in variables.items()} for to, variables in found.items()}


def _filled_in(parts: Sequence[FormPart], variables: Mapping[str, str]) -> list[FormPart]:
    """Every known variable of every field, once, from left to right. Files stay as they are."""

    def value_of(match: re.Match[str]) -> str:
        return variables.get(match[1], match[0])

    return [
        part
        if part.filename
        else replace(part, data=_VARIABLE.sub(value_of, part.data.decode("utf-8")).encode("utf-8"))
        for part in parts
    ]


def _authorised(request: Request, account: Credentials) -> bool:
    expected = "Basic " + b64encode(f"api:{account.secret}".encode()).decode()
    if not hmac.compare_digest(request.header("authorization").encode("latin-1"), expected.encode()):
        return False
    domain, known = _DOMAIN.match(request.target), account.options.get("domain")
    if known and domain and domain[1] != known:
        raise ApiRefusal(404, f"Domain not found: {domain[1]}")
    return True


def _accepted(_request: Request, identities: Sequence[bytes]) -> Response:
    """One id for all mails of a request."""
    return Response(200, JSON, b'{"id":"<%s@mailgun.benchkit.invalid>","message":"Queued. Thank you."}' % identities[0])


def _body(status: int, text: str, _code: str) -> bytes:
    return b'"Forbidden"' if status == 401 else json.dumps({"message": text}).encode()


SERVER = RoutedServer(
    routes=(
        Route(re.compile(r"/v3/[^/?]+/messages"), read_form, _accepted),
        Route(re.compile(r"/v3/[^/?]+/messages\.mime"), read_mime, _accepted),
        template_route(_TEMPLATES.pattern, _stored),
    ),
    authorised_by=_authorised,
    names_upload=_template_name,
    joins_uploads=with_templates,
    body_of=_body,
    challenge='Basic realm="MG API"',
    error_texts={
        401: ("Forbidden", ""),
        404: ("Domain not found", ""),
        429: ("Domain not allowed to send: request limit exceeded", ""),
    },
    limit_text="Domain not allowed to send: request limit exceeded, try again after {wait_s} seconds",
    answers={
        "wrong_path": NamedAnswer(status=200, body=b"Mailgun Magnificent API"),
        "invalid_recipient": refusing(400, "'to' parameter is not a valid address. please check documentation"),
        "wrong_key": refusing(401),
        "unknown_domain": refusing(404, "Domain not found: unknown.example"),
        "too_large": refusing(413, "Request Entity Too Large"),
        "request_limit": refusing(429, _LIMITED.format("request", "120 seconds")),
        "bytes_limit": refusing(429, _LIMITED.format("bytes", "120 seconds")),
        "recipient_limit": refusing(429, _LIMITED.format("recipient", "Fri, 27 Nov 2026 09:30:00 GMT")),
    },
)
