"""JMAP's receiving half: the session (RFC 8620 §2), and the calls by which mail is uploaded, imported and submitted."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from benchkit.batch import from_mime
from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response
from benchkit.providers.answers import table_of
from benchkit.providers.jmap_calls import CAPABILITIES, MAIL, MOST_OBJECTS, SUBMISSION, UPLOAD, data_of
from benchkit.providers.named_answers import AnsweredRequest, NamedAnswer, Refuses, refusing, written
from benchkit.providers.routed_server import JSON, Route, RoutedServer

_ERROR = "urn:ietf:params:jmap:error:"
_ACCOUNT = "benchkit"
_IMPORT, _SUBMIT = "Email/import", "EmailSubmission/set"
_UPLOAD_PATH = re.compile(r"/jmap/upload/[^/?]+/?")
_CORE = {
    "maxSizeUpload": 50_000_000, "maxConcurrentUpload": 4, "maxSizeRequest": 52_400_000, "maxConcurrentRequests": 4,
    "maxCallsInRequest": 16, "maxObjectsInGet": 500, "maxObjectsInSet": MOST_OBJECTS, "collationAlgorithms": [],
}  # fmt: skip

_KNOWN = frozenset(("urn:ietf:params:jmap:core", MAIL, SUBMISSION, *CAPABILITIES.values()))

Arguments = Mapping[str, Any]


def read(request: Request) -> tuple[Received, ...]:
    """What a request submits. Creations stand in the same order in each of its calls."""
    try:  # lists of pairs: without identities all creations have the same name
        document = dict(json.loads(request.body, object_pairs_hook=list))
        calls = {str(method): dict(arguments) for method, arguments, _ in document["methodCalls"]}
        uploads = next(calls[name] for name in CAPABILITIES if name in calls)
        rows = list(zip(uploads["create"], calls[_IMPORT]["emails"], calls[_SUBMIT]["create"], strict=True))
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError, StopIteration) as error:
        raise ApiRefusal(400, f"a request here uploads, imports and submits: {error}", "notRequest") from error
    if not rows:
        raise ApiRefusal(400, "nothing is submitted", "notRequest")
    return tuple(_mail(*row) for row in rows)


def _mail(blob: Any, email: Any, submission: Any) -> Received:
    one = dict(submission[1])
    if (dict(email[1])["blobId"], one["emailId"]) != (f"#{blob[0]}", f"#{email[0]}"):
        raise ApiRefusal(400, "each message must be uploaded, imported and submitted, in this order", "notRequest")
    envelope = dict(one["envelope"])
    recipients = tuple(str(dict(recipient)["email"]) for recipient in envelope["rcptTo"])
    mime = _octets(dict(blob[1]))
    return Received(from_mime(mime), recipients, str(dict(envelope["mailFrom"])["email"]), mime)


def _octets(blob: Arguments) -> bytes:
    return b"".join(_octets_of(dict(part)) for part in blob.get("data", [blob]))


def _octets_of(part: Mapping[str, str]) -> bytes:
    return b64decode(part["data:asBase64"]) if "data:asBase64" in part else part["data:asText"].encode("utf-8")


def _blob_id(body: bytes) -> str:
    """By its content, as Cyrus names blobs."""
    return f"G{hashlib.blake2b(body, digest_size=20).hexdigest()}"


def _upload_name(request: Request) -> str:
    return _blob_id(request.body) if _UPLOAD_PATH.fullmatch(request.target) and request.method == "POST" else ""


def _uploaded(request: Request, _identities: Sequence[bytes]) -> Response:
    """RFC 8620 §6.1."""
    kind = request.header("content-type") or "application/octet-stream"
    document = {
        "accountId": request.target.split("/")[3],
        "blobId": _blob_id(request.body),
        "type": kind,
        "size": len(request.body),
    }
    return Response(201, JSON, json.dumps(document).encode())


def _with_uploads(request: Request, uploads: Mapping[str, bytes]) -> Request:
    """An import of blobs that were uploaded before becomes one that uploads them itself, which reads by itself."""
    document = table_of(request.body)
    calls = list(document.get("methodCalls") or ())
    emails: dict[str, Any] = next((arguments["emails"] for method, arguments, _ in calls if method == _IMPORT), {})
    named = {name: uploads[email["blobId"]] for name, email in emails.items() if email["blobId"] in uploads}
    if not named or len(named) < len(emails):
        return request
    for name in named:
        emails[name]["blobId"] = f"#{name}"
    create = {name: {"data": data_of(raw), "type": "message/rfc822"} for name, raw in named.items()}
    joined = {**document, "methodCalls": [[UPLOAD, {"create": create}, "upload"], *calls]}
    return replace(request, body=json.dumps(joined, ensure_ascii=False).encode("utf-8"))


def _sends(request: Request) -> bool:
    return b"EmailSubmission/set" in request.body


def _request_object(body: bytes) -> Mapping[str, Any]:
    """RFC 8620 §3.6.1. Raises ApiRefusal with the type of the error."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise ApiRefusal(400, "the body is not JSON", "notJSON") from None
    if not isinstance(document, dict) or not all(
        isinstance(document.get(name), list) for name in ("using", "methodCalls")
    ):
        raise ApiRefusal(400, "a Request object has the lists using and methodCalls", "notRequest")
    if unknown := [name for name in document["using"] if name not in _KNOWN]:
        raise ApiRefusal(400, f"the server has no capability {unknown[0]}", "unknownCapability")
    return document


