"""Mailgun: POST /v3/{domain}/messages as a multipart form, or /v3/{domain}/messages.mime with the MIME bytes as a file.

Source: Mailgun's OpenAPI and api-sending documents, and what django-anymail has learned of it. Options of an arm: `domain`
(default: the sender's) and `endpoint` ("messages" or "mime"). What a form holds is in mailgun_form.py, how one request carries
several messages in recipient_variables.py.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from benchkit.batch import from_mime
from benchkit.model.exchange import Credentials, JointRequest, Received, Request, Response, SendingDomains
from benchkit.model.message import Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers import recipient_variables
from benchkit.providers.answers import beginning_of, json_of, outcome_of_status
from benchkit.providers.mailgun_form import addresses, content_of, field_parts, mime_parts
from benchkit.providers.multipart import decode, encode

_TARGET = re.compile(r"/v3/[^/?]+/messages(?:\.mime)?")
_TOO_MANY = 420  # Mailgun's own, beside 429
_MAGNIFICENT = b"Mailgun Magnificent API"
_JSON = (("content-type", "application/json"),)


class Mailgun:
    name = "mailgun"
    default_host = "api.mailgun.net"
    options = frozenset({"domain", "endpoint"})
    batch_limit = recipient_variables.LIMIT

    def request(self, message: Message, account: Credentials) -> Request:
        _check_return_path(message)
        mime = _takes_mime(account)
        content_type, body = encode(mime_parts(message) if mime else field_parts(message))
        target = f"/v3/{_domain(message, account)}/messages{'.mime' if mime else ''}"
        return Request("POST", target, _headers(account, content_type), body)

    def batch(self, messages: Sequence[Message], account: Credentials) -> JointRequest:
        if _takes_mime(account):
            raise ValueError('endpoint = "mime" takes one message a request: there is nothing to fill in')
        for message in messages:
            _check_return_path(message)
        form = recipient_variables.form_of(messages)
        return JointRequest(
            "POST",
            f"/v3/{_domain(messages[0], account)}/messages",
            _headers(account, form.content_type),
            form.sections,
            form.after,
            keys=tuple(message.recipients[0] for message in messages),
        )

    def outcome(self, response: Response) -> Outcome:
        kind, text = _judge(response)
        return Outcome(kind, response.status, "", text)

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        """All or none: one address that Mailgun does not like refuses the whole request."""
        return (self.outcome(response),) * len(identities)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """Envelope and signature are both of the sending domain that the request names; a return path is refused."""
        domain = options.get("domain") or author
        return SendingDomains(domain, domain)

    def serves(self, method: str, target: str) -> bool:
        return method == "POST" and _TARGET.fullmatch(target) is not None

    def authorised(self, request: Request, account: Credentials) -> bool:
        given = request.header("authorization").encode("latin-1")
        return hmac.compare_digest(given, _authorization(account.secret).encode())

    def receive(self, request: Request) -> Content:
        parts = decode(request.header("content-type"), request.body)
        if not request.target.endswith(".mime"):
            return content_of(parts)
        if not addresses(parts, "to"):
            raise ValueError("'to' parameter is missing")
        raw = next((part.data for part in parts if part.name == "message"), None)
        if raw is None:
            raise ValueError("'message' parameter is missing")
        return from_mime(raw)

    def receive_batch(self, request: Request) -> tuple[Received, ...]:
        contents = recipient_variables.contents_of(decode(request.header("content-type"), request.body))
        return tuple(
            Received(content, tuple(address.addr for address in (*content.to, *content.cc))) for content in contents
        )

    def envelope(self, request: Request) -> tuple[None, tuple[str, ...]]:
        """Mailgun makes the envelope sender itself."""
        parts = decode(request.header("content-type"), request.body)
        return None, tuple(address.addr for role in ("to", "cc", "bcc") for address in addresses(parts, role))

    def accepted(self, identity: bytes) -> Response:
        body = b'{"id":"<%s@mailgun.benchkit.invalid>","message":"Queued. Thank you."}' % identity
        return Response(200, _JSON, body)

    def accepted_batch(self, identities: Sequence[bytes]) -> Response:
        """One id for all."""
        return self.accepted(identities[0])

    def refused(self, status: int, text: str, retry_after_s: int) -> Response:
        body = b'"Forbidden"' if status == 401 else json.dumps({"message": text}).encode()
        return Response(status, (*_JSON, ("retry-after", str(retry_after_s))) if retry_after_s else _JSON, body)


PROVIDER = Mailgun()


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


def _judge(response: Response) -> tuple[OutcomeKind, str]:
    answer = json_of(response.body)
    if response.status == 200:
        return _judge_success(answer, response.body)
    limited = response.status == _TOO_MANY
    kind = OutcomeKind.THROTTLED if limited else outcome_of_status(response.status)
    return kind, _message(answer, response.body)


def _judge_success(answer: Any, body: bytes) -> tuple[OutcomeKind, str]:
    """200 means accepted only with an id: a wrong path is answered 200 as well, by a welcome page."""
    if isinstance(answer, dict) and isinstance(answer.get("id"), str) and answer["id"]:
        return OutcomeKind.ACCEPTED, ""
    if _MAGNIFICENT in body:
        return OutcomeKind.REJECTED, "Mailgun Magnificent API: there is no such path"
    return OutcomeKind.GARBLED, _message(answer, body)


def _message(answer: Any, body: bytes) -> str:
    """What the body says: its `message`, a bare JSON string (401), or its beginning."""
    said = answer.get("message") if isinstance(answer, dict) else answer
    return said if isinstance(said, str) else beginning_of(body)
