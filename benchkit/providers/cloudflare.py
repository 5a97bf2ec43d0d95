"""Cloudflare Email Service: POST …/email/sending/send_raw with MIME and its envelope ("raw"), or …/send with fields ("send").

Source: Cloudflare's developer documentation and API reference (beta of 2026). The answer names each recipient as delivered,
queued or bounced for good. The receiving half is in cloudflare_server.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from benchkit.model.exchange import Credentials, Request, Response, SendingDomains
from benchkit.model.message import Attachment, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.cloudflare_server import LARGEST, MOST_RECIPIENTS, SERVER
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_envelope, check_fields
from benchkit.providers.json_request import base64_text, bearer, given, json_request, own_headers

LIMITS = FieldLimits(
    api="Cloudflare", instead='use endpoint = "raw"', recipients=MOST_RECIPIENTS, reply_to=1, mail_bytes=LARGEST
)
RAW_LIMITS = replace(LIMITS, return_path=True)

OPTIONS: Mapping[str, str] = {
    "endpoint": '"raw" (default): MIME and its envelope; "send": fields',
    "account": "the account's id",
}


class Cloudflare:
    name = "cloudflare"
    default_host = "api.cloudflare.com"
    options = frozenset(OPTIONS)
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        raw = account.options.get("endpoint", "raw") == "raw"
        document = _raw(message) if raw else _fields(message)
        owner = account.options.get("account", "benchkit")
        target = f"/client/v4/accounts/{owner}/email/sending/send{'_raw' if raw else ''}"
        return json_request(target, bearer(account.secret), document)

    def outcome(self, response: Response) -> Outcome:
        answer = table_of(response.body)
        result = answer.get("result")
        if response.status == 200 and answer.get("success") is True and isinstance(result, dict):
            return _judged(response, result)
        errors = "; ".join(words(error, "code", "message") for error in list_in(answer.get("errors")))
        failed = response.status == 200 and answer.get("success") is False
        return refusal(response, errors, OutcomeKind.REJECTED if failed else None)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """What it makes of the envelope sender of `send` is a subdomain of the author's."""
        return SendingDomains(f"cf-bounce.{author}" if return_path is None else return_path, author)


PROVIDER = Cloudflare()


def _judged(response: Response, result: Mapping[str, Any]) -> Outcome:
    """By recipient."""
    accepted = [*list_in(result.get("delivered")), *list_in(result.get("queued"))]
    bounced = [addr for addr in list_in(result.get("permanent_bounces")) if isinstance(addr, str)]
    if accepted:
        text = f"bounced for good: {', '.join(bounced)}" if bounced else ""
        return outcome(response, OutcomeKind.ACCEPTED, text, refused=bounced)
    return refusal(response, "", OutcomeKind.REJECTED if bounced else OutcomeKind.GARBLED)


def _raw(message: Message) -> dict[str, Any]:
    check_envelope(message, RAW_LIMITS)
    if not message.envelope_from:
        raise ValueError("Cloudflare takes no null sender: give envelope_from an address, or remove it")
    try:
        text = message.mime.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("the mail is not UTF-8, and Cloudflare takes it as text: compare without Cloudflare") from None
    return {"mime_message": text, "from": message.envelope_from, "recipients": list(message.recipients)}


def _fields(message: Message) -> dict[str, Any]:
    check_fields(message, LIMITS)
    content = message.content
    if named := [address.name for address in (*content.to, *content.cc, *content.reply_to) if address.name]:
        raise ValueError(f'Cloudflare takes addresses without names, and one is {named[0]!r}: use endpoint = "raw"')
    sender = {"address": content.sender.addr} | ({"name": content.sender.name} if content.sender.name else {})
    return {"headers": dict(own_headers(content)), "from": sender, "subject": content.subject} | given(
        to=[address.addr for address in content.to],
        cc=[address.addr for address in content.cc],
        bcc=blind_recipients(message),
        reply_to=content.reply_to[0].addr if content.reply_to else "",
        text=content.text,
        html=content.html,
        attachments=[_attachment(file) for file in content.attachments],
    )


def _attachment(file: Attachment) -> dict[str, str]:
    return {"filename": file.name, "type": file.content_type, "content": base64_text(file.data)} | given(
        disposition="inline" if file.content_id else "attachment", content_id=file.content_id
    )
