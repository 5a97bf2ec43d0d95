"""Mailjet: POST /v3.1/send with a list of up to 50 messages, each with a status of its own in the answer, also in a 4xx.

Source: Mailjet's reference of Send API v3.1 and of templates (/v3/REST/template), and django-anymail. It has one Reply-To
address; inline images are in a list of their own. A stored template is named by its number. The receiving half is in
mailjet_server.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains, StoredTemplate
from benchkit.model.message import Address, Attachment, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import list_in, outcome, outcome_of_status, refusal, table_of, words
from benchkit.providers.arm_options import options_table, tracking_off
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_fields
from benchkit.providers.json_request import (
    IDENTITY,
    address_pair,
    base64_text,
    basic,
    batch_request,
    given,
    json_bytes,
    json_request,
    own_headers,
)
from benchkit.providers.mailjet_server import MOST_MESSAGES, SERVER
from benchkit.providers.shared_template import TEXTS, TemplateSyntax, shared_template, texts_of
from benchkit.providers.template_store import NAME, number_of

SEND = "/v3.1/send"
LIMITS = FieldLimits(
    api="Mailjet", recipients=50, reply_to=1, inline_apart=True, mail_bytes=15_000_000, repeated_addresses=True
)
_SYNTAX = TemplateSyntax(re.compile(r"\{[{%#]"), edge="{}")
_FIELDS = dict(zip(TEXTS, ("Subject", "TextPart", "HTMLPart"), strict=True))
_STORED = dict(zip(TEXTS, ("Subject", "Text-part", "Html-part"), strict=True))
_TEMPLATE = number_of(NAME)
_SHARED = ("From", "ReplyTo", "InlinedAttachments", "Attachments")
_SETTINGS = ("TrackOpens", "TrackClicks", "CustomCampaign", "EventPayload")

OPTIONS: Mapping[str, str] = {
    "key": "the public API key (the secret one is `api_key`)",
    "campaign": "CustomCampaign",
    "metadata": "EventPayload, which events bring back: `key=value, key=value`",
    "tracking": '"off": opens and clicks are not tracked',
}


class Mailjet:
    name = "mailjet"
    default_host = "api.mailjet.com"
    options = frozenset(OPTIONS)
    batch_limit = MOST_MESSAGES
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        return json_request(SEND, _authorization(account), {"Messages": [_document(message, account)]})

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        documents = [_document(message, account) for message in messages]
        return batch_request(SEND, _authorization(account), documents, b'{"Messages":[', b"]}")

    def template_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        """`Globals` has what all mails share, with `{{var:…}}` where their texts differ."""
        documents = [_document(message, account) for message in messages]
        common = {name: documents[0][name] for name in (*_SHARED, *_SETTINGS) if name in documents[0]}
        if any(document.get(name) != common.get(name) for document in documents for name in _SHARED):
            raise ValueError("a template of Mailjet has one sender, Reply-To and list of attachments for all messages")
        shared = shared_template(texts_of(messages), _SYNTAX)
        common |= {_FIELDS[name]: text for name, text in shared.written(_variable).items()} | {"TemplateLanguage": True}
        own = [
            {name: value for name, value in document.items() if name not in common} | {"Variables": values}
            for document, values in zip(documents, shared.values, strict=True)
        ]
        before = b'{"Globals":' + json_bytes(common) + b',"Messages":['
        return batch_request(SEND, _authorization(account), own, before, b"]}")

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        texts = {
            _STORED[name]: text
            for name, text in shared_template(texts_of(messages), _SYNTAX).written(_variable).items()
        }
        return StoredTemplate(str(_TEMPLATE), json_bytes({"Headers": {"Subject": texts.pop("Subject", "")}, **texts}))

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        documents = _stored(messages, account)
        return tuple(json_request(SEND, _authorization(account), {"Messages": [one]}) for one in documents)

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return batch_request(SEND, _authorization(account), _stored(messages, account), b'{"Messages":[', b"]}")

    def outcome(self, response: Response) -> Outcome:
        only = self.outcomes(response, [b""])[0]
        if only.kind is OutcomeKind.ACCEPTED and response.status // 100 != 2:
            return refusal(response, "a refusal that says success", OutcomeKind.GARBLED)
        return only

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        """A 4xx with a list can hold successes: each row decides about its message."""
        answer = table_of(response.body)
        rows = list_in(answer.get("Messages"))
        if len(rows) != len(identities):
            whole = refusal(response, words(answer, "ErrorCode", "ErrorMessage"))
            return (whole,) * len(identities)
        return tuple(_outcome(response, row if isinstance(row, dict) else {}) for row in rows)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """Without a return path of the user's own the envelope sender is Mailjet's."""
        return SendingDomains("bnc3.mailjet.com", author)


PROVIDER = Mailjet()


def _variable(name: str) -> str:
    return "{{var:" + name + "}}"


def _outcome(response: Response, row: Mapping[str, Any]) -> Outcome:
    if row.get("Status") == "success" and response.status // 100 in (2, 4):
        found = [words(person, "MessageID") for person in list_in(row.get("To"))]
        server_id = next(filter(None, found), "")
        if server_id:
            return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id)
    errors = [error for error in list_in(row.get("Errors")) if isinstance(error, dict)]
    text = "; ".join(words(error, "ErrorCode", "ErrorMessage") for error in errors)
    statuses = [error["StatusCode"] for error in errors if isinstance(error.get("StatusCode"), int)]
    kind = outcome_of_status(statuses[0] if statuses else response.status)
    return refusal(response, text, kind)


def _authorization(account: Credentials) -> tuple[tuple[str, str], ...]:
    return (("authorization", basic(account.options.get("key", "benchkit"), account.secret)),)


def _document(message: Message, account: Credentials) -> dict[str, Any]:
    check_fields(message, LIMITS)
    content, settings = message.content, account.options
    quiet = {"TrackOpens": "disabled", "TrackClicks": "disabled"} if tracking_off(settings) else {}
    document = {"CustomID": IDENTITY, "Headers": dict(own_headers(content)), "From": _person(content.sender)}
    return (
        document
        | quiet
        | {"Subject": content.subject}
        | given(
            To=[*map(_person, content.to)],
            Cc=[*map(_person, content.cc)],
            Bcc=[{"Email": addr} for addr in blind_recipients(message)],
            ReplyTo=_person(content.reply_to[0]) if content.reply_to else None,
            TextPart=content.text,
            HTMLPart=content.html,
            InlinedAttachments=[_attachment(file) for file in content.attachments if file.content_id],
            Attachments=[_attachment(file) for file in content.attachments if not file.content_id],
            CustomCampaign=settings.get("campaign", ""),
            EventPayload=_payload(settings),
        )
    )


def _stored(messages: Sequence[Message], account: Credentials) -> list[dict[str, Any]]:
    """Each message names the template and has its own values."""
    shared = shared_template(texts_of(messages), _SYNTAX)
    return [
        {name: value for name, value in _document(message, account).items() if name not in _FIELDS.values()}
        | {"TemplateID": _TEMPLATE, "TemplateLanguage": True, "Variables": values}
        for message, values in zip(messages, shared.values, strict=True)
    ]


def _payload(settings: Mapping[str, str]) -> str:
    metadata = options_table(settings.get("metadata", ""))
    return json_bytes(metadata).decode() if metadata else ""


def _person(address: Address) -> dict[str, str]:
    return address_pair(address, "Email", "Name")


def _attachment(file: Attachment) -> dict[str, str]:
    return {
        "ContentType": file.content_type, "Filename": file.name, "Base64Content": base64_text(file.data)
    } | given(ContentID=file.content_id)  # fmt: skip
