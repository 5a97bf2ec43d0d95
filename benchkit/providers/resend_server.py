"""Resend's receiving half: single and batch sends, its 21 error names, its rate-limit header fields."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response
from benchkit.model.message import Address, Attachment, Content, canonical_text
from benchkit.providers.handlebars import filled
from benchkit.providers.json_reading import (
    Table,
    bytes_in,
    document_of,
    own_fields,
    recipients_of,
    rows_in,
    same,
    table_in,
    text_in,
    texts_in,
)
from benchkit.providers.mailboxes import read_mailboxes
from benchkit.providers.named_answers import AnsweredRequest, NamedAnswer, refusing, written
from benchkit.providers.routed_server import JSON, Route, RoutedServer, template_route
from benchkit.providers.shared_template import TEXTS
from benchkit.providers.template_store import stored_table, uuid_of, with_templates

MOST_IN_BATCH = 100
MOST_VARIABLES = 50  # of a stored template
_MOST_RECIPIENTS = 50
_INVALID = "validation_error"
_BAD_TO = "Invalid `to` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format."
_OTHER_BODY = "Same idempotency key used with a different request payload."
_EXHAUSTED_QUOTA = (
    ("retry-after", "1"), ("ratelimit-limit", "5"), ("ratelimit-remaining", "0"), ("ratelimit-reset", "1"),
)  # fmt: skip


def read_one(request: Request) -> tuple[Received, ...]:
    return (_mail(_filled(request, table_in(request, code=_INVALID))),)


def read_batch(request: Request) -> tuple[Received, ...]:
    rows = document_of(request, code=_INVALID)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise ApiRefusal(422, "The request body must be an array of emails.", _INVALID)
    if len(rows) > MOST_IN_BATCH:
        raise ApiRefusal(422, f"The batch must contain at most {MOST_IN_BATCH} emails.", _INVALID)
    for row in rows:
        if row.get("attachments") or row.get("scheduled_at"):
            raise ApiRefusal(422, "The `attachments` and `scheduled_at` fields are not supported in a batch.", _INVALID)
    return tuple(_mail(_filled(request, row)) for row in rows)


def _filled(request: Request, document: Table) -> Table:
    """With the texts of its template, where that was stored here; what the mail says itself stands before the template's."""
    named = document.get("template")
    if not isinstance(named, dict):
        return document
    if document.get("html") or document.get("text"):
        raise ApiRefusal(422, "The `template` field cannot be used together with `html` or `text`.", _INVALID)
    template = stored_table(request, named.get("id") or "")
    if template is None:
        return document
    values = named.get("variables") or {}
    texts = {name: filled(text_in(template, name), values) for name in TEXTS if template.get(name)}
    return {**texts, **document}


def _template_alias(request: Request) -> str:
    if request.target.partition("?")[0] != "/templates" or request.method != "POST":
        return ""
    document = table_in(request, code=_INVALID)
    for name in ("name", "html"):
        if not text_in(document, name):
            raise ApiRefusal(422, f"Missing `{name}` field.", "missing_required_field")
    if len(rows_in(document, "variables")) > MOST_VARIABLES:
        raise ApiRefusal(422, f"A template may have at most {MOST_VARIABLES} variables.", _INVALID)
    return text_in(document, "alias") or uuid_of(text_in(document, "name"))


def _created(request: Request, _identities: Sequence[bytes]) -> Response:
    return Response(201, JSON, json.dumps({"object": "template", "id": _template_alias(request)}).encode())


def _published(request: Request, _identities: Sequence[bytes]) -> Response:
    return Response(200, JSON, json.dumps({"object": "template", "id": request.target.split("/")[2]}).encode())


def _mail(document: Table) -> Received:
    for name in ("from", "to"):
        if not document.get(name):
            raise ApiRefusal(422, f"Missing `{name}` field.", "missing_required_field")
    if not (document.get("subject") is not None or document.get("template")):
        raise ApiRefusal(422, "Missing `subject` field.", "missing_required_field")
    if not (document.get("html") or document.get("text") or document.get("template")):
        raise ApiRefusal(422, "Missing `html` or `text` field.", "missing_required_field")
    to, cc, bcc, reply_to = (_group(document, name) for name in ("to", "cc", "bcc", "reply_to"))
    if len(to) > _MOST_RECIPIENTS:
        raise ApiRefusal(422, "The `to` field must not exceed 50 addresses.", _INVALID)
    content = Content(
        subject=text_in(document, "subject"),
        sender=_group(document, "from")[0],
        to=to,
        cc=cc,
        text=canonical_text(text_in(document, "text")),
        html=canonical_text(text_in(document, "html")),
        reply_to=reply_to,
        attachments=tuple(_attachment(row) for row in rows_in(document, "attachments")),
        headers=own_fields((document.get("headers") or {}).items()),
    )
    return Received(content, recipients_of(to, cc, bcc))


def _group(document: Table, name: str) -> tuple[Address, ...]:
    fault = (
        f"Invalid `{name}` field. The email address needs to follow the `email@example.com` or "
        "`Name <email@example.com>` format."
    )
    found = texts_in(document, name)
    return tuple(address for one in found for address in read_mailboxes(one, status=422, fault=fault, code=_INVALID))


