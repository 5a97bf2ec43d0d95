"""JMAP (RFC 8620, RFC 8621): the very MIME bytes that an SMTP arm sends, uploaded, imported and submitted in one request.

A standard and not one company's API. Options of an arm: `username` (HTTP Basic; without it the key is a bearer token),
`account` (default: the user name), `identity` (default: the account), `mailbox` (the id of one that mail may pass through),
`path` (the session's apiUrl, default /jmap/) and `upload` ("Blob/upload" or, for Cyrus 3.6, "Blob/set").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.exchange import Credentials, JointRequest, Request, Response, SendingDomains
from benchkit.model.identity import PLACEHOLDER, find_identity
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers import jmap_calls
from benchkit.providers.answers import outcome, refusal, table_of, words
from benchkit.providers.jmap_calls import SubmissionTarget
from benchkit.providers.jmap_server import SERVER, authorization

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
    "upload": '"Blob/upload" (RFC 9404), or "Blob/set" for Cyrus 3.6',
}


class Jmap:
    name = "jmap"
    default_host = "jmap.example.com"
    options = frozenset(OPTIONS)
    server = SERVER
    batch_limit = jmap_calls.MOST_OBJECTS

    def request(self, message: Message, account: Credentials) -> Request:
        return self.batch([message], account).request([0], [PLACEHOLDER])

    def batch(self, messages: Sequence[Message], account: Credentials) -> JointRequest:
        if not all(message.envelope_from for message in messages):
            raise ValueError("JMAP has no null sender (RFC 8621 §7): give envelope_from an address, or remove it")
        headers = (("authorization", authorization(account)), ("content-type", "application/json"))
        sections = jmap_calls.sections_of(messages, _target(account))
        return JointRequest("POST", account.options.get("path", "/jmap/"), headers, sections, jmap_calls.AFTER)

    def outcome(self, response: Response) -> Outcome:
        found = find_identity(response.body)
        return self.outcomes(response, [found[0] if found else b""])[0]

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        answer = table_of(response.body)
        said = answer.get("methodResponses")
        if response.status != 200 or not isinstance(said, list):
            return (_refusal(response, answer),) * len(identities)
        return tuple(_outcome(response, said, identity.decode("ascii")) for identity in identities)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """The request names the envelope; what signs behind a JMAP server is not known."""
        return SendingDomains(author if return_path is None else return_path)


PROVIDER = Jmap()


def _target(account: Credentials) -> SubmissionTarget:
    options = account.options
    whose = options.get("account") or options.get("username", "benchkit")
    upload = options.get("upload", jmap_calls.UPLOAD)
    if upload not in jmap_calls.CAPABILITIES:
        raise ValueError(f"upload = {upload!r} is no method; there are: {', '.join(jmap_calls.CAPABILITIES)}")
    return SubmissionTarget(whose, options.get("identity", whose), options.get("mailbox", "benchkit"), upload)


def _outcome(response: Response, said: Sequence[Any], name: str) -> Outcome:
    """Of one message among the answers to the calls."""
    if (submission := jmap_calls.created(said, name)) is not None:
        return outcome(response, OutcomeKind.ACCEPTED, server_id=submission.get("id"))
    error = jmap_calls.error_of(said, name)
    if error is None:
        return outcome(response, OutcomeKind.GARBLED, "the answer has nothing about this message")
    kind = _KINDS.get(str(error.get("type")), OutcomeKind.REJECTED)
    return outcome(response, kind, words(error, "type", "description"))


def _refusal(response: Response, answer: Mapping[str, Any]) -> Outcome:
    """Of the whole request: problem details (RFC 7807), or no JMAP at all."""
    limited = response.status == 400 and answer.get("limit") == "maxConcurrentRequests"  # RFC 8620 §3.6.1
    return refusal(response, words(answer, "type", "detail", "limit"), OutcomeKind.THROTTLED if limited else None)
