"""Postmark: POST /email as JSON; /email/batch takes a list of up to 500 and answers each with an ErrorCode of its own.

Source: Postmark's developer documentation and django-anymail. A 200 may mean failure: only ErrorCode 0 accepts, and its Message
may name inactive recipients. /email/withTemplate and /email/batchWithTemplates name a template that POST /templates stored.
The receiving half is in postmark_server.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains, StoredTemplate
from benchkit.model.message import Attachment, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import json_of, list_in, outcome, refusal, words
from benchkit.providers.arm_options import options_table, tracking_off
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_fields
from benchkit.providers.handlebars import SYNTAX, tag
from benchkit.providers.json_request import (
    base64_text,
    batch_request,
    given,
    json_bytes,
    json_request,
    own_headers,
)
from benchkit.providers.mailboxes import mailbox, mailboxes
from benchkit.providers.postmark_server import MOST_IN_BATCH, SERVER
from benchkit.providers.shared_template import TEXTS, shared_template, texts_of
from benchkit.providers.template_store import NAME, number_of

LIMITS = FieldLimits(
    api="Postmark", recipients=50, mail_bytes=10_000_000, repeated_addresses=True, text_bytes=5_000_000
)
_INACTIVE = re.compile(r"inactive addresses: ([^\s,]+(?:, [^\s,]+)*)", re.IGNORECASE)
_FIELDS = dict(zip(TEXTS, ("Subject", "TextBody", "HtmlBody"), strict=True))
_LATER = {100: OutcomeKind.DEFERRED, 429: OutcomeKind.THROTTLED}  # 100: maintenance

OPTIONS: Mapping[str, str] = {
    "stream": "the message stream",
    "tag": "the tag",
    "metadata": "`key=value, key=value`",
    "tracking": '"off": opens and links are not tracked',
}


class Postmark:
    name = "postmark"
    default_host = "api.postmarkapp.com"
    options = frozenset(OPTIONS)
    batch_limit = MOST_IN_BATCH
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        check_fields(message, LIMITS)
        return json_request("/email", _headers(account), _document(message, account))

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        for message in messages:
            check_fields(message, LIMITS)
        return batch_request("/email/batch", _headers(account), [_document(one, account) for one in messages])

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        written = shared_template(texts_of(messages), SYNTAX).written(tag)
        texts = {_FIELDS[name]: text for name, text in written.items()}
        return StoredTemplate(str(number_of(NAME)), json_bytes({"Name": NAME, "Alias": NAME, **texts}))

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        documents = _stored(messages, account)
        return tuple(json_request("/email/withTemplate", _headers(account), one) for one in documents)

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        documents = _stored(messages, account)
        return batch_request("/email/batchWithTemplates", _headers(account), documents, b'{"Messages":[', b"]}")

    def outcome(self, response: Response) -> Outcome:
        return _outcome(response, json_of(response.body))

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        rows = list_in(json_of(response.body))
        if response.status != 200 or len(rows) != len(identities):
            return (self.outcome(response),) * len(identities)
        return tuple(_outcome(response, row) for row in rows)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """Without a custom return path the envelope sender is Postmark's."""
        return SendingDomains("pm.mtasv.net", author)


PROVIDER = Postmark()


def _headers(account: Credentials) -> tuple[tuple[str, str], ...]:
    return ("accept", "application/json"), ("x-postmark-server-token", account.secret)


def _outcome(response: Response, answer: object) -> Outcome:
    row = answer if isinstance(answer, dict) else {}
    code, server_id, reason = row.get("ErrorCode"), words(row, "MessageID"), words(row, "Message")
    if response.status == 200 and code == 0 and not isinstance(code, bool) and server_id:
        inactive = _INACTIVE.search(reason)
        refused = tuple(inactive[1].rstrip(".").split(", ")) if inactive else ()
        return outcome(response, OutcomeKind.ACCEPTED, reason if refused else "", server_id=server_id, refused=refused)
    text = words(row, "ErrorCode", "Message")
    if response.status != 200:
        return refusal(response, text)
    if not isinstance(code, int) or not code:
        return refusal(response, text, OutcomeKind.GARBLED)
    return refusal(response, text, _LATER.get(code, OutcomeKind.REJECTED))


def _document(message: Message, account: Credentials) -> dict[str, Any]:
    content, settings = message.content, account.options
    quiet = {"TrackOpens": False, "TrackLinks": "None"} if tracking_off(settings) else {}
    document = {
        "Headers": [{"Name": name, "Value": value} for name, value in own_headers(content)],
        "From": mailbox(content.sender),
        "To": mailboxes(content.to),
        "Subject": content.subject,
    }
    return (
        document
        | quiet
        | given(
            Cc=mailboxes(content.cc),
            Bcc=", ".join(blind_recipients(message)),
            ReplyTo=mailboxes(content.reply_to),
            TextBody=content.text,
            HtmlBody=content.html,
            Attachments=[_attachment(file) for file in content.attachments],
            Tag=settings.get("tag", ""),
            Metadata=options_table(settings.get("metadata", "")),
            MessageStream=settings.get("stream", ""),
        )
    )


def _stored(messages: Sequence[Message], account: Credentials) -> list[dict[str, Any]]:
    """Each message names the stored template and has its own values."""
    for message in messages:
        check_fields(message, LIMITS)
    shared = shared_template(texts_of(messages), SYNTAX)
    return [
        {name: value for name, value in _document(message, account).items() if name not in _FIELDS.values()}
        | {"TemplateAlias": NAME, "TemplateModel": values}
        for message, values in zip(messages, shared.values, strict=True)
    ]


def _attachment(file: Attachment) -> dict[str, str]:
    return {"Name": file.name, "Content": base64_text(file.data), "ContentType": file.content_type} | given(
        ContentID=file.content_id and f"cid:{file.content_id}"
    )
