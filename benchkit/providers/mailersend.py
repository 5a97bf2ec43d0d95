"""MailerSend: POST /v1/email as JSON; /v1/bulk-email takes a list of up to 500 and is judged later.

Source: MailerSend's reference, mailersend-python, django-anymail. A success is 202 with an empty body, its id in
x-message-id; with suppressed recipients it is 202 with warnings. The name of a file decides its type. Header fields of the
mail's own, as benchkit's identity is one, need a plan that has them. A stored template is made in MailerSend's application
(its API lists and deletes them), and `personalization` has the values of each recipient. The receiving half is in
mailersend_server.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains, StoredTemplate
from benchkit.model.message import Attachment, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.arm_options import options_list, tracking_off
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_fields
from benchkit.providers.json_request import (
    address_pair,
    base64_text,
    batch_request,
    bearer,
    given,
    json_bytes,
    json_request,
    own_headers,
)
from benchkit.providers.mailersend_server import MOST_COPIES, MOST_IN_BULK, SERVER
from benchkit.providers.shared_template import TEXTS, TemplateSyntax, shared_template, texts_of
from benchkit.providers.template_store import NAME

SEND, BULK = "/v1/email", "/v1/bulk-email"
LIMITS = FieldLimits(
    api="MailerSend", recipients=50, reply_to=1, types_by_name=True, mail_bytes=25_000_000, repeated_addresses=True,
    empty_files=False,
)  # fmt: skip
_SYNTAX = TemplateSyntax(re.compile(r"\{[{%#$]"), edge="{}")

OPTIONS: Mapping[str, str] = {
    "tags": "tags of every mail: `a, b`",
    "tracking": '"off": opens, clicks and content are not tracked',
}


class Mailersend:
    name = "mailersend"
    default_host = "api.mailersend.com"
    options = frozenset(OPTIONS)
    batch_limit = MOST_IN_BULK
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        return json_request(SEND, bearer(account.secret), _document(message, account))

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        documents = [_document(message, account) for message in messages]
        return batch_request(BULK, bearer(account.secret), documents)

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        return StoredTemplate(NAME, json_bytes(shared_template(texts_of(messages), _SYNTAX).written(_tag)))

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        return tuple(json_request(SEND, bearer(account.secret), one) for one in _stored(messages, account))

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return batch_request(BULK, bearer(account.secret), _stored(messages, account))

    def outcome(self, response: Response) -> Outcome:
        answer = table_of(response.body)
        server_id, warnings = response.header("x-message-id"), list_in(answer.get("warnings"))
        if response.status == 202 and server_id and (warnings or not response.body.strip()):
            return _judged(response, server_id, [row for row in warnings if isinstance(row, dict)])
        return refusal(response, words(answer, "message"))

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        """One id for the whole list; what is refused of it, its status says later."""
        answer = table_of(response.body)
        server_id = answer.get("bulk_email_id")
        if response.status == 202 and isinstance(server_id, str) and server_id:
            return (outcome(response, OutcomeKind.ACCEPTED, server_id=server_id),) * len(identities)
        return (refusal(response, words(answer, "message")),) * len(identities)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        return SendingDomains(f"mta.{author}", author)


PROVIDER = Mailersend()


def _judged(response: Response, server_id: str, warnings: Sequence[Mapping[str, Any]]) -> Outcome:
    rows = [row for warning in warnings for row in list_in(warning.get("recipients"))]
    suppressed = [row["email"] for row in rows if isinstance(row, dict) and isinstance(row.get("email"), str)]
    text = "; ".join(words(warning, "type", "warning") for warning in warnings)
    if any(warning.get("type") == "ALL_SUPPRESSED" for warning in warnings):
        return refusal(response, text, OutcomeKind.REJECTED)
    return outcome(response, OutcomeKind.ACCEPTED, text, server_id=server_id, refused=suppressed)


def _document(message: Message, account: Credentials) -> dict[str, Any]:
    check_fields(message, LIMITS)
    content, settings = message.content, account.options
    blind = blind_recipients(message)
    if len(content.cc) > MOST_COPIES or len(blind) > MOST_COPIES:
        raise ValueError(f"MailerSend takes {MOST_COPIES} addresses in Cc and in Bcc: use fewer, or compare without it")
    quiet = {"track_clicks": False, "track_opens": False, "track_content": False}
    return {
        "headers": [{"name": name, "value": value} for name, value in own_headers(content)],
        "from": address_pair(content.sender),
        "subject": content.subject,
    } | given(
        to=[*map(address_pair, content.to)],
        cc=[*map(address_pair, content.cc)],
        bcc=[{"email": addr} for addr in blind],
        reply_to=address_pair(content.reply_to[0]) if content.reply_to else None,
        text=content.text,
        html=content.html,
        attachments=[_attachment(file) for file in content.attachments],
        tags=options_list(settings.get("tags", "")),
        settings=quiet if tracking_off(settings) else None,
    )


def _tag(name: str) -> str:
    return "{{" + name + "}}"


def _stored(messages: Sequence[Message], account: Credentials) -> list[dict[str, Any]]:
    """Without texts; each recipient has a row of values, which are the mail's own."""
    shared = shared_template(texts_of(messages), _SYNTAX)
    return [
        {name: value for name, value in _document(message, account).items() if name not in TEXTS}
        | {"template_id": NAME, "personalization": [{"email": addr, "data": values} for addr in message.recipients]}
        for message, values in zip(messages, shared.values, strict=True)
    ]


def _attachment(file: Attachment) -> dict[str, str]:
    disposition = "inline" if file.content_id else "attachment"
    return {"content": base64_text(file.data), "filename": file.name, "disposition": disposition} | given(
        id=file.content_id
    )
