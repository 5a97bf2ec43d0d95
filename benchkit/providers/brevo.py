"""Brevo: POST /v3/smtp/email as JSON; several messages in one request are its messageVersions.

Source: Brevo's reference, brevo-python, django-anymail. It has one Reply-To address, no inline images, and takes a file's
type from its name; header fields go out as they are, so that others than ASCII need encoded words. Metadata is one of them,
X-Mailin-custom, which events bring back. A stored template has a subject and an HTML text; a request names it by its number.
The receiving half is in brevo_server.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains, StoredTemplate
from benchkit.model.identity import HEADER
from benchkit.model.message import Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.retry import IDEMPOTENCY
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.arm_options import options_list, options_table
from benchkit.providers.brevo_server import METADATA, MOST_VERSIONS, SERVER
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_fields
from benchkit.providers.idempotency import EXPLAINED, is_keyed, key_in
from benchkit.providers.json_request import (
    IDENTITY,
    address_pair,
    ascii_value,
    base64_text,
    batch_request,
    given,
    json_bytes,
    json_request,
    own_headers,
)
from benchkit.providers.shared_template import TEXTS, SharedTemplate, TemplateSyntax, shared_template, texts_of
from benchkit.providers.template_store import NAME, number_of

SEND = "/v3/smtp/email"
LIMITS = FieldLimits(
    api="Brevo", recipients=99, reply_to=1, inline=False, types_by_name=True, empty_files=False, mail_bytes=20_000_000,
    fixed_headers=frozenset({METADATA.lower()}),
)  # fmt: skip
_SYNTAX = TemplateSyntax(re.compile(r"\{[{%#]"), edge="{}")
_FIELDS = dict(zip(TEXTS, ("subject", "textContent", "htmlContent"), strict=True))
_MOST_PARAMS = 100_000  # bytes of one version's
_TEMPLATE = number_of(NAME)

OPTIONS: Mapping[str, str] = {
    "tags": "tags of every mail: `a, b`",
    "metadata": "`key=value, key=value`",
    IDEMPOTENCY: EXPLAINED,
}
_HEADERS, _VERSIONS = b'"headers":{', b'"messageVersions":['


class Brevo:
    name = "brevo"
    default_host = "api.brevo.com"
    options = frozenset(OPTIONS)
    batch_limit = MOST_VERSIONS
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        check_fields(message, LIMITS)
        is_keyed(account.options)
        return json_request(SEND, _key(account), _common(message.content, account) | _version(message, account))

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        first = _check_shared(messages)
        common = _common(first, account) | {"subject": "-"}
        common |= given(textContent=first.text and "-", htmlContent=first.html and "-")
        before = json_bytes(common).removesuffix(b"}") + b',"messageVersions":['
        return batch_request(SEND, _key(account), [_version(message, account) for message in messages], before, b"]}")

    def template_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        """The texts stand once, with `{{params.…}}` where they differ."""
        first = _check_shared(messages)
        shared = shared_template(texts_of(messages), _SYNTAX)
        common = _common(first, account) | {"subject": "-"}
        common |= {_FIELDS[name]: text for name, text in shared.written(_param).items()}
        before = json_bytes(common).removesuffix(b"}") + b',"messageVersions":['
        return batch_request(SEND, _key(account), _templated(messages, shared, account), before, b"]}")

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        written = _stored_texts(messages).written(_param)
        texts = {"subject": written.get("subject", ""), "htmlContent": written["html"]}
        document = {"templateName": NAME, "isActive": True, "sender": address_pair(messages[0].content.sender), **texts}
        return StoredTemplate(str(_TEMPLATE), json_bytes(document))

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        for message in messages:
            check_fields(message, LIMITS)
        versions = zip(messages, _templated(messages, _stored_texts(messages), account), strict=True)
        return tuple(
            json_request(SEND, _key(account), _common(message.content, account) | {"templateId": _TEMPLATE} | version)
            for message, version in versions
        )

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        common = _common(_check_shared(messages), account) | {"templateId": _TEMPLATE}
        before = json_bytes(common).removesuffix(b"}") + b',"messageVersions":['
        documents = _templated(messages, _stored_texts(messages), account)
        return batch_request(SEND, _key(account), documents, before, b"]}")

    def is_keyed(self, account: Credentials) -> bool:
        return is_keyed(account.options)

    def signed(self, request: Request, account: Credentials, host: str, now_s: float) -> Request:
        """With its key among the mail's header fields, where Brevo reads it; a request for several mails has none."""
        key, (before, found, after) = key_in(request.body), request.body.partition(_HEADERS)
        if not key or not found or _VERSIONS in request.body:
            return request
        comma = b"" if after.startswith(b"}") else b","
        return replace(request, body=before + found + b'"idempotencyKey":"%s"' % key.encode() + comma + after)

    def outcome(self, response: Response) -> Outcome:
        answer = table_of(response.body)
        server_id = answer.get("messageId")
        if response.status == 201 and isinstance(server_id, str) and server_id:
            return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id.strip("<>"))
        return refusal(response, words(answer, "code", "message"))

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        ids = list_in(table_of(response.body).get("messageIds"))
        if response.status != 201 or len(ids) != len(identities) or not all(isinstance(one, str) for one in ids):
            whole = self.outcome(response) if response.status != 201 else refusal(response)
            return (whole,) * len(identities)
        return tuple(outcome(response, OutcomeKind.ACCEPTED, server_id=one.strip("<>")) for one in ids)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """The envelope sender is of a domain of Brevo's that differs by account."""
        return SendingDomains("", author)


