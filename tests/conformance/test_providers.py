"""What every email API in the registry must keep, before its author writes a test: both halves agree on every message."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.contracts import BatchProvider, Provider
from benchkit.model.exchange import Credentials, Request, Response, SendingDomains
from benchkit.model.identity import (
    PLACEHOLDER,
    find_identities,
    find_identity,
    split_at_identity,
    token_of,
    without_identities,
)
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import OutcomeKind
from benchkit.providers import PROVIDERS
from tests.conformance.mail_strategies import ADDRESSES, BODIES, FILES, NAMES, contents, message_of

ENDPOINTS = {"mailgun": ("messages", "mime")}
SECRET = "key-0123456789abcdef"

PLAIN = message_of(Content("Hi", Address("Shop", "a@b.example"), (Address("", "c@d.example"),), text="x"))

Case = tuple[Provider, Credentials]


@pytest.fixture(
    params=[(name, endpoint) for name in PROVIDERS.names() for endpoint in ENDPOINTS.get(name, ("",))],
    ids=lambda case: " ".join(case),
    scope="module",
)
def case(request: pytest.FixtureRequest) -> Case:
    name, endpoint = request.param
    return PROVIDERS[name], Credentials(SECRET, {"endpoint": endpoint} if endpoint else {})


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
def test_every_recipient_arrives_and_the_envelope_sender_where_there_is_one(case: Case, content: Content) -> None:
    provider, account = case
    message = message_of(content)
    sender, recipients = provider.envelope(provider.request(message, account))
    assert sorted(recipients) == sorted(message.recipients)
    assert sender in (None, message.envelope_from)


@given(content=contents())
def test_a_recipient_whom_the_content_does_not_name_arrives(case: Case, content: Content) -> None:
    """Bcc."""
    provider, account = case
    message = message_of(content)
    blind = replace(message, recipients=(*message.recipients, "blind@example.org"))
    _, recipients = provider.envelope(provider.request(blind, account))
    assert sorted(recipients) == sorted(blind.recipients)
    assert b"blind@example.org" not in repr(provider.receive(provider.request(blind, account))).encode()


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
    assert not provider.authorised(request, Credentials("another"))
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
    for method in (provider.receive, provider.envelope):
        with suppress(ValueError):
            method(Request("POST", target, (("content-type", content_type),), body))


@st.composite
def mails_for_one_request(draw: st.DrawFn) -> list[Message]:
    """What every such API takes together: one sender, the same files, a recipient of its own for each."""
    sender, files = draw(ADDRESSES), tuple(draw(st.lists(FILES, max_size=2)))
    bodies = draw(st.lists(st.tuples(NAMES, BODIES, NAMES), min_size=1, max_size=5))
    return [
        message_of(Content(subject, sender, (Address(name, f"{number}@x.example"),), *texts, attachments=files))
        for number, (subject, texts, name) in enumerate(bodies)
    ]


@pytest.fixture(
    params=[name for name in PROVIDERS.names() if isinstance(PROVIDERS[name], BatchProvider)], scope="module"
)
def together(request: pytest.FixtureRequest) -> BatchProvider:
    provider = PROVIDERS[request.param]
    assert isinstance(provider, BatchProvider)
    return provider


def identities_of(members: list[int]) -> list[bytes]:
    return [token_of("0badcafe", 10 * (i + 1)) for i in members]


@given(messages=mails_for_one_request(), data=st.data())
def test_any_of_them_share_a_request_and_each_arrives_as_it_was_composed(
    together: BatchProvider, messages: list[Message], data: st.DataObject
) -> None:
    members = data.draw(st.lists(st.sampled_from(range(len(messages))), min_size=1, unique=True))
    identities = identities_of(members)
    request = together.batch(messages, Credentials(SECRET)).request(members, identities)
    mails = together.receive_batch(request)
    assert [mail.content for mail in mails] == [messages[i].content for i in members]
    assert [mail.recipients for mail in mails] == [messages[i].recipients for i in members]
    assert list(find_identities(request.body, "0badcafe")) == identities
    assert together.serves(request.method, request.target)
    assert together.authorised(request, Credentials(SECRET))
    assert SECRET.encode() not in request.body


@given(messages=mails_for_one_request())
def test_the_bytes_of_a_request_without_its_identities_depend_on_its_mails_alone(
    together: BatchProvider, messages: list[Message]
) -> None:
    joint, members = together.batch(messages, Credentials(SECRET)), list(range(len(messages)))
    first, second = (identities_of([i + shift for i in members]) for shift in (0, 100))
    bare = [without_identities(joint.request(members, ids).body, ids) for ids in (first, second)]
    assert bare[0] == bare[1]
    assert together.receive_batch(replace(joint.request(members, first), body=bare[0])) == together.receive_batch(
        joint.request(members, first)
    )


def test_an_answer_is_one_for_each_message(together: BatchProvider) -> None:
    identities = identities_of([0, 1, 2])
    accepted = together.outcomes(together.accepted_batch(identities), identities)
    assert [outcome.kind for outcome in accepted] == [OutcomeKind.ACCEPTED] * 3
    for status, kind in ((503, OutcomeKind.DEFERRED), (429, OutcomeKind.THROTTLED), (401, OutcomeKind.REJECTED)):
        refused = together.outcomes(together.refused(status, "because", 0), identities)
        assert [(outcome.kind, outcome.code) for outcome in refused] == [(kind, status)] * 3


@given(
    status=st.integers(0, 999), body=st.one_of(st.binary(max_size=60), st.sampled_from([b"null", b"[]", b'{"id":1}']))
)
def test_no_answer_to_several_is_an_exception_and_only_2xx_is_accepted(
    together: BatchProvider, status: int, body: bytes
) -> None:
    outcomes = together.outcomes(Response(status, (), body), identities_of([0, 1]))
    assert len(outcomes) == 2
    assert 200 <= status < 300 or all(outcome.kind is not OutcomeKind.ACCEPTED for outcome in outcomes)


@given(
    body=st.binary(max_size=200), content_type=st.sampled_from(["", "text/plain", "multipart/form-data; boundary=x"])
)
def test_no_request_of_several_raises_anything_but_a_value_error(
    together: BatchProvider, body: bytes, content_type: str
) -> None:
    target = together.request(PLAIN, Credentials(SECRET)).target
    with suppress(ValueError):
        together.receive_batch(Request("POST", target, (("content-type", content_type),), body))


@pytest.mark.parametrize("name", PROVIDERS.names())
def test_it_says_whose_domains_it_sends_with(name: str) -> None:
    """`benchkit audit --scenario` judges the envelope and the signature that the provider gives a mail."""
    for return_path in (None, "", "bounce.example"):
        domains = PROVIDERS[name].sending_domains("shop.example", return_path, {})
        assert isinstance(domains, SendingDomains)
        assert {domains.envelope, domains.signer} <= {"shop.example", "bounce.example", ""}
