"""Azure Communication Services Email: POST /emails:send as JSON, signed with HMAC; accepted is 202 with an operation to poll.

Source: Microsoft's REST reference (api-version 2023-03-31), @azure/communication-email 1.1. The sender's name is a setting of
the account, no field of a request. The receiving half is in azure_server.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from benchkit.model.exchange import Credentials, Request, Response, SendingDomains
from benchkit.model.message import Address, Attachment, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import outcome, refusal, table_of, words
from benchkit.providers.arm_options import tracking_off
from benchkit.providers.azure_server import SERVER, with_signature
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_fields
from benchkit.providers.json_request import base64_text, given, json_request, own_headers

LIMITS = FieldLimits(api="Azure", recipients=50, mail_bytes=10_000_000, repeated_addresses=True, empty_files=False)
_RUNNING = frozenset({"NotStarted", "Running", "Succeeded"})

OPTIONS: Mapping[str, str] = {
    "tracking": '"off": no engagement tracking',
}


class Azure:
    name = "azure"
    default_host = "resource.communication.azure.com"
    options = frozenset(OPTIONS)
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        check_fields(message, LIMITS)
        content = message.content
        if content.sender.name:
            problem = f"Azure takes the sender's name ({content.sender.name!r}) from its own settings"
            raise ValueError(f"{problem}: remove the name from `from`, or compare without Azure")
        groups = given(
            to=[*map(_person, content.to)],
            cc=[*map(_person, content.cc)],
            bcc=[{"address": addr} for addr in blind_recipients(message)],
        )
        document: dict[str, Any] = {
            "headers": dict(own_headers(content)),
            "senderAddress": content.sender.addr,
            "content": {"subject": content.subject} | given(plainText=content.text, html=content.html),
            "recipients": groups,
        }
        more = given(
            replyTo=[*map(_person, content.reply_to)],
            attachments=[_attachment(file) for file in content.attachments],
            userEngagementTrackingDisabled=tracking_off(account.options) or None,
        )
        return json_request("/emails:send?api-version=2023-03-31", (), document | more)

    def signed(self, request: Request, account: Credentials, host: str, now_s: float) -> Request:
        moment = format_datetime(datetime.fromtimestamp(int(now_s), UTC), usegmt=True)
        return with_signature(request, account.secret, host, moment)

    def outcome(self, response: Response) -> Outcome:
        """202 is an acceptance of the request; what becomes of the mail, its operation tells later."""
        answer = table_of(response.body)
        server_id = answer.get("id")
        if response.status == 202 and isinstance(server_id, str) and server_id and answer.get("status") in _RUNNING:
            return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id)
        return refusal(response, words(answer.get("error"), "code", "message"))

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        return SendingDomains(author, author)


PROVIDER = Azure()


def _person(address: Address) -> dict[str, str]:
    return {"address": address.addr} | ({"displayName": address.name} if address.name else {})


def _attachment(file: Attachment) -> dict[str, str]:
    return {"name": file.name, "contentType": file.content_type, "contentInBase64": base64_text(file.data)} | given(
        contentId=file.content_id
    )
