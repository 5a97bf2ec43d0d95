"""Mailgun: POST /v3/{domain}/messages as a multipart form, or /v3/{domain}/messages.mime with the MIME bytes as a file.

Source: Mailgun's OpenAPI and api-sending documents, and what django-anymail has learned of it. A stored template is an HTML
text; subject and plain text stand in each request. The form is in mailgun_form.py, how one request carries several
messages in recipient_variables.py, the receiving half in mailgun_server.py.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains, StoredTemplate
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers import recipient_variables
from benchkit.providers.answers import beginning_of, json_of, outcome, refusal
from benchkit.providers.handlebars import SYNTAX, tag
from benchkit.providers.mailgun_form import field_parts, mime_parts, option_parts
from benchkit.providers.mailgun_server import SERVER
from benchkit.providers.multipart import FormPart, encode
from benchkit.providers.shared_template import SharedTemplate, Sharing, shared_template, whole_texts
from benchkit.providers.template_store import NAME

_MAGNIFICENT = b"Mailgun Magnificent API"
_TRY_AGAIN = re.compile(r"try again after (\d+) second", re.IGNORECASE)

OPTIONS: Mapping[str, str] = {
    "domain": "the sending domain; default: the sender's",
    "endpoint": '"messages" (default): a form of fields; "mime": the MIME bytes as a file',
    "tags": "o:tag of every mail: `a, b`",
    "metadata": "v: fields: `key=value, key=value`",
    "tracking": '"off": opens and clicks are not tracked',
}


class Mailgun:
    name = "mailgun"
    default_host = "api.mailgun.net"
    options = frozenset(OPTIONS)
    batch_limit = recipient_variables.LIMIT
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        _check_return_path(message)
        mime, option_fields = _takes_mime(account), option_parts(account.options)
        content_type, body = encode((mime_parts if mime else field_parts)(message, option_fields))
        target = f"/v3/{_domain(message, account)}/messages{'.mime' if mime else ''}"
        return Request("POST", target, _headers(account, content_type), body)

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _combined(messages, account, whole_texts)

    def template_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _combined(messages, account, shared_template)

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        written = _shared_html(messages).written(tag)
        parts = [FormPart(name, value.encode()) for name, value in (("name", NAME), ("template", written["html"]))]
        return StoredTemplate(NAME, encode([*parts, FormPart("engine", b"handlebars")])[1])

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        return tuple(
            self._templated(message, values, account)
            for message, values in zip(messages, _shared_html(messages).values, strict=True)
        )

    def _templated(self, message: Message, values: Mapping[str, str], account: Credentials) -> Request:
        _check_return_path(message)
        if _takes_mime(account):
            raise ValueError('endpoint = "mime" takes texts as they are: use endpoint = "messages"')
        data = json.dumps(values, ensure_ascii=False).encode("utf-8")
        extra_parts = [*option_parts(account.options), FormPart("t:variables", data)]
        parts = [part for part in field_parts(message, extra_parts) if part.name != "html"]
        content_type, body = encode([*parts, FormPart("template", NAME.encode())])
        return Request("POST", f"/v3/{_domain(message, account)}/messages", _headers(account, content_type), body)

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        why = "recipient variables would stand inside the JSON of a stored template's variables, where Mailgun escapes nothing"
        raise ValueError(f'{why}: use render = "provider", or messages_per_request = 1')

    def outcome(self, response: Response) -> Outcome:
        answer = json_of(response.body)
        if response.status != 200:
            return _with_wait(refusal(response, _message(answer, response.body)))
        return _judge_success(response, answer)

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        """All or none: one address that Mailgun does not like refuses the whole request."""
        return (self.outcome(response),) * len(identities)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """Envelope and signature are both of the sending domain that the request names; a return path is refused."""
        domain = options.get("domain") or author
        return SendingDomains(domain, domain)


PROVIDER = Mailgun()


def _combined(messages: Sequence[Message], account: Credentials, share: Sharing) -> BatchRequest:
    if _takes_mime(account):
        raise ValueError('endpoint = "mime" takes one message a request: use endpoint = "messages"')
    for message in messages:
        _check_return_path(message)
    form = recipient_variables.form_of(messages, share, option_parts(account.options))
    return BatchRequest(
        "POST",
        f"/v3/{_domain(messages[0], account)}/messages",
        _headers(account, form.content_type),
        form.sections,
        form.after,
        keys=tuple(message.recipients[0] for message in messages),
    )


def _shared_html(messages: Sequence[Message]) -> SharedTemplate:
    if not all(message.content.html for message in messages):
        raise ValueError(
            "a stored template of Mailgun is an HTML text, and a mail has none: add one, or compare without it"
        )
    return shared_template({"html": [message.content.html for message in messages]}, SYNTAX)


def _check_return_path(message: Message) -> None:
    if message.envelope_from != message.content.sender.addr:
        raise ValueError("Mailgun makes the envelope sender itself: remove envelope_from, or compare without Mailgun")


def _takes_mime(account: Credentials) -> bool:
    return account.options.get("endpoint") == "mime"


def _domain(message: Message, account: Credentials) -> str:
    return account.options.get("domain") or message.content.sender.addr.rpartition("@")[2]


def _headers(account: Credentials, content_type: str) -> tuple[tuple[str, str], ...]:
    return ("authorization", _authorization(account.secret)), ("content-type", content_type)


@lru_cache(64)
def _authorization(secret: str) -> str:
    return "Basic " + b64encode(f"api:{secret}".encode()).decode()


def _judge_success(response: Response, answer: Any) -> Outcome:
    """200 means accepted only with an id: a wrong path is answered 200 as well, by a welcome page."""
    server_id = answer.get("id") if isinstance(answer, dict) else None
    if isinstance(server_id, str) and server_id:
        return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id.strip("<>"))
    if _MAGNIFICENT in response.body:
        return refusal(response, "Mailgun Magnificent API: there is no such path", OutcomeKind.REJECTED)
    return refusal(response, _message(answer, response.body), OutcomeKind.GARBLED)


def _with_wait(refused: Outcome) -> Outcome:
    """Mailgun documents no Retry-After: a limit's text says when to try again."""
    found = _TRY_AGAIN.search(refused.text)
    return replace(refused, retry_after_s=int(found[1])) if found and refused.retry_after_s < 0 else refused


def _message(answer: Any, body: bytes) -> str:
    """What the body says: its `message`, a bare JSON string (401), or its beginning."""
    message = answer.get("message") if isinstance(answer, dict) else answer
    return message if isinstance(message, str) else beginning_of(body)
