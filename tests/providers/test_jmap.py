"""JMAP: the request that uploads, imports and submits, and what each kind of answer means for each of its messages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchkit.batch import to_mime
from benchkit.model.exchange import ApiRefusal, Credentials, Request, Response
from benchkit.model.identity import PLACEHOLDER, token_of, without_identities
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import OutcomeKind
from benchkit.providers.jmap import PROVIDER

SECRET = "token"
FIRST, SECOND = (token_of("0badcafe", send) for send in (4, 5))
B, S = ([f"{kind}{token.decode()}" for token in (FIRST, SECOND)] for kind in "bs")


def mail(number: int, *to: str) -> Message:
    content = Content(
        "Grüße", Address("Shöp", "shop@shop.example"), tuple(Address("", one) for one in to), f'"{number}"\n.'
    )
    return Message(number, content, to_mime(content), "shop@shop.example", to)


MAILS = [mail(0, "a@x.example"), mail(1, "a@x.example", "b@x.example")]


def request(account: Credentials | None = None) -> Request:
    return PROVIDER.batch(MAILS, account or Credentials(SECRET)).request([0, 1], [FIRST, SECOND])


def test_one_request_uploads_imports_submits_and_cleans_up() -> None:
    options = {"username": "ann", "identity": "i1", "mailbox": "m1", "path": "/api/"}
    sent = request(Credentials("pw", options))
    assert (sent.method, sent.target, sent.header("authorization")) == ("POST", "/api/", "Basic YW5uOnB3")
    body: Any = json.loads(sent.body)
    names, arguments, _ = zip(*body["methodCalls"], strict=True)
    assert names == ("Blob/upload", "Email/import", "EmailSubmission/set")
    assert [argument["accountId"] for argument in arguments] == ["ann"] * 3
    upload, imported, submission = arguments
    (data,) = upload["create"][B[1]]["data"]
    assert data["data:asText"].encode() == MAILS[1].mime.replace(PLACEHOLDER, SECOND)
    second = SECOND.decode()
    assert imported["emails"][f"e{second}"] == {"blobId": f"#b{second}", "mailboxIds": {"m1": True}}
    assert submission["create"][S[1]] == {
        "emailId": f"#e{second}",
        "identityId": "i1",
        "envelope": {
            "mailFrom": {"email": "shop@shop.example"},
            "rcptTo": [{"email": "a@x.example"}, {"email": "b@x.example"}],
        },
    }
    assert submission["onSuccessDestroyEmail"] == [f"#{name}" for name in S]


def test_cyrus_has_the_draft_of_the_upload() -> None:
    body: Any = json.loads(request(Credentials(SECRET, {"upload": "Blob/set"})).body)
    assert "https://cyrusimap.org/ns/jmap/blob" in body["using"]
    method, arguments, _ = body["methodCalls"][0]
    assert (method, sorted(arguments["create"][B[0]])) == ("Blob/set", ["data:asText", "type"])


def test_an_upload_that_is_none_is_said() -> None:
    with pytest.raises(ValueError, match="upload = 'Blob/put' is not a way to upload"):
        request(Credentials(SECRET, {"upload": "Blob/put"}))


@pytest.mark.parametrize("bare", [False, True], ids=["as sent", "without its identities"])
def test_each_mail_is_received_with_its_own_recipients(bare: bool) -> None:
    sent = request()
    body = without_identities(sent.body, [FIRST, SECOND]) if bare else sent.body
    mails = PROVIDER.server.receive(Request("POST", "/jmap/", (), body))
    assert [(one.content, one.recipients, one.sender) for one in mails] == [
        (mail.content, mail.recipients, mail.envelope_from) for mail in MAILS[:2]
    ]


BROKEN = {
    "another email is submitted": (b'"emailId":"#ebk0badcafe-0000000005"', b'"emailId":"#e0"'),
    "another blob is imported": (b'"blobId":"#bbk0badcafe-0000000004"', b'"blobId":"#b0"'),
    "no envelope": (b'"rcptTo"', b'"rcpt"'),
    "a call too few": (b'["Email/import"', b'"Email/import"'),
    "no calls": (b'"methodCalls"', b'"calls"'),
}


@pytest.mark.parametrize(("old", "new"), BROKEN.values(), ids=BROKEN)
def test_what_does_not_hang_together_is_refused(old: bytes, new: bytes) -> None:
    sent = request()
    assert old in sent.body
    with pytest.raises(ValueError, match=r"."):
        PROVIDER.server.receive(Request("POST", "/jmap/", (), sent.body.replace(old, new)))


def said(*calls: list[Any]) -> Response:
    return Response(200, (), json.dumps({"methodResponses": [*calls], "sessionState": "0"}).encode())


def refusing(method: str, name: str, kind: str, created: tuple[str, ...] = ()) -> list[Any]:
    error = {"type": kind, "description": "because"}
    return [method, {"created": {one: {"id": "x"} for one in created}, "notCreated": {name: error}}, "0"]


SUBMIT = "EmailSubmission/set"
ACCEPTED, REJECTED, DEFERRED = OutcomeKind.ACCEPTED, OutcomeKind.REJECTED, OutcomeKind.DEFERRED
GARBLED, AMBIGUOUS = OutcomeKind.GARBLED, OutcomeKind.AMBIGUOUS
COPY_STAYS = ["Email/set", {"notDestroyed": {"M1": {"type": "forbidden"}}}, "2"]
NO_TABLES: list[Any] = [[SUBMIT, {"created": [], "notCreated": 5}, "2"], "x", [1, 2]]
UPLOAD_FAILS = refusing("Blob/upload", B[1], "tooLarge", (B[0],))
ANSWERS: dict[str, tuple[list[Any], OutcomeKind, OutcomeKind, str]] = {
    "one recipient is none": ([refusing(SUBMIT, S[1], "invalidRecipients", (S[0],))], ACCEPTED, REJECTED, "invalidRec"),
    "one is too fast": (
        [refusing(SUBMIT, S[1], "rateLimit", (S[0],))],
        ACCEPTED,
        OutcomeKind.THROTTLED,
        "rateLimit: bec",
    ),
    "one upload fails": (
        [UPLOAD_FAILS, refusing(SUBMIT, S[1], "notFound", (S[0],))],
        ACCEPTED,
        REJECTED,
        "tooLarge: because",
    ),
    "Cyrus's relay": ([refusing(SUBMIT, S[1], "smtpProtocolError", (S[0],))], ACCEPTED, DEFERRED, "smtpProtocolError"),
    "a call fails": ([["error", {"type": "serverUnavailable"}, "2"]], DEFERRED, DEFERRED, "serverUnavailable"),
    "a call half done": ([["error", {"type": "serverPartialFail"}, "2"]], AMBIGUOUS, AMBIGUOUS, "serverPartialFail"),
    "no such account": ([["error", {"type": "accountNotFound"}, "0"]], REJECTED, REJECTED, "accountNotFound"),
    "the copy stays": ([[SUBMIT, {"created": {name: {} for name in S}}, "2"], COPY_STAYS], ACCEPTED, ACCEPTED, ""),
    "silence about one": ([[SUBMIT, {"created": {S[0]: {}}}, "2"]], ACCEPTED, GARBLED, "has nothing about"),
    "tables that are none": (NO_TABLES, GARBLED, GARBLED, "has nothing about"),
}


@pytest.mark.parametrize(("calls", "first", "second", "text"), ANSWERS.values(), ids=ANSWERS)
def test_each_message_has_its_own_outcome(calls: list[Any], first: OutcomeKind, second: OutcomeKind, text: str) -> None:
    outcomes = PROVIDER.outcomes(said(*calls), [FIRST, SECOND])
    assert [outcome.kind for outcome in outcomes] == [first, second]
    assert text in outcomes[1].text


def test_one_alone_is_found_by_the_identity_in_its_answer() -> None:
    assert PROVIDER.outcome(said(refusing(SUBMIT, S[0], "forbiddenFrom"))).text == "forbiddenFrom: because"
    assert PROVIDER.outcome(said(["error", {"type": "unknownMethod"}, "0"])).text == "unknownMethod"


LIMIT = "urn:ietf:params:jmap:error:limit"


@pytest.mark.parametrize(
    ("status", "problem", "kind"),
    [
        (400, {"type": LIMIT, "limit": "maxConcurrentRequests"}, OutcomeKind.THROTTLED),
        (400, {"type": LIMIT, "limit": "maxSizeRequest"}, OutcomeKind.REJECTED),
        (400, {"type": "urn:ietf:params:jmap:error:unknownCapability"}, OutcomeKind.REJECTED),
        (200, {"type": "about:blank"}, OutcomeKind.GARBLED),
    ],
)
def test_a_problem_is_the_whole_request_s(status: int, problem: dict[str, str], kind: OutcomeKind) -> None:
    outcomes = PROVIDER.outcomes(Response(status, (), json.dumps(problem).encode()), [FIRST, SECOND])
    assert [(outcome.kind, outcome.code) for outcome in outcomes] == [(kind, status)] * 2
    assert problem["type"] in outcomes[0].text


def test_the_session_says_where_to_send() -> None:
    """RFC 8620 §2."""
    request = Request("GET", "/.well-known/jmap", (), b"")
    assert not PROVIDER.server.sends(request)
    session = json.loads(PROVIDER.server.accepted(request, ()).body)
    assert session["apiUrl"] == "/jmap/"
    assert {"urn:ietf:params:jmap:mail", "urn:ietf:params:jmap:submission"} <= session["capabilities"].keys()
    assert session["capabilities"]["urn:ietf:params:jmap:core"]["maxObjectsInSet"] == PROVIDER.batch_limit
    assert session["primaryAccounts"].keys() == session["capabilities"].keys()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "notJSON"), (b"", "notJSON"), (b"[]", "notRequest"), (b"{}", "notRequest"), (b'{"using":[]}', "notRequest"),
        (b'{"using":["urn:x"],"methodCalls":[]}', "unknownCapability"),
    ],
)  # fmt: skip
def test_what_is_no_request_is_told_by_its_type(body: bytes, kind: str) -> None:
    """RFC 8620 §3.6.1."""
    with pytest.raises(ApiRefusal) as refused:
        PROVIDER.server.accepted(Request("POST", "/jmap/", (), body), ())
    assert (refused.value.status, refused.value.code) == (400, kind)
    message = json.loads(PROVIDER.server.refused(400, str(refused.value), kind).body)
    assert message["type"] == f"urn:ietf:params:jmap:error:{kind}"


def test_every_call_has_its_answer() -> None:
    """RFC 8620 §4, §3.6.2: an echo, what mail needs to know, and an error for what is not known."""
    calls = [["Core/echo", {"a": [1]}, "x"], ["Identity/get", {"accountId": "b"}, "y"], ["Thread/get", {}, "z"]]
    request = Request("POST", "/jmap/", (), json.dumps({"using": [], "methodCalls": calls}).encode())
    assert not PROVIDER.server.sends(request)
    echo, identity, unknown = json.loads(PROVIDER.server.accepted(request, ()).body)["methodResponses"]
    assert echo == ["Core/echo", {"a": [1]}, "x"]
    assert (identity[0], identity[1]["list"][0]["id"], identity[2]) == ("Identity/get", "benchkit", "y")
    assert unknown == ["error", {"type": "unknownMethod"}, "z"]
