"""Amazon SES's receiving half: signature, limits, inline templates, and its errors by X-Amzn-ErrorType."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.batch import from_mime, parse_mailboxes
from benchkit.batch.addresses import normalise
from benchkit.batch.words import decode_words
from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response
from benchkit.model.message import Address, Attachment, Content, canonical_text
from benchkit.providers.handlebars import filled
from benchkit.providers.json_reading import (
    Table,
    bytes_in,
    own_fields,
    recipients_of,
    rows_in,
    table_in,
    text_in,
    texts_in,
)
from benchkit.providers.named_answers import AnsweredRequest, Headers, NamedAnswer, Refuses, refusing, written
from benchkit.providers.routed_server import JSON, Route, RoutedServer, template_route
from benchkit.providers.signature_v4 import SigningKey, is_signed_by
from benchkit.providers.template_store import stored_table, with_templates

ACCEPTED = "SUCCESS"
_RECIPIENTS = _ENTRIES = 50
_BAD = "BadRequestException"
_TEMPLATES = "/v2/email/templates"
_ENTRY_ERRORS = {  # what an entry of a bulk request can be instead of SUCCESS (API reference, BulkEmailEntryResult)
    "MESSAGE_REJECTED": "Email address is not verified.",
    "MAIL_FROM_DOMAIN_NOT_VERIFIED": "The MAIL FROM domain is not verified.",
    "CONFIGURATION_SET_NOT_FOUND": "Configuration set does not exist.",
    "TEMPLATE_NOT_FOUND": "Template does not exist.",
    "ACCOUNT_SUSPENDED": "Sending suspended for this account.",
    "ACCOUNT_THROTTLED": "Maximum sending rate exceeded.",
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": "Daily message quota exceeded.",
    "INVALID_SENDING_POOL_NAME": "The sending pool does not exist.",
    "ACCOUNT_SENDING_PAUSED": "Sending paused for this account.",
    "CONFIGURATION_SET_SENDING_PAUSED": "Sending paused for this configuration set.",
    "INVALID_PARAMETER": "A parameter is invalid.",
    "TRANSIENT_FAILURE": "A transient failure occurred.",
    "FAILED": "The message could not be sent.",
}


def signing_key(account: Credentials) -> SigningKey:
    options = account.options
    return SigningKey(options.get("access_key_id", "benchkit"), account.secret, options.get("region", "us-east-1"))


def read_one(request: Request) -> tuple[Received, ...]:
    document = table_in(request, code="SerializationException")
    content, destination = document["Content"], document.get("Destination") or {}
    if "Raw" in content:
        mime = bytes_in(content["Raw"], "Data")
        mail = from_mime(mime)
        named = recipients_of(mail.to, mail.cc)
        return (_checked(Received(mail, recipients_of(*_groups(destination)) or named, mime=mime)),)
    if "Simple" in content:
        return (_checked(_mail(document, content["Simple"], destination, content["Simple"].get("Headers"))),)
    template = content["Template"]
    values = _values(text_in(template, "TemplateData"))
    simple = _filled(_template_of(request, template), values, template)
    return (_checked(_mail(document, simple, destination, template.get("Headers"))),)


def read_bulk(request: Request) -> tuple[Received, ...]:
    document = table_in(request, code="SerializationException")
    template, entries = document["DefaultContent"]["Template"], rows_in(document, "BulkEmailEntries")
    if not 0 < len(entries) <= _ENTRIES:
        raise ApiRefusal(400, f"a request has 1 to {_ENTRIES} destinations, not {len(entries)}", _BAD)
    written = _template_of(request, template)
    return tuple(_bulk_mail(document, template, written, entry) for entry in entries)


def _template_of(request: Request, template: Table) -> Table:
    """Its texts: inline, or those of the template that it names."""
    if not template.get("TemplateName"):
        return template.get("TemplateContent") or {}
    found = (stored_table(request, template["TemplateName"]) or {}).get("TemplateContent")
    if not isinstance(found, dict):
        raise ApiRefusal(404, f"Template {template['TemplateName']} does not exist", "NotFoundException")
    return found


def _template_name(request: Request) -> str:
    if request.target.partition("?")[0] != _TEMPLATES or request.method != "POST":
        return ""
    template = table_in(request, code="SerializationException")
    if not text_in(template, "TemplateName") or not isinstance(template.get("TemplateContent"), dict):
        raise ApiRefusal(400, "TemplateName and TemplateContent are required", _BAD)
    return text_in(template, "TemplateName")


def _bulk_mail(document: Table, template: Table, written: Table, entry: Table) -> Received:
    own = (entry.get("ReplacementEmailContent") or {}).get("ReplacementTemplate") or {}
    values = {**_values(text_in(template, "TemplateData")), **_values(text_in(own, "ReplacementTemplateData"))}
    simple = _filled(written, values, template)
    headers = [*(template.get("Headers") or []), *(entry.get("ReplacementHeaders") or [])]
    return _checked(_mail(document, simple, entry.get("Destination") or {}, headers))


def _values(written: str) -> Mapping[str, Any]:
    try:
        found = json.loads(written or "{}")
    except ValueError:
        raise ApiRefusal(400, "Invalid template data", _BAD) from None
    if not isinstance(found, dict):
        raise ApiRefusal(400, "Invalid template data", _BAD)
    return found


def _filled(written: Table, values: Mapping[str, Any], template: Table) -> Table:
    """As the fields of a simple mail."""

    def fill(name: str) -> str:
        return filled(text_in(written, name), values)

    body = {part: {"Data": fill(part)} for part in ("Text", "Html") if written.get(part)}
    return {"Subject": {"Data": fill("Subject")}, "Body": body, "Attachments": template.get("Attachments")}


def _mail(document: Table, simple: Table, destination: Table, headers: Any) -> Received:
    to, cc, bcc = _groups(destination)
    (sender,) = _mailboxes([text_in(document, "FromEmailAddress")]) or (Address("", ""),)
    body = simple.get("Body") or {}
    content = Content(
        subject=text_in(simple.get("Subject") or {}, "Data"),
        sender=sender,
        to=to,
        cc=cc,
        text=canonical_text(text_in(body.get("Text") or {}, "Data")),
        html=canonical_text(text_in(body.get("Html") or {}, "Data")),
        reply_to=_mailboxes(texts_in(document, "ReplyToAddresses")),
        attachments=tuple(_attachment(row) for row in rows_in(simple, "Attachments")),
        headers=own_fields((row["Name"], decode_words(row["Value"])) for row in headers or []),
    )
    return Received(content, recipients_of(to, cc, bcc))


def _groups(destination: Table) -> tuple[tuple[Address, ...], ...]:
    return tuple(_mailboxes(texts_in(destination, f"{role}Addresses")) for role in ("To", "Cc", "Bcc"))


def _mailboxes(written: Sequence[str]) -> tuple[Address, ...]:
    try:
        return tuple(_canonical(address) for one in written for address in parse_mailboxes(one))
    except ValueError:
        raise ApiRefusal(400, "Local address contains control or whitespace", _BAD) from None


def _canonical(address: Address) -> Address:
    return Address(address.name, normalise(address.addr))


def _attachment(row: Table) -> Attachment:
    kind = text_in(row, "ContentType") or "application/octet-stream"
    return Attachment(text_in(row, "FileName"), kind, bytes_in(row, "RawContent"), text_in(row, "ContentId"))


def _checked(mail: Received) -> Received:
    if not mail.recipients:
        raise ApiRefusal(400, "Missing required destination", _BAD)
    if len(mail.recipients) > _RECIPIENTS:
        raise ApiRefusal(400, f"Recipient count exceeds {_RECIPIENTS}.", "MessageRejected")
    if not mail.content.sender.addr:
        raise ApiRefusal(400, "Missing 'From' header", _BAD)
    if not all(map(str.isascii, mail.recipients)):
        raise ApiRefusal(400, "Local address contains non-ASCII characters", _BAD)
    return mail


def _authorised(request: Request, account: Credentials) -> bool:
    """403 is what AWS says, in each of its own words."""
    if not request.header("authorization"):
        raise ApiRefusal(403, "Missing Authentication Token", "MissingAuthenticationTokenException")
    try:
        known = is_signed_by(request, signing_key(account))
    except (KeyError, ValueError):
        known = False
    if not known:
        problem = "The request signature we calculated does not match the signature you provided."
        raise ApiRefusal(403, problem, "InvalidSignatureException")
    return True


def _id(identity: bytes) -> str:
    return f"0100benchkit-{identity.decode()}-000000"


def _accepted(_request: Request, identities: Sequence[bytes]) -> Response:
    return Response(200, JSON, json.dumps({"MessageId": _id(identities[0])}).encode())


def _accepted_bulk(_request: Request, identities: Sequence[bytes]) -> Response:
    rows = [{"Status": ACCEPTED, "MessageId": _id(identity)} for identity in identities]
    return Response(200, JSON, json.dumps({"BulkEmailEntryResults": rows}).encode())


def _body(_status: int, text: str, _code: str) -> bytes:
    return json.dumps({"message": text}).encode()


def _headers(_status: int, code: str) -> Headers:
    return (*JSON, ("x-amzn-errortype", code or "InternalFailure"))


def _entries_refused(status: str, error: str) -> NamedAnswer:
    def write(answered: AnsweredRequest) -> Response:
        if "bulk" not in answered.request.target:
            raise ApiRefusal(400, error, _BAD)
        rows = [
            {"Status": status, "Error": error}
            if place in answered.refused_mails
            else {"Status": ACCEPTED, "MessageId": _id(identity)}
            for place, identity in enumerate(answered.identities)
        ]
        return Response(200, JSON, json.dumps({"BulkEmailEntryResults": rows}).encode())

    return written(200, write, Refuses.LAST_MAIL, f"an entry of a bulk request within 200: {status}")


def _exception(status: int, name: str, text: str) -> NamedAnswer:
    return refusing(status, text, f"{name}:http://internal.amazon.com/coral/com.amazonaws.services.simpleemail/")


SERVER = RoutedServer(
    routes=(
        Route(re.compile("/v2/email/outbound-emails"), read_one, _accepted),
        Route(re.compile("/v2/email/outbound-bulk-emails"), read_bulk, _accepted_bulk),
        template_route(_TEMPLATES, lambda _request, _identities: Response(200, JSON, b"{}")),
    ),
    authorised_by=_authorised,
    names_upload=_template_name,
    joins_uploads=with_templates,
    body_of=_body,
    headers_of=_headers,
    challenge="",
    error_texts={
        400: ("Email address is not verified.", "MessageRejected"),
        403: ("The security token included in the request is invalid.", "UnrecognizedClientException"),
        404: ("The resource you attempted to access doesn't exist.", "NotFoundException"),
        429: ("Maximum sending rate exceeded.", "TooManyRequestsException"),
        500: ("The request processing has failed because of an unknown error.", "InternalFailure"),
        503: ("The request has failed due to a temporary failure of the server.", "ServiceUnavailable"),
    },
    answers={
        "message_rejected": _exception(400, "MessageRejected", "Email address is not verified."),
        "domain_not_verified": _exception(
            400, "MailFromDomainNotVerifiedException", "The MAIL FROM domain is not verified."
        ),
        "account_suspended": _exception(400, "AccountSuspendedException", "Sending suspended for this account."),
        "sending_paused": _exception(400, "SendingPausedException", "Sending paused for this account."),
        "limit_exceeded": _exception(400, "LimitExceededException", "The resource limit was exceeded."),
        "bad_request": _exception(400, _BAD, "Missing final '@domain'"),
        "not_found": _exception(404, "NotFoundException", "Configuration set <set> does not exist."),
        "sending_rate": _exception(429, "TooManyRequestsException", "Maximum sending rate exceeded."),
        "sending_rate_400": _exception(400, "ThrottlingException", "Maximum sending rate exceeded."),
        "daily_quota": _exception(400, "ThrottlingException", "Daily message quota exceeded."),
        "unavailable": _exception(503, "ServiceUnavailable", "The service is temporarily unavailable."),
        **{f"entry_{status.lower()}": _entries_refused(status, error) for status, error in _ENTRY_ERRORS.items()},
    },
)