def answered(request: Request, _identities: Sequence[bytes]) -> Response:
    """Every call as RFC 8620 §3.4 has it, an unknown one with its error."""
    document = _request_object(request.body)
    answers: list[Any] = []
    for method, arguments, call in document["methodCalls"]:
        make = _METHODS.get(method)
        if make is None:
            answers.append(["error", {"type": "unknownMethod"}, call])
            continue
        answers.append([method, make(arguments), call])
        if destroyed := arguments.get("onSuccessDestroyEmail"):  # RFC 8621 §7.5
            answers.append(["Email/set", {"destroyed": [f"e{name[2:]}" for name in destroyed]}, call])
    return Response(200, JSON, json.dumps({"methodResponses": answers, "sessionState": "0"}).encode())


def _created(key: str) -> Callable[[Arguments], Arguments]:
    def make(arguments: Arguments) -> Arguments:
        made = {name: {"id": name} for name in arguments.get(key) or {}}
        return {"accountId": arguments.get("accountId"), "created": made, "notCreated": None}

    return make


def _listed(*rows: Arguments) -> Callable[[Arguments], Arguments]:
    def make(arguments: Arguments) -> Arguments:
        return {"accountId": arguments.get("accountId"), "state": "0", "list": list(rows), "notFound": []}

    return make


def _echo(arguments: Arguments) -> Arguments:
    return arguments


_METHODS: Mapping[str, Callable[[Arguments], Arguments]] = {
    "Core/echo": _echo,
    **{upload: _created("create") for upload in CAPABILITIES},
    _IMPORT: _created("emails"),
    _SUBMIT: _created("create"),
    "Mailbox/get": _listed({"id": _ACCOUNT, "name": "Drafts", "role": "drafts"}),
    "Identity/get": _listed({"id": _ACCOUNT, "name": "benchkit", "email": "benchkit@example.com"}),
}


def session(request: Request, _identities: Sequence[bytes]) -> Response:
    """RFC 8620 §2."""
    server = {"urn:ietf:params:jmap:core": _CORE, MAIL: {}, SUBMISSION: {}, CAPABILITIES[UPLOAD]: {}}
    account = {
        "name": _ACCOUNT,
        "isPersonal": True,
        "isReadOnly": False,
        "accountCapabilities": {name: {} for name in server},
    }
    document = {
        "capabilities": server, "accounts": {_ACCOUNT: account}, "primaryAccounts": dict.fromkeys(server, _ACCOUNT),
        "username": _ACCOUNT, "apiUrl": "/jmap/", "uploadUrl": "/jmap/upload/{accountId}/",
        "downloadUrl": "/jmap/download/{accountId}/{blobId}/{name}?accept={type}",
        "eventSourceUrl": "/jmap/eventsource/?types={types}&closeafter={closeafter}&ping={ping}", "state": "0",
    }  # fmt: skip
    return Response(
        200, (*JSON, ("cache-control", "no-cache, no-store, must-revalidate")), json.dumps(document).encode()
    )


