"""SMTP2GO: POST /v3/email/send as JSON ("send"), or /v3/email/mime with MIME in base64 ("mime"); /v3/email/batch takes a list.

Source: SMTP2GO's OpenAPI fragments of "Send a standard email", "Send a batch of emails", "Send a MIME email" and "Add an email
template" (3.0.4, from its documentation server). A 200 counts what succeeded and names failures; that of a batch has an id
for each. An inline image has no name but its Content-ID. A stored template has both texts, and a subject in place of the
mail's. The receiving half is in smtp2go_server.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains, StoredTemplate
from benchkit.model.message import Attachment, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_fields
from benchkit.providers.handlebars import SYNTAX
from benchkit.providers.json_request import (
    Headers,
    base64_text,
    batch_request,
    given,
    json_bytes,
    json_request,
    own_headers,
)
from benchkit.providers.mailboxes import mailbox, mailboxes
from benchkit.providers.mime_recipients import mime_with_bcc
from benchkit.providers.shared_template import TEXTS, SharedTemplate, shared_template, texts_of
from benchkit.providers.smtp2go_server import FIELDS, MOST_EACH, MOST_IN_BATCH, SERVER
from benchkit.providers.template_store import NAME

SEND, MIME, BATCH = "/v3/email/send", "/v3/email/mime", "/v3/email/batch"

LIMITS = FieldLimits(
    api="SMTP2GO", instead='use endpoint = "mime"', recipients=MOST_EACH, inline_apart=True, mail_bytes=50_000_000,
    repeated_addresses=True, empty_files=False,
)  # fmt: skip

OPTIONS: Mapping[str, str] = {
    "endpoint": '"send" (default): fields; "mime": the MIME bytes in base64',
}


class Smtp2go:
    name = "smtp2go"
    default_host = "api.smtp2go.com"
    options = frozenset(OPTIONS)
    batch_limit = MOST_IN_BATCH
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        if account.options.get("endpoint") == "mime":
            return json_request(MIME, _key(account), {"mime_email": base64_text(mime_with_bcc(message, LIMITS))})
        return json_request(SEND, _key(account), _document(message))

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _batch([_document(message) for message in messages], account)

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        texts = {FIELDS[name]: text for name, text in _shared(messages).written(_tag).items()}
        return StoredTemplate(NAME, json_bytes({"id": NAME, "template_name": NAME, "subject": "", **texts}))

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        _check_fields_endpoint(account)
        return tuple(json_request(SEND, _key(account), one) for one in _stored(messages))

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _batch(_stored(messages), account)

    def outcome(self, response: Response) -> Outcome:
        answer = table_of(response.body)
        data = answer.get("data")
        found: Mapping[str, Any] = data if isinstance(data, dict) else {}
        failures = "; ".join(str(one) for one in list_in(found.get("failures")))
        accepted, server_id = found.get("succeeded"), found.get("email_id")
        if (
            response.status == 200
            and isinstance(accepted, int)
            and accepted > 0
            and isinstance(server_id, str)
            and server_id
        ):
            return outcome(response, OutcomeKind.ACCEPTED, failures, server_id=server_id)
        failed = response.status == 200 and (failures or found.get("failed"))
        text = failures or words(found, "error_code", "error")
        return refusal(response, text, OutcomeKind.REJECTED if failed else None)

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        """An id for each, in the order of the request; what becomes of a mail, only events say."""
        rows = list_in(table_of(response.body).get("data"))
        if response.status != 200 or len(rows) != len(identities):
            whole = self.outcome(response)
            kind = OutcomeKind.GARBLED if whole.kind is OutcomeKind.ACCEPTED else whole.kind
            return (refusal(response, whole.text, kind),) * len(identities)
        return tuple(_row_outcome(response, row) for row in rows)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """The envelope sender is of a subdomain whose name is the account's own."""
        return SendingDomains("", author)


PROVIDER = Smtp2go()


def _key(account: Credentials) -> Headers:
    return (("x-smtp2go-api-key", account.secret),)


def _check_fields_endpoint(account: Credentials) -> None:
    if account.options.get("endpoint") == "mime":
        raise ValueError(
            'endpoint = "mime" takes one message a request, and its texts as they are: use endpoint = "send"'
        )


def _batch(documents: Sequence[Mapping[str, Any]], account: Credentials) -> BatchRequest:
    _check_fields_endpoint(account)
    return batch_request(BATCH, _key(account), documents, b'{"emails":[', b"]}")


def _row_outcome(response: Response, row: object) -> Outcome:
    if server_id := words(row, "email_id"):
        return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id)
    return refusal(
        response,
        words(row, "error_code", "error"),
        OutcomeKind.REJECTED if words(row, "error") else OutcomeKind.GARBLED,
    )


def _tag(name: str) -> str:
    return "{{ " + name + " }}"


def _shared(messages: Sequence[Message]) -> SharedTemplate:
    """Raises ValueError where SMTP2GO would not store the template."""
    if not all(message.content.text and message.content.html for message in messages):
        raise ValueError("a stored template of SMTP2GO has a text and an HTML text, and a mail lacks one: add it")
    return shared_template(texts_of(messages), SYNTAX)


def _stored(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Without texts; a batch wants a subject, which the template's replaces."""
    unsent = [FIELDS[name] for name in TEXTS if name != "subject"]
    return [
        {name: value for name, value in _document(message).items() if name not in unsent}
        | {"subject": "-", "template_id": NAME, "template_data": values}
        for message, values in zip(messages, _shared(messages).values, strict=True)
    ]


def _document(message: Message) -> dict[str, Any]:
    check_fields(message, LIMITS)
    content = message.content
    if unlike := [file for file in content.attachments if file.content_id not in ("", file.name)]:
        problem = f"an inline image of SMTP2GO has its Content-ID as its name, and {unlike[0].name} has {unlike[0].content_id}"
        raise ValueError(f'{problem}: use endpoint = "mime"')
    headers = [*own_headers(content), *((("Reply-To", mailboxes(content.reply_to)),) if content.reply_to else ())]
    return {
        "custom_headers": [{"header": name, "value": value} for name, value in headers],
        "sender": mailbox(content.sender),
        "subject": content.subject,
    } | given(
        to=[*map(mailbox, content.to)],
        cc=[*map(mailbox, content.cc)],
        bcc=blind_recipients(message),
        text_body=content.text,
        html_body=content.html,
        inlines=[_file(file) for file in content.attachments if file.content_id],
        attachments=[_file(file) for file in content.attachments if not file.content_id],
    )


def _file(file: Attachment) -> dict[str, str]:
    return {
        "filename": file.content_id or file.name, "fileblob": base64_text(file.data), "mimetype": file.content_type
    }  # fmt: skip
