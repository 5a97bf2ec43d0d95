"""JMAP (RFC 8620, RFC 8621): the very MIME bytes that an SMTP arm sends, uploaded, imported and submitted in one request.

A standard and not one company's API. Options of an arm: `username` (HTTP Basic; without it the key is a bearer token),
`account` (default: the user name), `identity` (default: the account), `mailbox` (the id of one that mail may pass through),
`path` (the session's apiUrl, default /jmap/) and `upload` ("Blob/upload" or, for Cyrus 3.6, "Blob/set").
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.batch import from_mime
from benchkit.model.exchange import Credentials, JointRequest, Received, Request, Response, SendingDomains
from benchkit.model.identity import PLACEHOLDER, find_identity
from benchkit.model.message import Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers import jmap_calls
from benchkit.providers.answers import beginning_of, json_of, outcome_of_status
from benchkit.providers.jmap_calls import SubmissionTarget

_TARGET = re.compile(r"/jmap(?:/[^?]*)?")
_KINDS = {
    "rateLimit": OutcomeKind.THROTTLED,
    "serverFail": OutcomeKind.DEFERRED,
    "serverUnavailable": OutcomeKind.DEFERRED,
    "smtpProtocolError": OutcomeKind.DEFERRED,  # Cyrus: its own SMTP server did not answer as it should
    "serverPartialFail": OutcomeKind.AMBIGUOUS,  # RFC 8620 §3.6.2: some of it may have been done
}


class Jmap:
    name = "jmap"
    default_host = "jmap.example.com"
    options = frozenset({"username", "account", "identity", "mailbox", "path", "upload"})
    batch_limit = 500  # RFC 8620 §2: what a server's maxObjectsInSet should be at least

    def request(self, message: Message, account: Credentials) -> Request:
        return self.batch([message], account).request([0], [PLACEHOLDER])

    def batch(self, messages: Sequence[Message], account: Credentials) -> JointRequest:
        if not all(message.envelope_from for message in messages):
            raise ValueError("JMAP has no null sender (RFC 8621 §7): give envelope_from an address, or remove it")
        headers = (("authorization", _authorization(account)), ("content-type", "application/json"))
        sections = jmap_calls.sections_of(messages, _place(account))
        return JointRequest("POST", account.options.get("path", "/jmap/"), headers, sections, jmap_calls.AFTER)

    def outcome(self, response: Response) -> Outcome:
        found = find_identity(response.body)
        return self.outcomes(response, [found[0] if found else b""])[0]

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        answer = _parsed(response.body)
        said = answer.get("methodResponses")
        if response.status != 200 or not isinstance(said, list):
            return (_refusal(response, answer),) * len(identities)
        return tuple(_outcome(said, identity.decode("ascii")) for identity in identities)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """The request names the envelope; what signs behind a JMAP server is not known."""
        return SendingDomains(author if return_path is None else return_path)

    def serves(self, method: str, target: str) -> bool:
        return method == "POST" and _TARGET.fullmatch(target) is not None

    def authorised(self, request: Request, account: Credentials) -> bool:
        given = request.header("authorization").encode("latin-1")
        return hmac.compare_digest(given, _authorization(account).encode())

    def receive(self, request: Request) -> Content:
        return self.receive_batch(request)[0].content

    def receive_batch(self, request: Request) -> tuple[Received, ...]:
        submitted = jmap_calls.submitted(request.body)
        mails = [Received(from_mime(one.mime), one.recipients, one.sender) for one in submitted]
        if not mails:
            raise ValueError("invalidArguments: nothing is submitted")
        return tuple(mails)

    def envelope(self, request: Request) -> tuple[str | None, tuple[str, ...]]:
        submitted = tuple(jmap_calls.submitted(request.body))
        senders = {one.sender for one in submitted}
        sender = senders.pop() if len(senders) == 1 else None
        return sender, tuple(recipient for one in submitted for recipient in one.recipients)

    def accepted(self, identity: bytes) -> Response:
        return self.accepted_batch([identity])

    def accepted_batch(self, identities: Sequence[bytes]) -> Response:
        return Response(200, (("content-type", "application/json"),), jmap_calls.answer(identities))

    def refused(self, status: int, text: str, retry_after_s: int) -> Response:
        headers = (("content-type", "application/problem+json"),)
        body = json.dumps({"type": "about:blank", "status": status, "detail": text}).encode()
        return Response(status, (*headers, ("retry-after", str(retry_after_s))) if retry_after_s else headers, body)


PROVIDER = Jmap()


def _authorization(account: Credentials) -> str:
    username = account.options.get("username")
    if username is None:
        return f"Bearer {account.secret}"
    return "Basic " + b64encode(f"{username}:{account.secret}".encode()).decode()


def _place(account: Credentials) -> SubmissionTarget:
    options = account.options
    whose = options.get("account") or options.get("username", "benchkit")
    upload = options.get("upload", jmap_calls.UPLOAD)
    if upload not in jmap_calls.CAPABILITIES:
        raise ValueError(f"upload = {upload!r} is no method; there are: {', '.join(jmap_calls.CAPABILITIES)}")
    return SubmissionTarget(whose, options.get("identity", whose), options.get("mailbox", "benchkit"), upload)


def _parsed(body: bytes) -> Mapping[str, Any]:
    answer = json_of(body)
    return answer if isinstance(answer, dict) else {}


def _outcome(said: Sequence[Any], name: str) -> Outcome:
    """Of one message among the answers to the calls."""
    if jmap_calls.is_created(said, name):
        return Outcome(OutcomeKind.ACCEPTED, 200)
    error = jmap_calls.error_of(said, name)
    if error is None:
        return Outcome(OutcomeKind.GARBLED, 200, text="the answer does not speak of this message")
    kind = _KINDS.get(str(error.get("type")), OutcomeKind.REJECTED)
    return Outcome(kind, 200, text=_words(error, "type", "description"))


def _refusal(response: Response, answer: Mapping[str, Any]) -> Outcome:
    """Of the whole request: problem details (RFC 7807), or no JMAP at all."""
    text = _words(answer, "type", "detail", "limit") or beginning_of(response.body)
    limited = response.status == 400 and answer.get("limit") == "maxConcurrentRequests"  # RFC 8620 §3.6.1
    return Outcome(OutcomeKind.THROTTLED if limited else outcome_of_status(response.status), response.status, text=text)


def _words(table: Mapping[str, Any], *names: str) -> str:
    said = (table.get(name) for name in names)
    return ": ".join(str(word) for word in said if word and isinstance(word, str | int))
