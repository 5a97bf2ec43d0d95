"""What every email API in the registry must keep, before its author writes a test: both halves agree on every message."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.batch import to_mime
from benchkit.model.contracts import Provider
from benchkit.model.exchange import Account, Request, Response
from benchkit.model.identity import PLACEHOLDER, find_identity, split_at_identity, token_of
from benchkit.model.message import Address, Attachment, Content, Message, canonical_text
from benchkit.model.outcome import OutcomeKind
from benchkit.providers import PROVIDERS

ENDPOINTS = {"mailgun": ("messages", "mime")}
SECRET = "key-0123456789abcdef"

_WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)
_NAMES = st.one_of(
    _WORDS, st.sampled_from(["Shop", 'O"Neil, Ann', "back\\slash", "Grüße & Co.", "日本 語", "a@b", "(x)", "=?"])
)
_ADDRS = st.sampled_from(["a@b.example", "no.reply+x@xn--bcher-kva.example", "müller@b.example", "o'neil@b.example"])
_ADDRESSES = st.builds(Address, _NAMES, _ADDRS)
_AWKWARD = st.sampled_from(
    ["\n.\n", "--benchkit-form-0", "\n--benchkit-form-0--\n", "é", "😀", "=20", "a" * 1100, "\t"]
)
_TEXTS = st.lists(st.one_of(_AWKWARD, _WORDS), max_size=6).map("".join).map(canonical_text)
_DATA = st.one_of(
    st.binary(max_size=200), st.sampled_from([b"\r\n", b"\r\n--benchkit-form-0--\r\n", b"\n\r\0\xff", b""])
)
_FILE_NAMES = st.one_of(
    st.sampled_from(["terms.pdf", "ä ö.txt", 'quo"te.txt', "semi;colon.txt"]),
    _WORDS.filter(lambda name: name and "%" not in name and "\\" not in name),
)
_FILES = st.builds(
    Attachment,
    _FILE_NAMES,
    st.sampled_from(["application/pdf", "text/plain", "image/png"]),
    _DATA,
    st.sampled_from(["", "logo.png", "a@b"]),
)
_BODIES = st.tuples(_TEXTS, _TEXTS).filter(any)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Anything that a mail can hold and a form can carry."""
    text, html = draw(_BODIES)
    return Content(
        subject=draw(_NAMES),
        sender=draw(_ADDRESSES),
        to=tuple(draw(st.lists(_ADDRESSES, min_size=1, max_size=3))),
        text=text,
        html=html,
        cc=tuple(draw(st.lists(_ADDRESSES, max_size=2))),
        reply_to=tuple(draw(st.lists(_ADDRESSES, max_size=2))),
        attachments=tuple(draw(st.lists(_FILES, max_size=3))),
    )


def message_of(content: Content) -> Message:
    recipients = tuple(address.addr for address in (*content.to, *content.cc))
    return Message(0, content, to_mime(content), content.sender.addr, recipients)


PLAIN = message_of(Content("Hi", Address("Shop", "a@b.example"), (Address("", "c@d.example"),), text="x"))

Case = tuple[Provider, Account]


@pytest.fixture(
    params=[(name, endpoint) for name in PROVIDERS.names() for endpoint in ENDPOINTS.get(name, ("",))],
    ids=lambda case: " ".join(case),
    scope="module",
)
def case(request: pytest.FixtureRequest) -> Case:
    name, endpoint = request.param
    return PROVIDERS[name], Account(SECRET, {"endpoint": endpoint} if endpoint else {})


def test_it_says_what_it_is(case: Case) -> None:
    provider, account = case
    assert PROVIDERS[provider.name] is provider
    assert "." in provider.default_host
    assert set(account.options) <= provider.options


@given(content=contents())
def test_what_it_sends_is_what_it_receives(case: Case, content: Content) -> None:
    provider, account = case
    request = provider.request(message_of(content), account)
    assert provider.receive(request) == content
    assert provider.receive(request).digest == content.digest


@given(content=contents())
def test_every_recipient_is_counted(case: Case, content: Content) -> None:
    provider, account = case
    message = message_of(content)
    assert provider.recipients(provider.request(message, account)) == len(message.recipients)


@given(content=contents(), send=st.integers(0, 9_999_999_999))
def test_the_identity_is_found_and_changes_no_length(case: Case, content: Content, send: int) -> None:
    provider, account = case
    body = provider.request(message_of(content), account).body
    sent = token_of("0badcafe", send).join(split_at_identity(body))
    assert PLACEHOLDER in body
    assert len(sent) == len(body)
    assert find_identity(sent) == (token_of("0badcafe", send), "0badcafe", send)


def test_it_serves_what_it_asks_for_and_nothing_else(case: Case) -> None:
    provider, account = case
    request = provider.request(PLAIN, account)
    assert provider.serves(request.method, request.target)
    assert not provider.serves("GET", request.target)
    assert not provider.serves(request.method, "/nothing/here")


def test_only_the_right_secret_is_authorised(case: Case) -> None:
    provider, account = case
    request = provider.request(PLAIN, account)
    assert provider.authorised(request, account)
    assert not provider.authorised(request, Account("another"))
    assert not provider.authorised(Request("POST", request.target, (), b""), account)


def test_the_secret_stands_nowhere_it_could_be_read(case: Case) -> None:
    provider, account = case
    assert SECRET not in repr(account)
    assert SECRET.encode() not in provider.request(PLAIN, account).body


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, OutcomeKind.REJECTED),
        (401, OutcomeKind.REJECTED),
        (403, OutcomeKind.REJECTED),
        (404, OutcomeKind.REJECTED),
        (413, OutcomeKind.REJECTED),
        (408, OutcomeKind.DEFERRED),
        (429, OutcomeKind.THROTTLED),
        (500, OutcomeKind.DEFERRED),
        (502, OutcomeKind.DEFERRED),
        (503, OutcomeKind.DEFERRED),
        (302, OutcomeKind.GARBLED),
    ],
)
def test_a_refusal_in_its_own_shape_is_understood(case: Case, status: int, kind: OutcomeKind) -> None:
    provider, _ = case
    response = provider.refused(status, "because", 7)
    outcome = provider.outcome(response)
    assert (response.status, response.header("retry-after")) == (status, "7")
    assert (outcome.kind, outcome.code) == (kind, status)
    assert outcome.text


def test_an_acceptance_in_its_own_shape_is_understood(case: Case) -> None:
    provider, _ = case
    outcome = provider.outcome(provider.accepted(token_of("0badcafe", 7)))
    assert (outcome.kind, outcome.text) == (OutcomeKind.ACCEPTED, "")


@given(
    status=st.integers(0, 999), body=st.one_of(st.binary(max_size=60), st.sampled_from([b"null", b"[]", b'{"id":1}']))
)
def test_no_response_is_an_exception_and_only_2xx_is_accepted(case: Case, status: int, body: bytes) -> None:
    provider, _ = case
    outcome = provider.outcome(Response(status, (), body))
    assert 200 <= status < 300 or outcome.kind is not OutcomeKind.ACCEPTED


@given(
    body=st.binary(max_size=200), content_type=st.sampled_from(["", "text/plain", "multipart/form-data; boundary=x"])
)
def test_no_request_raises_anything_but_a_value_error(case: Case, body: bytes, content_type: str) -> None:
    provider, account = case
    target = provider.request(PLAIN, account).target
    for method in (provider.receive, provider.recipients):
        with suppress(ValueError):
            method(Request("POST", target, (("content-type", content_type),), body))
