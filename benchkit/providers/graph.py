"""Microsoft Graph: sendMail takes MIME in base64 ("mime") or JSON ("json"); `$batch` carries up to 20 requests of JSON.

Source: Microsoft's reference and issues of its SDKs. Only 202 is an acceptance: too large MIME was answered 200 and not sent. A
success has neither body nor id, and a Retry-After on it must not cause a retry. The receiving half is in graph_server.py.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains
from benchkit.model.message import Address, Attachment, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_fields
from benchkit.providers.graph_server import MOST_IN_BATCH, SERVER
from benchkit.providers.json_request import (
    IDENTITY,
    base64_text,
    batch_request,
    bearer,
    given,
    json_bytes,
    json_request,
    own_headers,
)
from benchkit.providers.mime_recipients import mime_with_bcc

LIMITS = FieldLimits(
    api="Microsoft Graph",
    instead='use endpoint = "mime"',
    recipients=500,
    headers=5,
    mail_bytes=2_240_000,
    empty_files=False,
)

OPTIONS: Mapping[str, str] = {
    "endpoint": '"mime" (default) or "json"',
    "user": "whose mailbox sends; default: the token's",
}


class Graph:
    name = "graph"
    default_host = "graph.microsoft.com"
    options = frozenset(OPTIONS)
    batch_limit = MOST_IN_BATCH
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        target = f"/v1.0{_path(account)}"
        if _as_json(account):
            return json_request(target, bearer(account.secret), _document(message))
        headers = (*bearer(account.secret), ("content-type", "text/plain"))
        return Request("POST", target, headers, b64encode(mime_with_bcc(message, LIMITS)))

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        if not _as_json(account):
            raise ValueError('$batch of Microsoft Graph takes requests of JSON: use endpoint = "json"')
        single = {"method": "POST", "url": _path(account), "headers": {"Content-Type": "application/json"}}
        requests = [{"id": IDENTITY, **single, "body": _document(message)} for message in messages]
        return batch_request("/v1.0/$batch", bearer(account.secret), requests, b'{"requests":[', b"]}")

    def outcome(self, response: Response) -> Outcome:
        return _outcome(response, response.status, response.body)

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        """Each request of a batch has a status of its own, by its id."""
        rows = list_in(table_of(response.body).get("responses"))
        if response.status != 200 or not rows:
            whole = _outcome(response, response.status, response.body)
            return (refusal(response, whole.text, whole.kind),) * len(identities)
        by_id = {words(row, "id"): row for row in rows if isinstance(row, dict)}
        return tuple(_of_row(response, by_id.get(identity.decode())) for identity in identities)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        return SendingDomains(author, author)


PROVIDER = Graph()


def _as_json(account: Credentials) -> bool:
    return account.options.get("endpoint") == "json"


def _path(account: Credentials) -> str:
    user = account.options.get("user")
    return f"/users/{user}/sendMail" if user else "/me/sendMail"


def _outcome(response: Response, status: int, body: bytes) -> Outcome:
    if status == 202 and not body.strip():
        return outcome(response, OutcomeKind.ACCEPTED)
    error = table_of(body).get("error")
    if status == 200:  # seen for MIME that is too large
        return refusal(response, "200 is no acceptance of Microsoft Graph: the mail was not sent", OutcomeKind.REJECTED)
    return refusal(response, words(error, "code", "message"))


def _of_row(response: Response, row: Mapping[str, Any] | None) -> Outcome:
    status = row.get("status") if row else None
    if row is None or not isinstance(status, int) or not 100 <= status <= 999:
        return refusal(response, "the answer has nothing about this message", OutcomeKind.GARBLED)
    found = row.get("body")
    return _outcome(Response(status, response.headers), status, json_bytes(found) if found else b"")


def _document(message: Message) -> dict[str, Any]:
    check_fields(message, LIMITS)
    content = message.content
    if content.text and content.html:
        raise ValueError(
            'JSON of Microsoft Graph has one body, and the mail has a text and an HTML text: use endpoint = "mime"'
        )
    if foreign := [name for name, _ in content.headers if not name.lower().startswith("x-")]:
        raise ValueError(f'Microsoft Graph takes only X- header fields, not {foreign[0]}: use endpoint = "mime"')
    html = bool(content.html)
    mail = {
        "internetMessageHeaders": [{"name": name, "value": value} for name, value in own_headers(content)],
        "from": _person(content.sender),
        "subject": content.subject,
        "body": {"contentType": "HTML" if html else "Text", "content": content.html if html else content.text},
    }
    groups = given(
        toRecipients=[*map(_person, content.to)],
        ccRecipients=[*map(_person, content.cc)],
        bccRecipients=[{"emailAddress": {"address": addr}} for addr in blind_recipients(message)],
        replyTo=[*map(_person, content.reply_to)],
        attachments=[_attachment(file) for file in content.attachments],
    )
    return {"message": mail | groups, "saveToSentItems": False}


def _person(address: Address) -> dict[str, Any]:
    return {"emailAddress": {"address": address.addr} | ({"name": address.name} if address.name else {})}


def _attachment(file: Attachment) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.fileAttachment", "name": file.name, "contentType": file.content_type,
        "contentBytes": base64_text(file.data), "isInline": bool(file.content_id),
        **({"contentId": file.content_id} if file.content_id else {}),
    }  # fmt: skip
