"""Resend: POST /emails as JSON; /emails/batch takes a list of up to 100, without attachments.

Source: Resend's OpenAPI document, resend-node, its pages of limits and errors. The receiving half is in resend_server.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.exchange import Credentials, JointRequest, Request, Response, SendingDomains
from benchkit.model.message import Attachment, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.arm_options import options_table
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_fields
from benchkit.providers.json_request import (
    base64_text,
    bearer,
    given,
    joint_request,
    json_request,
    own_headers,
)
from benchkit.providers.mailboxes import mailbox
from benchkit.providers.resend_server import MOST_IN_BATCH, SERVER

LIMITS = FieldLimits(api="Resend", recipients=50, mail_bytes=40_000_000, repeated_addresses=True)

OPTIONS: Mapping[str, str] = {
    "tags": "`key=value, key=value`",
    "validation": 'of a batch: "strict" (all or none) or "permissive"',
}


class Resend:
    name = "resend"
    default_host = "api.resend.com"
    options = frozenset(OPTIONS)
    batch_limit = MOST_IN_BATCH
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        check_fields(message, LIMITS)
        return json_request("/emails", bearer(account.secret), _document(message, account))

    def batch(self, messages: Sequence[Message], account: Credentials) -> JointRequest:
        for message in messages:
            check_fields(message, LIMITS)
            if message.content.attachments:
                raise ValueError("a batch of Resend takes no attachments: set messages_per_request = 1, or remove them")
        headers = bearer(account.secret)
        if validation := account.options.get("validation"):
            headers = (*headers, ("x-batch-validation", validation))
        return joint_request("/emails/batch", headers, [_document(message, account) for message in messages])

    def outcome(self, response: Response) -> Outcome:
        answer = table_of(response.body)
        server_id = answer.get("id")
        if response.status == 200 and isinstance(server_id, str) and server_id:
            return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id)
        return refusal(response, words(answer, "name", "message"))

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
        taken = iter(rows)
        return tuple(
            refusal(response, refused[place] or "refused", OutcomeKind.REJECTED)
            if place in refused
            else _taken(response, next(taken, None))
            for place in range(len(identities))
        )

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        return SendingDomains(f"send.{author}", author)


PROVIDER = Resend()


def _taken(response: Response, row: object) -> Outcome:
    server_id = words(row, "id")
    if not server_id:
        return refusal(response, "the answer has no id for this message", OutcomeKind.GARBLED)
    return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id)


def _document(message: Message, account: Credentials) -> dict[str, Any]:
    content = message.content
    tags = options_table(account.options.get("tags", ""))
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