def _attachment(row: Table) -> Attachment:
    name = text_in(row, "filename")
    if not name or ("content" not in row and "path" not in row):
        raise ApiRefusal(422, "Attachment must have either a `content` or `path`.", "invalid_attachment")
    kind = text_in(row, "content_type") or "application/octet-stream"
    return Attachment(name, kind, bytes_in(row, "content"), text_in(row, "content_id"))


def _authorised(request: Request, account: Credentials) -> bool:
    if not request.header("user-agent"):
        raise ApiRefusal(403, "error code: 1010", "invalid_access")
    given = request.header("authorization")
    if not given:
        raise ApiRefusal(401, "Missing API Key", "missing_api_key")
    if not same(given, f"Bearer {account.secret}"):
        raise ApiRefusal(403, "API key is invalid", "invalid_api_key")
    return True


def _accepted(_request: Request, identities: Sequence[bytes]) -> Response:
    return Response(200, JSON, json.dumps({"id": identities[0].decode()}).encode())


def _accepted_batch(_request: Request, identities: Sequence[bytes]) -> Response:
    return Response(200, JSON, json.dumps({"data": [{"id": one.decode()} for one in identities]}).encode())


def _body(status: int, text: str, code: str) -> bytes:
    return json.dumps({"statusCode": status, "name": code or "application_error", "message": text}).encode()


def _keyed(request: Request) -> tuple[str, Request]:
    return request.header("idempotency-key"), request


def _some_invalid(answered: AnsweredRequest) -> Response:
    """Only a batch that asks for it is taken in part; any other is refused as a whole."""
    rows = [
        {"id": identity.decode()}
        for place, identity in enumerate(answered.identities)
        if place not in answered.refused_mails
    ]
    errors = [{"index": place, "message": _BAD_TO} for place in sorted(answered.refused_mails)]
    if answered.request.target == "/emails" or not rows:
        raise ApiRefusal(422, _BAD_TO, _INVALID)
    if answered.request.header("x-batch-validation") != "permissive":
        raise ApiRefusal(422, _BAD_TO, _INVALID)
    return Response(200, JSON, json.dumps({"data": rows, "errors": errors}).encode())


SERVER = RoutedServer(
    routes=(
        Route(re.compile("/emails"), read_one, _accepted),
        Route(re.compile("/emails/batch"), read_batch, _accepted_batch),
        template_route("/templates", _created),
        template_route("/templates/[^/]+/publish", _published),
    ),
    authorised_by=_authorised,
    names_upload=_template_alias,
    joins_uploads=with_templates,
    body_of=_body,
    reads_key=_keyed,
    other_body=(409, _OTHER_BODY, "invalid_idempotent_request"),
    retry_after=True,
    rate_names=("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"),
    error_texts={
        400: ("The request body is invalid.", _INVALID),
        401: ("Missing API Key", "missing_api_key"),
        403: ("API key is invalid", "invalid_api_key"),
        404: ("The requested endpoint does not exist.", "not_found"),
        405: ("This endpoint does not support the specified HTTP method.", "method_not_allowed"),
        422: ("The request body is missing one or more required fields.", "missing_required_field"),
        429: ("Too many requests. You can only make 5 requests per second.", "rate_limit_exceeded"),
        500: ("An unexpected error occurred.", "application_error"),
    },
    answers={
        "no_user_agent": NamedAnswer(status=403, body=b"error code: 1010"),
        "invalid_request": refusing(400, "We found an error with one or more fields in the request.", _INVALID),
        "invalid_idempotency_key": refusing(
            400, "The key must be between 1 and 256 characters.", "invalid_idempotency_key"
        ),
        "missing_key": refusing(401, "Missing API Key", "missing_api_key"),
        "restricted_key": refusing(401, "This API key is restricted to only send emails", "restricted_api_key"),
        "invalid_key": refusing(403, "API key is invalid", "invalid_api_key"),
        "unverified_domain": refusing(403, "The shop.example domain is not verified.", _INVALID),
        "missing_field": refusing(422, "Missing `to` field.", "missing_required_field"),
        "invalid_recipient": refusing(422, _BAD_TO, _INVALID),
        "invalid_attachment": refusing(422, "Attachment must have either a `content` or `path`", "invalid_attachment"),
        "other_body_for_key": refusing(409, _OTHER_BODY, "invalid_idempotent_request"),
        "key_in_use": refusing(
            409,
            "Same idempotency key used while original request is still in progress.",
            "concurrent_idempotent_requests",
        ),
        "rate_limit": refusing(429, headers=_EXHAUSTED_QUOTA),
        "daily_quota": refusing(429, "You have reached your daily email sending quota.", "daily_quota_exceeded"),
        "monthly_quota": refusing(429, "You have reached your monthly email sending quota.", "monthly_quota_exceeded"),
        "application_error": refusing(500, "An unexpected error occurred.", "application_error"),
        "some_invalid": written(200, _some_invalid, text='a batch with validation = "permissive": errors beside data'),
    },
)
