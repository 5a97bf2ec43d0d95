"""Resend: POST /emails as JSON; /emails/batch takes a list of up to 100, without attachments.

Source: Resend's OpenAPI document (resend-openapi@fd6f395), resend-node, its pages of limits, errors and templates. A stored
template has an HTML text, and up to 50 variables that are declared; `template` has its alias and the values. The receiving half
is in resend_server.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains, StoredTemplate
from benchkit.model.message import Attachment, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.retry import IDEMPOTENCY
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.arm_options import options_table
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_fields
from benchkit.providers.handlebars import SYNTAX, tag
from benchkit.providers.idempotency import EXPLAINED, is_keyed, key_in
from benchkit.providers.json_request import (
    Headers,
    base64_text,
    batch_request,
    bearer,
    given,
    json_bytes,
    json_request,
    own_headers,
)
from benchkit.providers.mailboxes import mailbox
from benchkit.providers.resend_server import MOST_IN_BATCH, MOST_VARIABLES, SERVER
from benchkit.providers.shared_template import TEXTS, SharedTemplate, shared_template, texts_of
from benchkit.providers.template_store import NAME

LIMITS = FieldLimits(api="Resend", recipients=50, mail_bytes=40_000_000, repeated_addresses=True, types_as_named=True)
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")

SEND, BATCH = "/emails", "/emails/batch"

OPTIONS: Mapping[str, str] = {
    "tags": "`key=value, key=value`",
    "validation": 'of a batch: "strict" (all or none) or "permissive"',
    IDEMPOTENCY: EXPLAINED,
}


class Resend:
    name = "resend"
    default_host = "api.resend.com"
    options = frozenset(OPTIONS)
    batch_limit = MOST_IN_BATCH
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        check_fields(message, LIMITS)
        is_keyed(account.options)
        return json_request(SEND, bearer(account.secret), _document(message, account))

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        _check_batch(messages)
        return batch_request(BATCH, _of_batch(account), [_document(message, account) for message in messages])

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        shared = _shared(messages)
        names = list(dict.fromkeys(name for row in shared.values for name in row))
        variables = [{"key": name, "type": "string", "fallback_value": ""} for name in names]
        document = {"name": NAME, "alias": NAME, "variables": variables, **shared.written(tag)}
        return StoredTemplate(NAME, json_bytes(document))

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        for message in messages:
            check_fields(message, LIMITS)
        return tuple(json_request(SEND, bearer(account.secret), one) for one in _stored(messages, account))

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        _check_batch(messages)
        return batch_request(BATCH, _of_batch(account), _stored(messages, account))

    def is_keyed(self, account: Credentials) -> bool:
        return is_keyed(account.options)

    def signed(self, request: Request, account: Credentials, host: str, now_s: float) -> Request:
        """With its key, which Resend remembers for 24 hours."""
        key = key_in(request.body)
        return replace(request, headers=(*request.headers, ("idempotency-key", key))) if key else request

    def outcome(self, response: Response) -> Outcome:
        answer = table_of(response.body)
        server_id = answer.get("id")
        if response.status == 200 and isinstance(server_id, str) and server_id:
            return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id)
        in_progress = response.status == 409 and answer.get("name") == "concurrent_idempotent_requests"
        return refusal(response, words(answer, "name", "message"), OutcomeKind.DEFERRED if in_progress else None)

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        """`errors`, by place, hold those that were refused with validation = "permissive"; `data` has the others in order."""
        answer = table_of(response.body)
        rows = list_in(answer.get("data"))
        refused = {
            error.get("index"): words(error, "message")
            for error in list_in(answer.get("errors"))
            if isinstance(error, dict) and isinstance(error.get("index"), int)
        }
        if response.status != 200 or len(rows) + len(refused) != len(identities):
            whole = refusal(response, words(answer, "name", "message"))
            return (whole,) * len(identities)
        accepted_rows = iter(rows)
        return tuple(
            refusal(response, refused[place] or "refused", OutcomeKind.REJECTED)
            if place in refused
            else _row_outcome(response, next(accepted_rows, None))
            for place in range(len(identities))
        )

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        return SendingDomains(f"send.{author}", author)


PROVIDER = Resend()


def _row_outcome(response: Response, row: object) -> Outcome:
    server_id = words(row, "id")
    if not server_id:
        return refusal(response, "the answer has no id for this message", OutcomeKind.GARBLED)
    return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id)


def _check_batch(messages: Sequence[Message]) -> None:
    for message in messages:
        check_fields(message, LIMITS)
        if message.content.attachments:
            raise ValueError("a batch of Resend takes no attachments: set messages_per_request = 1, or remove them")


def _of_batch(account: Credentials) -> Headers:
    validation = account.options.get("validation")
    return (*bearer(account.secret), *((("x-batch-validation", validation),) if validation else ()))


def _shared(messages: Sequence[Message]) -> SharedTemplate:
    """Raises ValueError where Resend would not store the template."""
    if not all(message.content.html for message in messages):
        raise ValueError(
            "a stored template of Resend has an HTML text, and a mail has none: add one, or compare without it"
        )
    shared = shared_template(texts_of(messages), SYNTAX)
    if (number := max(map(len, shared.values), default=0)) > MOST_VARIABLES:
        problem = f"the mails differ in {number} places, and a stored template of Resend has {MOST_VARIABLES} variables"
        raise ValueError(f'{problem}: use render = "client"')
    return shared


def _stored(messages: Sequence[Message], account: Credentials) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in _document(message, account).items() if name not in TEXTS}
        | {"template": {"id": NAME, "variables": values}}
        for message, values in zip(messages, _shared(messages).values, strict=True)
    ]


def _tags(account: Credentials) -> dict[str, str]:
    tags = options_table(account.options.get("tags", ""))
    for word in (*tags, *tags.values()):
        if not _TAG.fullmatch(word):
            problem = "Resend takes tags of ASCII letters, digits, _ and -, at most 256 characters"
            raise ValueError(f"{problem}: change {word!r} in the option `tags`")
    return tags


def _document(message: Message, account: Credentials) -> dict[str, Any]:
    content = message.content
    tags = _tags(account)
    return {"headers": dict(own_headers(content)), "from": mailbox(content.sender), "subject": content.subject} | given(
        to=[*map(mailbox, content.to)],
        cc=[*map(mailbox, content.cc)],
        bcc=blind_recipients(message),
        reply_to=[*map(mailbox, content.reply_to)],
        text=content.text,
        html=content.html,
        attachments=[_attachment(file) for file in content.attachments],
        tags=[{"name": name, "value": value} for name, value in tags.items()],
    )


def _attachment(file: Attachment) -> dict[str, str]:
    return {"filename": file.name, "content": base64_text(file.data)} | given(
        content_type=file.content_type, content_id=file.content_id
    )
