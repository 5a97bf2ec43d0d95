"""JMAP (RFC 8620, RFC 8621): the very MIME bytes that an SMTP arm sends, uploaded, imported and submitted in one request.

A standard and not one company's API. Options of an arm: `username` (HTTP Basic; without it the key is a bearer token),
`account` (default: the user name), `identity` (default: the account), `mailbox` (the id of one that mail may pass through),
`path` (the session's apiUrl, default /jmap/) and `upload` ("Blob/upload"; for Cyrus 3.6 "Blob/set"; or "uploadUrl", which every
server has: the bytes in a request of their own, before). With `session` all of that is asked for before the first mail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains
from benchkit.model.identity import PLACEHOLDER, find_identity
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers import jmap_calls
from benchkit.providers.answers import outcome, refusal, table_of, words
from benchkit.providers.jmap_calls import SubmissionTarget
from benchkit.providers.jmap_server import SERVER, authorization
from benchkit.providers.jmap_session import Discovery, discovery

_KINDS = {
    "rateLimit": OutcomeKind.THROTTLED,
    "serverFail": OutcomeKind.DEFERRED,
    "serverUnavailable": OutcomeKind.DEFERRED,
    "smtpProtocolError": OutcomeKind.DEFERRED,  # Cyrus: its own SMTP server did not answer as it should
    "serverPartialFail": OutcomeKind.AMBIGUOUS,  # RFC 8620 §3.6.2: some of it may have been done
}

OPTIONS: Mapping[str, str] = {
    "username": "for HTTP Basic; without it the key is a bearer token",
    "account": "the account's id; default: the user name",
    "identity": "the id of the identity that submits; default: the account",
    "mailbox": "the id of a mailbox that mail may pass through",
    "path": "the session's apiUrl; default /jmap/",
    "upload": '"Blob/upload" (RFC 9404), "Blob/set" for Cyrus 3.6, or "uploadUrl": a request of its own before (RFC 8620 §6.1)',
    "upload_path": "the session's uploadUrl; default /jmap/upload/{accountId}/",
    "session": "the path of the session, as /.well-known/jmap: what no other option says is asked for before the first mail",
}


class Jmap:
    name = "jmap"
    default_host = "jmap.example.com"
    options = frozenset(OPTIONS)
    server = SERVER
    batch_limit = jmap_calls.MOST_OBJECTS

    def request(self, message: Message, account: Credentials) -> Request:
        """With upload = "uploadUrl" the second of two: `upload` is the first."""
        if account.options.get("upload") != jmap_calls.UPLOAD_URL:
            return self.batch([message], account).request([0], [PLACEHOLDER])
        _check_sender(message)
        body = jmap_calls.import_of_uploaded(message, _target(account))
        return Request("POST", _path(account), _headers(account, "application/json"), body)

    def discovery(self, account: Credentials, host: str) -> Discovery | None:
        return discovery(account, host) if "session" in account.options else None

    def upload(self, message: Message, account: Credentials) -> Request | None:
        if account.options.get("upload") != jmap_calls.UPLOAD_URL:
            return None
        path = account.options.get("upload_path", "/jmap/upload/{accountId}/")
        target = path.replace("{accountId}", quote(_target(account).account, safe=""))
        return Request("POST", target, _headers(account, "message/rfc822"), message.mime)

    def with_uploaded(self, request: Request, response: Response) -> Request | None:
        blob = table_of(response.body).get("blobId") if response.status in (200, 201) else None
        if not isinstance(blob, str) or not blob:
            return None
        written = json.dumps(blob)[1:-1].encode()
        return replace(request, body=request.body.replace(jmap_calls.UPLOADED.encode(), written))

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        for message in messages:
            _check_sender(message)
        if account.options.get("upload") == jmap_calls.UPLOAD_URL:
            raise ValueError('upload = "uploadUrl" takes a request for each mail: remove messages_per_request')
        sections = jmap_calls.sections_of(messages, _target(account))
        return BatchRequest("POST", _path(account), _headers(account, "application/json"), sections, jmap_calls.AFTER)

    def outcome(self, response: Response) -> Outcome:
        found = find_identity(response.body)
        return self.outcomes(response, [found[0] if found else b""])[0]

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        answer = table_of(response.body)
        responses = answer.get("methodResponses")
        if response.status != 200 or not isinstance(responses, list):
            return (_refusal(response, answer),) * len(identities)
        return tuple(_outcome(response, responses, identity.decode("ascii")) for identity in identities)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """The request names the envelope; what signs behind a JMAP server is not known."""
        return SendingDomains(author if return_path is None else return_path)


PROVIDER = Jmap()


def _check_sender(message: Message) -> None:
    if not message.envelope_from:
        raise ValueError("JMAP has no null sender (RFC 8621 §7): give envelope_from an address, or remove it")


def _headers(account: Credentials, content_type: str) -> tuple[tuple[str, str], ...]:
    return ("authorization", authorization(account)), ("content-type", content_type)


def _path(account: Credentials) -> str:
    return account.options.get("path", "/jmap/")


def _target(account: Credentials) -> SubmissionTarget:
    options = account.options
    whose = options.get("account") or options.get("username", "benchkit")
    upload = options.get("upload", jmap_calls.UPLOAD)
    known = (*jmap_calls.CAPABILITIES, jmap_calls.UPLOAD_URL)
    if upload not in known:
        raise ValueError(f"upload = {upload!r} is not a way to upload; there are: {', '.join(known)}")
    return SubmissionTarget(whose, options.get("identity", whose), options.get("mailbox", "benchkit"), upload)


def _outcome(response: Response, responses: Sequence[Any], name: str) -> Outcome:
    """Of one message among the answers to the calls."""
    if (submission := jmap_calls.created(responses, name)) is not None:
        return outcome(response, OutcomeKind.ACCEPTED, server_id=submission.get("id"))
    error = jmap_calls.error_of(responses, name)
    if error is None:
        return outcome(response, OutcomeKind.GARBLED, "the answer has nothing about this message")
    kind = _KINDS.get(str(error.get("type")), OutcomeKind.REJECTED)
    return outcome(response, kind, words(error, "type", "description"))


def _refusal(response: Response, answer: Mapping[str, Any]) -> Outcome:
    """Of the whole request: problem details (RFC 7807), or no JMAP at all."""
    limited = response.status == 400 and answer.get("limit") == "maxConcurrentRequests"  # RFC 8620 §3.6.1
    return refusal(response, words(answer, "type", "detail", "limit"), OutcomeKind.THROTTLED if limited else None)
