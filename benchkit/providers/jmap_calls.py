"""JMAP's calls that send MIME bytes as they are, in one request, and what a server answers to them.

Upload as a blob (RFC 9404 §4.1), import into a mailbox (RFC 8621 §4.8), submit, and remove the copy (§7.5). Each message's
creations are called b, e and s with its identity behind, by which the answers are told apart. Cyrus 3.6 has an early draft of
the upload under the name Blob/set.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchkit.model.exchange import Section
from benchkit.model.identity import PLACEHOLDER, split_at_identity
from benchkit.model.message import Message

UPLOAD, DRAFT_UPLOAD = "Blob/upload", "Blob/set"
CAPABILITIES = {UPLOAD: "urn:ietf:params:jmap:blob", DRAFT_UPLOAD: "https://cyrusimap.org/ns/jmap/blob"}
_USING = tuple(f"urn:ietf:params:jmap:{name}" for name in ("core", "mail", "submission"))
_ID = PLACEHOLDER.decode()
AFTER = b']},"2"]]}'


@dataclass(frozen=True, slots=True)
class SubmissionTarget:
    """Whose mail it is, and through which mailbox it goes: ids of the server's."""

    account: str
    identity: str
    mailbox: str
    upload: str = UPLOAD


@dataclass(frozen=True, slots=True)
class Submitted:
    """One message as the calls have it."""

    mime: bytes
    recipients: tuple[str, ...]
    sender: str


def sections_of(messages: Sequence[Message], place: SubmissionTarget) -> tuple[Section, ...]:
    """The body of a request, which ends with AFTER."""
    account, using = json.dumps(place.account), json.dumps([*_USING, CAPABILITIES[place.upload]])
    return (
        _section(
            f'{{"using":{using},"methodCalls":[["{place.upload}",{{"accountId":{account},"create":{{',
            [_member("b", _blob(message, place.upload)) for message in messages],
        ),
        _section(
            f'}}}},"0"],["Email/import",{{"accountId":{account},"emails":{{',
            [_member("e", {"blobId": f"#b{_ID}", "mailboxIds": {place.mailbox: True}})] * len(messages),
        ),
        _section(
            f'}}}},"1"],["EmailSubmission/set",{{"accountId":{account},"create":{{',
            [_member("s", _submission(message, place.identity)) for message in messages],
        ),
        _section('},"onSuccessDestroyEmail":[', [f'"#s{_ID}"'] * len(messages)),
    )


def submitted(body: bytes) -> Iterator[Submitted]:
    """What a request submits. Creations stand in the same order in each of its calls. Raises ValueError."""
    try:
        document = dict(json.loads(body, object_pairs_hook=list))  # a list: without identities all names are the same
        upload, imported, submission = (dict(arguments) for _, arguments, _ in document["methodCalls"])
        rows = zip(upload["create"], imported["emails"], submission["create"], strict=True)
        for (b, blob), (e, email), (_, one) in rows:
            if (dict(email)["blobId"], dict(one)["emailId"]) != (f"#{b}", f"#{e}"):
                raise ValueError("invalidResultReference: each message is uploaded, imported and submitted in its turn")
            envelope = dict(dict(one)["envelope"])
            recipients = tuple(str(dict(recipient)["email"]) for recipient in envelope["rcptTo"])
            yield Submitted(_octets(dict(blob)), recipients, str(dict(envelope["mailFrom"])["email"]))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"notRequest: {error}") from error


def answer(identities: Sequence[bytes]) -> bytes:
    """A server's, to a request in which all went well."""
    names = [identity.decode("ascii") for identity in identities]
    created = [{f"{kind}{name}": {"id": f"{kind}{name}"} for name in names} for kind in "bes"]
    methods = (UPLOAD, "Email/import", "EmailSubmission/set")
    said = [
        [method, {"created": new, "notCreated": None}, str(i)]
        for i, (method, new) in enumerate(zip(methods, created, strict=True))
    ]
    said.append(["Email/set", {"destroyed": list(created[1])}, "2"])
    return json.dumps({"methodResponses": said, "sessionState": "0"}).encode()


def is_created(said: Sequence[Any], name: str) -> bool:
    """Whether the message of that identity was taken."""
    return any(
        method == "EmailSubmission/set" and isinstance(_table(arguments, "created").get(f"s{name}"), dict)
        for method, arguments in _calls(said)
    )


def error_of(said: Sequence[Any], name: str) -> Mapping[str, Any] | None:
    """The first SetError or method-level error (RFC 8620 §5.3, §3.6.2) that the message of that identity met."""
    for method, arguments in _calls(said):
        if method == "error":
            return arguments
        refused = _table(arguments, "notCreated")
        for kind in "bes":
            found = refused.get(f"{kind}{name}")
            if isinstance(found, dict):
                return found
    return None


def _calls(said: Sequence[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for call in said:
        match call:
            case [str(method), dict(arguments), _]:
                yield method, arguments


def _table(arguments: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = arguments.get(name)
    return found if isinstance(found, dict) else {}


def _section(before: str, pieces: Sequence[str]) -> Section:
    return Section(before.encode("utf-8"), b",", tuple(split_at_identity(piece.encode("utf-8")) for piece in pieces))


def _member(kind: str, value: Mapping[str, Any]) -> str:
    return json.dumps({f"{kind}{_ID}": value}, ensure_ascii=False, separators=(",", ":"))[1:-1]


def _blob(message: Message, upload: str) -> Mapping[str, Any]:
    data = _data_of(message.mime)
    if upload == DRAFT_UPLOAD and len(data) > 1:
        raise ValueError(f"the mail is not UTF-8, and {DRAFT_UPLOAD} carries one text: remove the option upload")
    return {**(data[0] if upload == DRAFT_UPLOAD else {"data": data}), "type": "message/rfc822"}


def _data_of(mime: bytes) -> list[Mapping[str, str]]:
    """As text. Mail that is not UTF-8 is text up to the end of the line with its identity, and then base64 (RFC 9404 §4.1)."""
    try:
        return [{"data:asText": mime.decode("utf-8")}]
    except UnicodeDecodeError:
        line, end, rest = mime.partition(b"\r\n")
        return [{"data:asText": (line + end).decode("ascii")}, {"data:asBase64": b64encode(rest).decode("ascii")}]


def _octets(blob: Mapping[str, Any]) -> bytes:
    return b"".join(_octets_of(dict(part)) for part in blob.get("data", [blob]))


def _octets_of(part: Mapping[str, str]) -> bytes:
    return b64decode(part["data:asBase64"]) if "data:asBase64" in part else part["data:asText"].encode("utf-8")


def _submission(message: Message, identity: str) -> Mapping[str, Any]:
    envelope = {
        "mailFrom": {"email": message.envelope_from},
        "rcptTo": [{"email": recipient} for recipient in message.recipients],
    }
    return {"emailId": f"#e{_ID}", "identityId": identity, "envelope": envelope}
