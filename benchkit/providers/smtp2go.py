"""SMTP2GO: POST /v3/email/send as JSON ("send"), or /v3/email/mime with MIME in base64 ("mime").

Source: SMTP2GO's developer pages "Send an Email" and "Send a MIME email". A 200 counts what succeeded and names failures. An
inline image has no name but its Content-ID. The receiving half is in smtp2go_server.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchkit.model.exchange import Credentials, Request, Response, SendingDomains
from benchkit.model.message import Attachment, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_fields
from benchkit.providers.json_request import base64_text, given, json_request, own_headers
from benchkit.providers.mailboxes import mailbox, mailboxes
from benchkit.providers.mime_recipients import mime_with_bcc
from benchkit.providers.smtp2go_server import MOST_EACH, SERVER

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
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        key = (("x-smtp2go-api-key", account.secret),)
        if account.options.get("endpoint") == "mime":
            return json_request("/v3/email/mime", key, {"mime_email": base64_text(mime_with_bcc(message, LIMITS))})
        return json_request("/v3/email/send", key, _document(message))

    def outcome(self, response: Response) -> Outcome:
        answer = table_of(response.body)
        data = answer.get("data")
        found: Mapping[str, Any] = data if isinstance(data, dict) else {}
        failures = "; ".join(str(one) for one in list_in(found.get("failures")))
        taken, server_id = found.get("succeeded"), found.get("email_id")
        if response.status == 200 and isinstance(taken, int) and taken > 0 and isinstance(server_id, str) and server_id:
            return outcome(response, OutcomeKind.ACCEPTED, failures, server_id=server_id)
        failed = response.status == 200 and (failures or found.get("failed"))
        text = failures or words(found, "error_code", "error")
        return refusal(response, text, OutcomeKind.REJECTED if failed else None)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """The envelope sender is of a subdomain whose name is the account's own."""
        return SendingDomains("", author)


PROVIDER = Smtp2go()


def _document(message: Message) -> dict[str, Any]:
    check_fields(message, LIMITS)
    content = message.content
    if unlike := [file for file in content.attachments if file.content_id not in ("", file.name)]:
        told = f"an inline image of SMTP2GO has its Content-ID as its name, and {unlike[0].name} has {unlike[0].content_id}"
        raise ValueError(f'{told}: use endpoint = "mime"')
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
