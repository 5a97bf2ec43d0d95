"""Mailtrap: POST /api/send as JSON; /api/batch takes up to 500 requests, each with a success of its own.

Source: Mailtrap's OpenAPI documents (mailtrap-openapi), mailtrap-python 2.11, django-anymail. A request with a stored template
has neither texts nor a category of its own: those are the template's. The receiving half is in mailtrap_server.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains, StoredTemplate
from benchkit.model.identity import HEADER
from benchkit.model.message import Attachment, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.arm_options import options_table
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_fields
from benchkit.providers.handlebars import SYNTAX, tag
from benchkit.providers.json_request import (
    IDENTITY,
    address_pair,
    base64_text,
    batch_request,
    given,
    json_bytes,
    json_request,
    own_headers,
)
from benchkit.providers.mailtrap_server import MOST_IN_BATCH, PARTS, SERVER
from benchkit.providers.shared_template import TEXTS, shared_template, texts_of
from benchkit.providers.template_store import NAME, uuid_of

SEND, BATCH = "/api/send", "/api/batch"
_UUID = uuid_of(NAME)

LIMITS = FieldLimits(api="Mailtrap", recipients=1000, reply_to=1, mail_bytes=10_000_000, repeated_addresses=True)

OPTIONS: Mapping[str, str] = {
    "category": "the category",
    "custom_variables": "`key=value, key=value`",
    "inbox": "the id of the test inbox, for `sandbox = true`",
}


class Mailtrap:
    name = "mailtrap"
    default_host = "send.api.mailtrap.io"
    options = frozenset(OPTIONS)
    batch_limit = MOST_IN_BATCH
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        return json_request(SEND, _token(account), _document(message, account))

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        documents = [_document(message, account) for message in messages]
        return batch_request(BATCH, _token(account), documents, b'{"requests":[', b"]}")

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        written = shared_template(texts_of(messages), SYNTAX).written(tag)
        texts = {PARTS[name]: text for name, text in written.items()}
        return StoredTemplate(_UUID, json_bytes({"email_template": {"name": NAME, "category": NAME, **texts}}))

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        documents = _stored(messages, account)
        return tuple(json_request(SEND, _token(account), one | {"template_uuid": _UUID}) for one in documents)

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        """`base` names the template once."""
        before = b'{"base":{"template_uuid":"%s"},"requests":[' % _UUID.encode()
        return batch_request(BATCH, _token(account), _stored(messages, account), before, b"]}")

    def outcome(self, response: Response) -> Outcome:
        return _outcome(response, table_of(response.body))

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        answer = table_of(response.body)
        rows = list_in(answer.get("responses"))
        if response.status != 200 or len(rows) != len(identities):
            return (refusal(response, _errors(answer)),) * len(identities)
        return tuple(_outcome(response, row if isinstance(row, dict) else {}) for row in rows)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        return SendingDomains("", author)


PROVIDER = Mailtrap()


def _token(account: Credentials) -> tuple[tuple[str, str], ...]:
    return (("api-token", account.secret),)


def _outcome(response: Response, answer: Mapping[str, Any]) -> Outcome:
    ids = [one for one in list_in(answer.get("message_ids")) if isinstance(one, str) and one]
    if response.status == 200 and answer.get("success") is True and ids:
        return outcome(response, OutcomeKind.ACCEPTED, server_id=ids[0])
    failed = response.status == 200 and answer.get("success") is False
    return refusal(response, _errors(answer), OutcomeKind.REJECTED if failed else None)


def _errors(answer: Mapping[str, Any]) -> str:
    return "; ".join(str(one) for one in list_in(answer.get("errors"))) or words(answer, "error")


def _document(message: Message, account: Credentials) -> dict[str, Any]:
    check_fields(message, LIMITS)
    content, settings = message.content, account.options
    return {
        "headers": dict(own_headers(content)), "from": address_pair(content.sender), "subject": content.subject,
    } | given(
        to=[*map(address_pair, content.to)],
        cc=[*map(address_pair, content.cc)],
        bcc=[{"email": addr} for addr in blind_recipients(message)],
        reply_to=address_pair(content.reply_to[0]) if content.reply_to else None,
        text=content.text,
        html=content.html,
        attachments=[_attachment(file) for file in content.attachments],
        category=settings.get("category", ""),
        custom_variables={HEADER: IDENTITY, **options_table(settings.get("custom_variables", ""))},
    )  # fmt: skip


def _stored(messages: Sequence[Message], account: Credentials) -> list[dict[str, Any]]:
    if account.options.get("category"):
        raise ValueError("a stored template of Mailtrap has a category of its own: remove the option `category`")
    shared = shared_template(texts_of(messages), SYNTAX)
    return [
        {name: value for name, value in _document(message, account).items() if name not in TEXTS}
        | {"template_variables": values}
        for message, values in zip(messages, shared.values, strict=True)
    ]


def _attachment(file: Attachment) -> dict[str, str]:
    disposition = "inline" if file.content_id else "attachment"
    return {
        "content": base64_text(file.data), "filename": file.name, "type": file.content_type, "disposition": disposition,
    } | given(content_id=file.content_id)  # fmt: skip
