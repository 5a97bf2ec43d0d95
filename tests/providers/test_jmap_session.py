"""JMAP's session: what is asked, what of it becomes an option, and what is said where a server does not tell enough."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from benchkit.model.exchange import Credentials, Request, Response
from benchkit.providers.jmap import PROVIDER

HOST = "jmap.example:8080"
CORE, MAIL, SUBMISSION = (f"urn:ietf:params:jmap:{name}" for name in ("core", "mail", "submission"))
BLOB = "urn:ietf:params:jmap:blob"
WELL_KNOWN = {"session": "/.well-known/jmap", "username": "ann"}


def session(**changes: Any) -> Response:
    document = {
        "capabilities": {CORE: {}, MAIL: {}, SUBMISSION: {}}, "primaryAccounts": {MAIL: "u1", SUBMISSION: "u1"},
        "apiUrl": "/api/", "uploadUrl": "/up/{accountId}/x", "username": "ann",
    }  # fmt: skip
    return Response(200, (), json.dumps(document | changes).encode())


IDENTITY = {"id": "i1"}
MAILBOXES = [{"id": "m0", "role": None}, {"id": "m1", "role": "drafts"}]


def listed(identities: Sequence[Any] = (IDENTITY,), mailboxes: Sequence[Any] = MAILBOXES) -> Response:
    rows = [["Identity/get", {"list": [*identities]}, "0"], ["Mailbox/get", {"list": [*mailboxes]}, "1"]]
    return Response(200, (), json.dumps({"methodResponses": rows}).encode())


def walked(options: Mapping[str, str], *answers: Response) -> tuple[list[Request], Mapping[str, str]]:
    """The requests, and the options that are known in the end."""
    steps = PROVIDER.discovery(Credentials("pw", options), HOST)
    assert steps is not None
    asked = [next(steps)]
    try:
        for answer in answers:
            asked.append(steps.send(answer))  # noqa: PERF401  a map would swallow the generator's end
    except StopIteration as done:
        return asked, done.value.options
    raise AssertionError(f"asks on: {asked[-1]}")


def test_a_session_tells_all_that_a_mail_needs() -> None:
    asked, known = walked(WELL_KNOWN, session(), listed())
    assert [(one.method, one.target) for one in asked] == [("GET", "/.well-known/jmap"), ("POST", "/api/")]
    assert {one.header("authorization") for one in asked} == {"Basic YW5uOnB3"}
    assert known == {
        "username": "ann", "path": "/api/", "account": "u1", "identity": "i1", "mailbox": "m1", "upload": "uploadUrl",
        "upload_path": "/up/{accountId}/x",
    }  # fmt: skip


def test_a_server_with_the_blob_extension_takes_all_in_one_request() -> None:
    _, known = walked(WELL_KNOWN, session(capabilities={CORE: {}, MAIL: {}, SUBMISSION: {}, BLOB: {}}), listed())
    assert known["upload"] == "Blob/upload"


def test_what_is_configured_is_not_asked_for() -> None:
    asked, known = walked(WELL_KNOWN | {"identity": "i9", "mailbox": "m9", "upload": "Blob/set"}, session())
    assert len(asked) == 1
    assert (known["identity"], known["mailbox"], known["upload"]) == ("i9", "m9", "Blob/set")
    assert PROVIDER.discovery(Credentials("pw", {"username": "ann"}), HOST) is None


MOVED = [
    ("/jmap/session", "/jmap/session"),
    (f"http://{HOST}/session?a=1", "/session?a=1"),
    ("session", "/.well-known/session"),
]


@pytest.mark.parametrize(("location", "target"), MOVED)
def test_a_session_that_has_moved_is_followed_on_the_same_host(location: str, target: str) -> None:
    """RFC 8620 §2.2."""
    moved = Response(307, (("location", location),))
    asked, known = walked(WELL_KNOWN, moved, session(apiUrl=f"https://{HOST}/api/"), listed())
    assert asked[1].target == target
    assert known["path"] == "/api/"


FAULTS: Mapping[str, tuple[tuple[Response, ...], str]] = {
    "a wrong key": ((Response(401, (), b"no"),), r"is answered 401 \(no\): check the arm's username and password"),
    "a page": ((Response(200, (), b"<html>"),), "not a session of JMAP.*: correct the option session"),
    "no submission": ((session(capabilities={CORE: {}, MAIL: {}}),), f"lacks {SUBMISSION}: name another server"),
    "another host": ((session(apiUrl="https://api.example/"),), "apiUrl is at api.example"),
    "another host of the session": (
        (Response(302, (("location", "https://o.example/"),)),),
        "the session is at o.example",
    ),
    "another host of the upload": ((session(uploadUrl="https://u.example/{accountId}"),), "uploadUrl is at u.example"),
    "moved for ever": ((Response(301, (("location", "/a"),)),) * 4, "is answered 301.*: correct the option session"),
    "no drafts": ((session(), listed(mailboxes=[])), "no mailbox"),
    "no identity": ((session(), listed(identities=[])), "no identity"),
    "nothing": ((session(), Response(200, (), b"{}")), "no identity and no mailbox"),
}


@pytest.mark.parametrize(("answers", "expected"), FAULTS.values(), ids=FAULTS)
def test_what_does_not_tell_enough_is_said(answers: tuple[Response, ...], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        walked(WELL_KNOWN, *answers)