def _nothing(_request: Request) -> tuple[Received, ...]:
    return ()


def _authorised(request: Request, account: Credentials) -> bool:
    given = request.header("authorization").encode("latin-1")
    return hmac.compare_digest(given, authorization(account).encode())


def authorization(account: Credentials) -> str:
    username = account.options.get("username")
    if username is None:
        return f"Bearer {account.secret}"
    return "Basic " + b64encode(f"{username}:{account.secret}".encode()).decode()


def _body(status: int, text: str, code: str) -> bytes:
    """Problem details (RFC 7807, RFC 8620 §3.6.1)."""
    kind = f"{_ERROR}{code}" if code else "about:blank"
    return json.dumps({"type": kind, "status": status, "detail": text}).encode()


def _not_created(kind: str, description: str) -> NamedAnswer:
    """A SetError (RFC 8620 §5.3) of the submissions that are refused."""

    def write(part: AnsweredRequest) -> Response:
        document = table_of(answered(part.request, part.identities).body)
        arguments = next(arguments for method, arguments, _ in document["methodResponses"] if method == _SUBMIT)
        names = {f"s{part.identities[place].decode()}" for place in part.refused_mails}
        arguments["notCreated"] = {
            name: {"type": kind, "description": description} for name in arguments["created"] if name in names
        }
        arguments["created"] = {name: one for name, one in arguments["created"].items() if name not in names}
        return Response(200, JSON, json.dumps(document).encode())

    return written(200, write, Refuses.LAST_MAIL, f"SetError {kind}")


def _method_error(kind: str) -> NamedAnswer:
    """Instead of an answer to each call (RFC 8620 §3.6.2)."""

    def write(part: AnsweredRequest) -> Response:
        calls = table_of(part.request.body).get("methodCalls") or []
        answers = [["error", {"type": kind}, call] for _, _, call in calls]
        return Response(200, JSON, json.dumps({"methodResponses": answers, "sessionState": "0"}).encode())

    return written(200, write, Refuses.ALL, f"method-level error {kind}")


def _limit(status: int, name: str) -> NamedAnswer:
    """A limit as problem details (RFC 8620 §3.6.1)."""
    document = {"type": f"{_ERROR}limit", "limit": name, "status": status, "detail": f"the request is beyond {name}"}
    return NamedAnswer(
        status=status, body=json.dumps(document).encode(), headers=(("content-type", "application/problem+json"),)
    )


SERVER = RoutedServer(
    routes=(
        Route(_UPLOAD_PATH, _nothing, _uploaded, sends=lambda _request: False),
        Route(re.compile(r"/jmap(?:/[^?]*)?"), read, answered, sends=_sends),
        Route(re.compile(r"/\.well-known/jmap"), _nothing, session, method="GET", sends=lambda _request: False),
    ),
    authorised_by=_authorised,
    body_of=_body,
    names_upload=_upload_name,
    joins_uploads=_with_uploads,
    retry_after=True,
    challenge='Basic realm="JMAP"',
    headers_of=lambda _status, _code: (("content-type", "application/problem+json"),),
    answers={
        "not_request": refusing(400, "the request is not a Request object", "notRequest"),
        "wrong_key": refusing(401, "the credentials are not known"),
        "too_many_requests": _limit(400, "maxConcurrentRequests"),
        "request_too_large": _limit(400, "maxSizeRequest"),
        "rate_limit": refusing(429, "too many requests"),
        "server_unavailable": _method_error("serverUnavailable"),
        "server_fail": _method_error("serverFail"),
        "account_read_only": _method_error("accountReadOnly"),
        "too_many_recipients": _not_created("tooManyRecipients", "the envelope has too many recipients"),
        "invalid_recipients": _not_created("invalidRecipients", "a recipient is not an address"),
        "forbidden_from": _not_created("forbiddenFrom", "the sender may not be used"),
        "forbidden_to_send": _not_created("forbiddenToSend", "the user may not send"),
        "too_large": _not_created("tooLarge", "the message is too large"),
        "over_rate": _not_created("rateLimit", "too many messages were sent"),
    },
)
