"""SendGrid: POST /v3/mail/send as JSON; several messages in one request are its personalizations.

Source: Twilio's OpenAPI document (sendgrid-oai) and django-anymail. A success is 202 with an empty body, its id in
X-Message-Id. Texts that differ within a request are substitutions. A stored ("dynamic") template has all texts, and each
personalization the values in dynamic_template_data. The receiving half is in sendgrid_server.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains, StoredTemplate
from benchkit.model.identity import HEADER
from benchkit.model.message import Attachment, Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.arm_options import options_list, options_table, tracking_off
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_fields
from benchkit.providers.handlebars import SYNTAX, tag
from benchkit.providers.json_request import (
    IDENTITY,
    address_pair,
    base64_text,
    batch_request,
    bearer,
    given,
    json_bytes,
    json_request,
    own_headers,
)
from benchkit.providers.sendgrid_server import FIXED_HEADERS, MOST_PERSONALIZATIONS, SERVER, dynamic_id_of
from benchkit.providers.shared_template import (
    Sharing,
    TemplateSyntax,
    shared_template,
    texts_of,
    whole_texts,
)
from benchkit.providers.template_store import NAME

SEND = "/v3/mail/send"
LIMITS = FieldLimits(
    api="SendGrid", recipients=1000, fixed_headers=FIXED_HEADERS, empty_files=False, mail_bytes=30_000_000,
    ascii_file_names=True,
)  # fmt: skip
_MOST_CATEGORIES = 10
_MOST_ARGUMENTS = 10_000  # bytes of custom_args
_TEXTS = ("text", "html")
_PARTS = {"subject": "subject", "text": "plain_content", "html": "html_content"}  # of a stored template
_KINDS = {"text": "text/plain", "html": "text/html"}
_SYNTAX = TemplateSyntax(re.compile("-benchkit-"), edge="")
_SUBSTITUTIONS = 10_000  # bytes of one personalization's

OPTIONS: Mapping[str, str] = {
    "categories": "`a, b`",
    "custom_args": "`key=value, key=value`",
    "tracking": '"off": opens and clicks are not tracked',
    "template": 'the id of a stored template; of several messages a request only with `render = "stored"`',
}


class Sendgrid:
    name = "sendgrid"
    default_host = "api.sendgrid.com"
    options = frozenset(OPTIONS)
    batch_limit = MOST_PERSONALIZATIONS
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        check_fields(message, LIMITS)
        content = message.content
        document = {"personalizations": [_people(message)], **_common(content, account)}
        document["headers"] = dict(own_headers(content))
        document["content"] = _bodies({name: getattr(content, name) for name in _TEXTS})
        document["subject"] = content.subject
        document |= given(template_id=account.options.get("template", ""))
        return json_request(SEND, bearer(account.secret), document)

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _personalized(messages, account, whole_texts)

    def template_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _personalized(messages, account, shared_template)

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        written = shared_template(texts_of(messages), SYNTAX).written(tag)
        texts = {_PARTS[name]: text for name, text in written.items()}
        return StoredTemplate(_template_id(account), json_bytes({"name": NAME, "active": 1, "subject": "", **texts}))

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        for message in messages:
            check_fields(message, LIMITS)
        shared = shared_template(texts_of(messages), SYNTAX)
        return tuple(
            json_request(SEND, bearer(account.secret), _stored(message, values, account))
            for message, values in zip(messages, shared.values, strict=True)
        )

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        _check_shared(messages)
        common = _common(messages[0].content, account) | {"template_id": _template_id(account)}
        shared = shared_template(texts_of(messages), SYNTAX)
        documents = [_with_data(*pair) for pair in zip(messages, shared.values, strict=True)]
        return _combined(common, documents, account)

    def outcome(self, response: Response) -> Outcome:
        """An acceptance is 202 with an empty body and an id."""
        server_id = response.header("x-message-id")
        if response.status == 202 and server_id and not response.body.strip():
            return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id)
        errors = [words(error, "message", "field") for error in list_in(table_of(response.body).get("errors"))]
        return refusal(response, "; ".join(filter(None, errors)))

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        """All or none. What SendGrid drops later, only its `dropped` event says."""
        return (self.outcome(response),) * len(identities)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """With domain authentication: a subdomain whose name is the account's own, and a signature of the author's domain."""
        return SendingDomains("", author)


PROVIDER = Sendgrid()


def _people(message: Message) -> dict[str, Any]:
    content = message.content
    return given(
        to=[*map(address_pair, content.to)],
        cc=[*map(address_pair, content.cc)],
        bcc=[{"email": addr} for addr in blind_recipients(message)],
        custom_args={HEADER: IDENTITY},
    )


def _personalized(messages: Sequence[Message], account: Credentials, share: Sharing) -> BatchRequest:
    if account.options.get("template"):
        problem = "a stored template of SendGrid excludes the substitutions of a batch"
        raise ValueError(f'{problem}: use render = "stored", or remove the option `template`')
    _check_shared(messages)
    texts = {name: column for name, column in texts_of(messages).items() if name in _TEXTS}
    if any("" in column for column in texts.values()):
        raise ValueError("some messages have a text and others have none, which one request of SendGrid cannot say")
    shared = share(texts, _SYNTAX)
    common = _common(messages[0].content, account) | {"content": _bodies(shared.written(_mark))}
    documents = [_personalization(*pair) for pair in zip(messages, shared.values, strict=True)]
    return _combined(common, documents, account)


def _combined(common: Mapping[str, Any], documents: Sequence[Mapping[str, Any]], account: Credentials) -> BatchRequest:
    before = json_bytes(common).removesuffix(b"}") + b',"personalizations":['
    return batch_request(SEND, bearer(account.secret), documents, before, b"]}")


def _check_shared(messages: Sequence[Message]) -> None:
    """Raises ValueError where these cannot share a request."""
    for message in messages:
        check_fields(message, LIMITS)
    first = messages[0].content
    if any(_shared(message.content) != _shared(first) for message in messages):
        raise ValueError("a request of SendGrid has one sender, Reply-To and list of attachments for all messages")


def _template_id(account: Credentials) -> str:
    return account.options.get("template") or dynamic_id_of(NAME)


def _stored(message: Message, values: Mapping[str, str], account: Credentials) -> dict[str, Any]:
    common = _common(message.content, account) | {"template_id": _template_id(account)}
    return {"personalizations": [_with_data(message, values)], **common}


def _with_data(message: Message, values: Mapping[str, str]) -> dict[str, Any]:
    return _people(message) | {"headers": dict(own_headers(message.content)), "dynamic_template_data": values}


def _mark(name: str) -> str:
    return f"-benchkit-{name}-"


def _personalization(message: Message, values: Mapping[str, str]) -> dict[str, Any]:
    marked = {_mark(name): value for name, value in values.items()}
    if sum(len(f"{mark}{value}".encode()) for mark, value in marked.items()) > _SUBSTITUTIONS:
        problem = f"its own texts have more than {_SUBSTITUTIONS:,} bytes, which SendGrid does not substitute"
        raise ValueError(f"message {message.index} of the batch: {problem}")
    content = message.content
    return _people(message) | given(subject=content.subject, headers=dict(own_headers(content)), substitutions=marked)


def _shared(content: Content) -> tuple[object, ...]:
    return content.sender, content.reply_to, content.attachments


def _common(content: Content, account: Credentials) -> dict[str, Any]:
    settings = account.options
    categories, arguments = options_list(settings.get("categories", "")), options_table(settings.get("custom_args", ""))
    if len(categories) > _MOST_CATEGORIES:
        raise ValueError(
            f"SendGrid takes {_MOST_CATEGORIES} categories, and the option has {len(categories)}: give fewer"
        )
    if len(json_bytes({HEADER: IDENTITY, **arguments})) > _MOST_ARGUMENTS:
        raise ValueError(
            f"SendGrid takes custom_args of {_MOST_ARGUMENTS:,} bytes, the identity with them: give shorter ones"
        )
    off = {"click_tracking": {"enable": False}, "open_tracking": {"enable": False}}
    return {"from": address_pair(content.sender)} | given(
        reply_to_list=[*map(address_pair, content.reply_to)],
        attachments=[_attachment(file) for file in content.attachments],
        categories=categories,
        custom_args=arguments,
        tracking_settings=off if tracking_off(settings) else None,
    )


def _bodies(texts: Mapping[str, str]) -> list[dict[str, str]]:
    """Plain text first; an empty value is refused."""
    return [{"type": _KINDS[name], "value": value} for name, value in texts.items() if value]


def _attachment(file: Attachment) -> dict[str, str]:
    return given(
        content=base64_text(file.data), type=file.content_type, filename=file.name,
        disposition="inline" if file.content_id else "attachment", content_id=file.content_id,
    )  # fmt: skip