PROVIDER = Brevo()


def _check_shared(messages: Sequence[Message]) -> Content:
    """The first one's content, for what all share; raises ValueError."""
    for message in messages:
        check_fields(message, LIMITS)
    first = messages[0].content
    if any(_shared(message.content) != _shared(first) for message in messages):
        raise ValueError("a request of Brevo has one sender, and attachments and kinds of text that all messages share")
    return first


def _param(name: str) -> str:
    return "{{params." + name + "}}"


def _stored_texts(messages: Sequence[Message]) -> SharedTemplate:
    if any(message.content.text or not message.content.html for message in messages):
        problem = "a stored template of Brevo has an HTML text only, and Brevo makes the other text of it"
        raise ValueError(
            f'{problem}: send mails with an HTML text alone, or use render = "provider" with several a request'
        )
    return shared_template(texts_of(messages), _SYNTAX)


def _templated(messages: Sequence[Message], shared: SharedTemplate, account: Credentials) -> list[dict[str, Any]]:
    """The version of each, with its own values instead of texts."""
    for message, values in zip(messages, shared.values, strict=True):
        if len(json_bytes(values)) > _MOST_PARAMS:
            problem = (
                f"its own values have more than {_MOST_PARAMS:,} bytes, and Brevo takes that many for one recipient"
            )
            raise ValueError(f"message {message.index} of the batch: {problem}")
    return [
        {name: value for name, value in _version(message, account).items() if name not in _FIELDS.values()}
        | {"params": values}
        for message, values in zip(messages, shared.values, strict=True)
    ]


def _key(account: Credentials) -> tuple[tuple[str, str], ...]:
    return (("api-key", account.secret),)


def _shared(content: Content) -> tuple[object, ...]:
    return content.sender, content.attachments, bool(content.text), bool(content.html)


def _common(content: Content, account: Credentials) -> dict[str, Any]:
    return {"sender": address_pair(content.sender)} | given(
        attachment=[{"name": file.name, "content": base64_text(file.data)} for file in content.attachments],
        tags=options_list(account.options.get("tags", "")),
    )


def _version(message: Message, account: Credentials) -> dict[str, Any]:
    content = message.content
    metadata = {HEADER: IDENTITY, **options_table(account.options.get("metadata", ""))}
    headers = {name: ascii_value(value) for name, value in own_headers(content)} | {METADATA: json.dumps(metadata)}
    return {"headers": headers, "subject": content.subject} | given(
        to=[*map(address_pair, content.to)],
        cc=[*map(address_pair, content.cc)],
        bcc=[{"email": addr} for addr in blind_recipients(message)],
        replyTo=address_pair(content.reply_to[0]) if content.reply_to else None,
        textContent=content.text,
        htmlContent=content.html,
    )
