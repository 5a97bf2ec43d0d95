"""JMAP's calls that send MIME bytes as they are, in one request, and what the answers to them say of a message.

Upload as a blob (RFC 9404 §4.1), import into a mailbox (RFC 8621 §4.8), submit, and remove the copy (§7.5). Each message's
creations are called b, e and s with its identity behind, by which the answers are matched. Cyrus 3.6 has an early draft of
the upload under the name Blob/set.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchkit.model.exchange import BodySection
from benchkit.model.identity import PLACEHOLDER, split_at_identity
from benchkit.model.message import Message

UPLOAD, DRAFT_UPLOAD = "Blob/upload", "Blob/set"
UPLOAD_URL = "uploadUrl"  # not a call: a request of its own before (RFC 8620 §6.1)
UPLOADED = "benchkit-uploaded-blob"  # stands in a request where the id of an uploaded blob will
MAIL, SUBMISSION = "urn:ietf:params:jmap:mail", "urn:ietf:params:jmap:submission"
CAPABILITIES = {UPLOAD: "urn:ietf:params:jmap:blob", DRAFT_UPLOAD: "https://cyrusimap.org/ns/jmap/blob"}
_USING = tuple(f"urn:ietf:params:jmap:{name}" for name in ("core", "mail", "submission"))
_ID = PLACEHOLDER.decode()
MOST_OBJECTS = 500  # RFC 8620 §2: what a server's maxObjectsInSet should be at least
AFTER = b']},"2"]]}'


@dataclass(frozen=True, slots=True)
class SubmissionTarget:
    """Whose mail it is, and through which mailbox it goes: ids of the server's."""

    account: str
    identity: str
    mailbox: str
    upload: str = UPLOAD


def sections_of(messages: Sequence[Message], target: SubmissionTarget) -> tuple[BodySection, ...]:
    """The body of a request, which ends with AFTER."""
    account, using = json.dumps(target.account), json.dumps([*_USING, CAPABILITIES[target.upload]])
    return (
        _section(
            f'{{"using":{using},"methodCalls":[["{target.upload}",{{"accountId":{account},"create":{{',
            [_member("b", _blob(message, target.upload)) for message in messages],
        ),
        _section(
            f'}}}},"0"],["Email/import",{{"accountId":{account},"emails":{{',
            [_member("e", {"blobId": f"#b{_ID}", "mailboxIds": {target.mailbox: True}})] * len(messages),
        ),
        _section(
            f'}}}},"1"],["EmailSubmission/set",{{"accountId":{account},"create":{{',
            [_member("s", _submission(message, target.identity)) for message in messages],
        ),
        _section('},"onSuccessDestroyEmail":[', [f'"#s{_ID}"'] * len(messages)),
    )


def import_of_uploaded(message: Message, target: SubmissionTarget) -> bytes:
    """The body of a request that imports and submits a blob that was uploaded before, whose id is UPLOADED."""
    name, account = f"#s{_ID}", target.account
    imported = {f"e{_ID}": {"blobId": UPLOADED, "mailboxIds": {target.mailbox: True}}}
    submitted = {f"s{_ID}": _submission(message, target.identity)}
    calls = [
        ["Email/import", {"accountId": account, "emails": imported}, "1"],
        ["EmailSubmission/set", {"accountId": account, "create": submitted, "onSuccessDestroyEmail": [name]}, "2"],
    ]
    return json.dumps({"using": _USING, "methodCalls": calls}, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8"
    )


def created(responses: Sequence[Any], name: str) -> Mapping[str, Any] | None:
    """The submission of the message of that identity; None where it was not taken."""
    found = (
        _table(arguments, "created").get(f"s{name}")
        for method, arguments in _calls(responses)
        if method == "EmailSubmission/set"
    )
    return next((submission for submission in found if isinstance(submission, dict)), None)


def error_of(responses: Sequence[Any], name: str) -> Mapping[str, Any] | None:
    """The first SetError or method-level error (RFC 8620 §5.3, §3.6.2) that the message of that identity met."""
    for method, arguments in _calls(responses):
        if method == "error":
            return arguments
        refused = _table(arguments, "notCreated")
        for kind in "bes":
            found = refused.get(f"{kind}{name}")
            if isinstance(found, dict):
                return found
    return None


def _calls(responses: Sequence[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for call in responses:
        match call:
            case [str(method), dict(arguments), _]:
                yield method, arguments


def _table(arguments: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = arguments.get(name)
    return found if isinstance(found, dict) else {}


def _section(before: str, pieces: Sequence[str]) -> BodySection:
    return BodySection(
        before.encode("utf-8"), b",", tuple(split_at_identity(piece.encode("utf-8")) for piece in pieces)
    )


def _member(kind: str, value: Mapping[str, Any]) -> str:
    return json.dumps({f"{kind}{_ID}": value}, ensure_ascii=False, separators=(",", ":"))[1:-1]


def _blob(message: Message, upload: str) -> Mapping[str, Any]:
    data = data_of(message.mime)
    if upload == DRAFT_UPLOAD and len(data) > 1:
        raise ValueError(f"the mail is not UTF-8, and {DRAFT_UPLOAD} carries one text: remove the option upload")
    return {**(data[0] if upload == DRAFT_UPLOAD else {"data": data}), "type": "message/rfc822"}


def data_of(mime: bytes) -> list[Mapping[str, str]]:
    """As text. Mail that is not UTF-8 is text up to the end of the line with its identity, and then base64 (RFC 9404 §4.1)."""
    try:
        return [{"data:asText": mime.decode("utf-8")}]
    except UnicodeDecodeError:
        line, end, rest = mime.partition(b"\r\n")
        return [{"data:asText": (line + end).decode("ascii")}, {"data:asBase64": b64encode(rest).decode("ascii")}]


def _submission(message: Message, identity: str) -> Mapping[str, Any]:
    envelope = {
        "mailFrom": {"email": message.envelope_from},
        "rcptTo": [{"email": recipient} for recipient in message.recipients],
    }
    return {"emailId": f"#e{_ID}", "identityId": identity, "envelope": envelope}
