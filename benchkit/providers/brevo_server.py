"""Brevo's receiving half: one mail or its versions, and its errors; limits are in x-sib-ratelimit-*, without Retry-After."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from mimetypes import guess_type

from benchkit.batch.words import decode_words
from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response
from benchkit.model.message import Attachment, Content, canonical_text
from benchkit.providers.json_reading import (
    Table,
    address_in,
    addresses_in,
    bytes_in,
    encodable,
    own_fields,
    recipients_of,
    rows_in,
    same,
    table_in,
    text_in,
)
from benchkit.providers.named_answers import refusing
from benchkit.providers.routed_server import JSON, Route, RoutedServer, template_route
from benchkit.providers.template_store import number_of, stored_table, with_templates

MOST_VERSIONS = 1000
METADATA = "X-Mailin-custom"  # a field among the header fields, which the mail has not
_TEMPLATES = "/v3/smtp/templates"
_MOST_RECIPIENTS = 2000
_TEXTS = ("subject", "textContent", "htmlContent")
_PARAMETER = re.compile(r"\{\{\s*params\.(\w+)\s*\}\}")
_EXHAUSTED_QUOTA = (
    ("x-sib-ratelimit-limit", "1000"), ("x-sib-ratelimit-remaining", "0"), ("x-sib-ratelimit-reset", "1"),
)  # fmt: skip
# In the header fields of a mail, by the guide and by the SDK; its comma goes with it.
_KEY = re.compile(rb'"(?:idempotencyKey|Idempotency-Key)":\s*"([^"\\]+)"(,?)')
_KEY_NAMES = ("idempotencykey", "idempotency-key")
_INVALID, _MISSING = "invalid_parameter", "missing_parameter"


def read(request: Request) -> tuple[Received, ...]:
    document = table_in(request, fault="Input must be a valid JSON object", code="bad_request")
    versions = rows_in(document, "messageVersions")
    if len(versions) > MOST_VERSIONS:
        raise ApiRefusal(400, f"messageVersions should have at most {MOST_VERSIONS} objects", _INVALID)
    document = {**document, **_template_of(request, document)}
    mails = tuple(_mail(_filled({**document, **one})) for one in versions or [{}])
    if sum(len(mail.recipients) for mail in mails) > _MOST_RECIPIENTS:
        raise ApiRefusal(400, f"The number of recipients should not exceed {_MOST_RECIPIENTS}", _INVALID)
    return mails


def _template_of(request: Request, document: Table) -> Table:
    """The texts of the template that it names, where that was stored here: its own are ignored."""
    template = stored_table(request, document.get("templateId") or "")
    return (
        {}
        if template is None
        else {"textContent": "", **{name: template.get(name) for name in ("subject", "htmlContent")}}
    )


def _template_id(request: Request) -> str:
    if request.target.partition("?")[0] != _TEMPLATES or request.method != "POST":
        return ""
    template = table_in(request, fault="Input must be a valid JSON object", code="bad_request")
    for name in ("sender", "templateName", "subject", "htmlContent"):
        if name not in template:
            raise ApiRefusal(400, f"{name} is missing", _MISSING)
    return str(number_of(text_in(template, "templateName")))


def _created(request: Request, _identities: Sequence[bytes]) -> Response:
    return Response(201, JSON, json.dumps({"id": int(_template_id(request))}).encode())


def _filled(document: Table) -> Table:
    """With its parameters in the texts, once from left to right; one that it does not have is empty."""
    values = document.get("params")
    if not isinstance(values, dict):
        return document
    texts = {
        name: _PARAMETER.sub(lambda match: encodable(str(values.get(match[1], ""))), text_in(document, name))
        for name in _TEXTS
        if document.get(name)
    }
    return {**document, **texts}


def _mail(document: Table) -> Received:
    if not document.get("sender"):
        raise ApiRefusal(400, "sender is missing", _MISSING)
    to, cc, bcc = (addresses_in(document, role) for role in ("to", "cc", "bcc"))
    if not to:
        raise ApiRefusal(400, "to is missing", _MISSING)
    if not (document.get("htmlContent") or document.get("textContent") or document.get("templateId")):
        raise ApiRefusal(400, "either of htmlContent or textContent is required", _MISSING)
    content = Content(
        subject=text_in(document, "subject"),
        sender=address_in(document["sender"], fault="valid sender email required"),
        to=to,
        cc=cc,
        text=canonical_text(text_in(document, "textContent")),
        html=canonical_text(text_in(document, "htmlContent")),
        reply_to=(address_in(document["replyTo"]),) if document.get("replyTo") else (),
        attachments=tuple(_attachment(row) for row in rows_in(document, "attachment")),
        headers=own_fields(
            (name, decode_words(str(value)))
            for name, value in (document.get("headers") or {}).items()
            if str(name).lower() not in (METADATA.lower(), *_KEY_NAMES)
        ),
    )
    return Received(content, recipients_of(to, cc, bcc))


def _attachment(row: Table) -> Attachment:
    name = text_in(row, "name")
    if not name:
        raise ApiRefusal(400, "name is missing in attachment", _MISSING)
    return Attachment(name, guess_type(name)[0] or "application/octet-stream", bytes_in(row, "content"))


def _authorised(request: Request, account: Credentials) -> bool:
    return same(request.header("api-key"), account.secret)


def _accepted(request: Request, identities: Sequence[bytes]) -> Response:
    ids = [f"<{identity.decode()}@smtp-relay.mailin.fr>" for identity in identities]
    several = b'"messageVersions":' in request.body
    return Response(201, JSON, json.dumps({"messageIds": ids} if several else {"messageId": ids[0]}).encode())


def _keyed(request: Request) -> tuple[str, Request]:
    """The request without its key, so that those of one message are the same."""
    found = _KEY.search(request.body)
    if found is None:
        return "", request
    bare = request.body[: found.start()] + request.body[found.end() :] if found[2] else request.body
    return found[1].decode("utf-8", "replace"), replace(request, body=bare)


def _body(_status: int, text: str, code: str) -> bytes:
    return json.dumps({"code": code or _INVALID, "message": text}).encode()


SERVER = RoutedServer(
    routes=(Route(re.compile("/v3/smtp/email"), read, _accepted), template_route(_TEMPLATES, _created)),
    authorised_by=_authorised,
    names_upload=_template_id,
    joins_uploads=with_templates,
    body_of=_body,
    reads_key=_keyed,
    challenge="",
    rate_names=("x-sib-ratelimit-limit", "x-sib-ratelimit-remaining", "x-sib-ratelimit-reset"),
    error_texts={
        401: ("Key not found", "unauthorized"),
        402: ("You have insufficient credits.", "not_enough_credits"),
        403: ("Your account is under validation.", "permission_denied"),
        404: ("Route not found", "document_not_found"),
        429: ("Rate limit exceeded", "too_many_requests"),
    },
    answers={
        "invalid_parameter": refusing(400, "valid sender email required", _INVALID),
        "missing_parameter": refusing(400, "to is missing", _MISSING),
        "wrong_key": refusing(401),
        "no_credits": refusing(402),
        "account_under_validation": refusing(403),
        "unknown_template": refusing(404, "Template ID does not exist", "document_not_found"),
        "rate_limit": refusing(429, headers=_EXHAUSTED_QUOTA),
    },
)
