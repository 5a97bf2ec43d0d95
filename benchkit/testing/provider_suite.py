"""What every email API must guarantee: both halves agree on every message, and only an acceptance counts as one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.exchange import Credentials, RateLimit, Request, Response, SendingDomains
from benchkit.model.identity import IdentitySlots, find_identity, token_of, without_identity
from benchkit.model.message import Address, Content
from benchkit.model.outcome import OutcomeKind
from benchkit.testing.damage import HINTS, NESTED, NO_ANSWERS, without_each_key
from benchkit.testing.mail_strategies import contents, message_of
from benchkit.testing.provider_case import PLAIN, SECRET, TOKEN, ProviderCase
from benchkit.testing.suite import EXAMPLES, Suite

STATUSES = {
    400: OutcomeKind.REJECTED, 401: OutcomeKind.REJECTED, 403: OutcomeKind.REJECTED, 404: OutcomeKind.REJECTED,
    413: OutcomeKind.REJECTED, 408: OutcomeKind.DEFERRED, 429: OutcomeKind.THROTTLED, 500: OutcomeKind.DEFERRED,
    502: OutcomeKind.DEFERRED, 503: OutcomeKind.DEFERRED, 302: OutcomeKind.GARBLED,
}  # fmt: skip
CONTENT_TYPES = ("", "text/plain", "application/json", "multipart/form-data; boundary=x")
ANY_BODY = st.one_of(st.binary(max_size=200), st.sampled_from([*NO_ANSWERS, b'{"id":1}', b'{"to":[[]]}', NESTED]))


class ProviderSuite(Suite):
    """Set `cases` to one ProviderCase for each way in which the provider sends."""

    cases: ClassVar[Sequence[ProviderCase]] = ()

    def test_it_says_what_it_is(self, case: ProviderCase) -> None:
        host = case.provider.default_host
        assert case.provider.name.isidentifier()
        assert "." in host
        assert not set(host) & set("/:@ "), "a host name alone: no scheme, no port, no path"
        assert set(case.options) <= set(case.provider.options)

    def test_it_says_whose_domains_it_sends_with(self, case: ProviderCase) -> None:
        """`benchkit audit --scenario` judges the envelope and the signature that the provider gives a mail."""
        for return_path in (None, "", "bounce.example"):
            domains = case.provider.sending_domains("shop.example", return_path, case.options)
            assert isinstance(domains, SendingDomains)
            for domain in (domains.envelope, domains.signer):
                assert not domain or ("." in domain and "@" not in domain)
                assert domain == domain.lower()

    def test_a_plain_and_a_rich_mail_arrive_whole(self, case: ProviderCase) -> None:
        for content in (PLAIN, case.rich):
            assert case.received(case.request(content)).content == content

    @EXAMPLES
    @given(content=contents())
    def test_what_it_sends_is_what_it_receives(self, case: ProviderCase, content: Content) -> None:
        content = case.carried(content)
        mail = case.received(case.request(content))
        assert mail.content == content
        assert mail.content.digest == content.digest
        assert sorted(mail.recipients) == sorted(message_of(content).recipients)
        assert mail.sender in (None, content.sender.addr)

    def test_three_recipients_arrive(self, case: ProviderCase) -> None:
        people = tuple(Address("", f"user{number}@example.com") for number in range(3))
        mail = case.received(case.request(replace(PLAIN, to=people)))
        assert sorted(mail.recipients) == [address.addr for address in people]

    def test_a_bcc_recipient_arrives_and_no_reader_sees_it(self, case: ProviderCase) -> None:
        message = message_of(case.rich)
        blind = replace(message, recipients=(*message.recipients, "blind@example.org"))
        mail = case.received(case.provider.request(blind, case.account))
        assert sorted(mail.recipients) == sorted(blind.recipients)
        assert "blind@example.org" not in repr(mail.content)

    def test_a_return_path_is_kept_or_refused(self, case: ProviderCase) -> None:
        message = replace(message_of(PLAIN), envelope_from="bounce@shop.example")
        with suppress(ValueError):
            mail = case.received(case.provider.request(message, case.account))
            assert mail.sender == "bounce@shop.example"

    def test_a_request_depends_on_its_message_alone(self, case: ProviderCase) -> None:
        message = message_of(case.rich)
        assert case.provider.request(message, case.account) == case.provider.request(message, case.account)
        assert message == message_of(case.rich)

    @EXAMPLES
    @given(content=contents(), send=st.integers(0, 9_999_999_999))
    def test_the_identity_is_found_and_changes_no_length(self, case: ProviderCase, content: Content, send: int) -> None:
        body, identity = case.request(case.carried(content)).body, token_of("0badcafe", send)
        sent = IdentitySlots.of(body).filled(identity)
        assert len(sent) == len(body)
        assert find_identity(sent) == (identity, "0badcafe", send)
        assert without_identity(sent, identity) == body

    def test_the_identity_does_not_change_the_mail(self, case: ProviderCase) -> None:
        """The account compares what arrived by its digest: the identity stands only where no digest looks."""
        request = case.leaving(case.rich)
        assert find_identity(request.body) == (TOKEN, "0badcafe", 7)
        assert case.received(request).content.digest == case.rich.digest

    def test_it_serves_what_it_asks_for_and_nothing_else(self, case: ProviderCase) -> None:
        request = case.request(PLAIN)
        assert request.target.startswith("/")
        assert request.method in case.provider.server.methods(request.target)
        assert case.provider.server.sends(request)
        assert "DELETE" not in case.provider.server.methods(request.target)
        assert case.provider.server.methods("/nothing/here") == ()

    def test_the_credentials_are_those_of_the_documentation(self, case: ProviderCase) -> None:
        request = case.leaving(PLAIN)
        assert case.credentials or case.key_in_body
        for name, value in case.credentials.items():
            assert request.header(name).startswith(value)
        case.provider.server.check(request, case.account)

    def test_only_the_right_credentials_are_authorised(self, case: ProviderCase) -> None:
        request = case.leaving(PLAIN)
        others = tuple(pair for pair in request.headers if pair[0] not in case.credentials)
        assert not case.is_authorised(request, Credentials("YW5vdGhlcg==", case.options))
        assert not case.is_authorised(replace(request, headers=(), body=b""), case.account)
        for scheme in (SECRET, f"Bearer x{SECRET}", f"Basic {SECRET}", f"bearer{SECRET}"):
            wrong = tuple((name, scheme) for name, value in case.credentials.items() if value != scheme)
            assert not wrong or not case.is_authorised(replace(request, headers=(*others, *wrong)), case.account)

    def test_the_secret_stands_nowhere_it_could_be_read(self, case: ProviderCase) -> None:
        request = case.leaving(PLAIN)
        assert SECRET not in repr(case.account)
        assert SECRET.encode() not in request.body or case.key_in_body
        assert SECRET not in request.target

    def test_header_fields_can_be_sent(self, case: ProviderCase) -> None:
        request = case.request(case.rich)
        assert request.header("content-type")
        for name, value in request.headers:
            assert name == name.lower()
            assert value.isprintable()
        assert request.header("content-length") in ("", str(len(request.body)))

    def test_a_refusal_in_its_own_shape_is_understood(self, case: ProviderCase) -> None:
        for status, kind in STATUSES.items():
            response = case.provider.server.refused(status, "because", retry_after_s=7)
            outcome = case.provider.outcome(response)
            assert (response.status, response.header("retry-after")) == (status, "7")
            assert (outcome.kind, outcome.code, outcome.retry_after_s) == (kind, status, 7)
            assert outcome.text
            assert case.provider.outcome(case.provider.server.refused(status, "")).kind is kind

    def test_its_limit_is_understood(self, case: ProviderCase) -> None:
        """In its own shape, with the wait where it says one, and with the header fields in which it tells its limit."""
        server = case.provider.server
        response = server.throttled(7)
        rate_headers = server.rate_headers(RateLimit(5, 0, 7))
        outcome = case.provider.outcome(replace(response, headers=(*response.headers, *rate_headers)))
        assert outcome.kind is OutcomeKind.THROTTLED
        assert outcome.retry_after_s in (-1, 7)
        assert (outcome.rate_limit, outcome.rate_remaining, outcome.rate_reset_s) == (
            (5, 0, 7) if rate_headers else (-1, -1, -1)
        )

    def test_an_acceptance_in_its_own_shape_is_understood(self, case: ProviderCase) -> None:
        response = case.accepted()
        outcome = case.provider.outcome(response)
        assert 200 <= response.status < 300
        assert (outcome.kind, outcome.text) == (OutcomeKind.ACCEPTED, "")
        assert bool(outcome.server_id) is case.names_mail
        other = case.provider.outcome(case.accepted(token_of("0badcafe", 8)))
        assert not case.names_mail or outcome.server_id != other.server_id, "events are joined by the id of their mail"

    def test_a_status_of_success_alone_is_no_acceptance(self, case: ProviderCase) -> None:
        """An empty body, a welcome page, a cut answer; where the API's own answer has a body, all that is not that answer."""
        accepted = case.accepted()
        bodies = [body for body in NO_ANSWERS if body != accepted.body]
        if accepted.body:
            bodies += [accepted.body[: len(accepted.body) // 2], _without_values(accepted.body)]
        for body in bodies:
            for status in (200, accepted.status):
                assert case.provider.outcome(Response(status, (), body)).kind is not OutcomeKind.ACCEPTED, (
                    status,
                    body,
                )
        for response in case.not_accepted:
            assert case.provider.outcome(response).kind is not OutcomeKind.ACCEPTED, response

    def test_its_own_answer_with_a_key_removed_gives_an_outcome(self, case: ProviderCase) -> None:
        for response in (case.accepted(), case.provider.server.refused(422, "because")):
            for body in without_each_key(response.body):
                outcome = case.provider.outcome(replace(response, body=body))
                assert response.status < 300 or outcome.kind is not OutcomeKind.ACCEPTED

    def test_its_own_request_with_a_key_removed_is_received_or_refused(self, case: ProviderCase) -> None:
        request = case.request(case.rich)
        for body in without_each_key(request.body):
            with suppress(ValueError):
                case.provider.server.receive(replace(request, body=body))

    @EXAMPLES
    @given(status=st.integers(0, 999), headers=st.sampled_from(HINTS), body=ANY_BODY)
    def test_no_response_is_an_exception_and_only_2xx_is_accepted(
        self, case: ProviderCase, status: int, headers: tuple[tuple[str, str], ...], body: bytes
    ) -> None:
        for one in (body, case.accepted().body):
            outcome = case.provider.outcome(Response(status, headers, one))
            assert 200 <= status < 300 or outcome.kind is not OutcomeKind.ACCEPTED

    @EXAMPLES
    @given(body=ANY_BODY, content_type=st.sampled_from(CONTENT_TYPES))
    def test_no_request_raises_anything_but_a_value_error(
        self, case: ProviderCase, body: bytes, content_type: str
    ) -> None:
        request = case.request(PLAIN)
        damaged = Request("POST", request.target, (("content-type", content_type),), body)
        for method in (case.provider.server.receive, case.provider.server.sends):
            with suppress(ValueError):
                method(damaged)
        with suppress(ValueError):
            case.provider.server.accepted(damaged, [TOKEN])
        assert not case.is_authorised(damaged, case.account)


def _without_values(body: bytes) -> bytes:
    """The JSON with an empty value of the same type for each key."""
    with suppress(ValueError):
        document = json.loads(body)
        return json.dumps(_emptied(document)).encode()
    return b"?"


def _emptied(node: object) -> object:
    if isinstance(node, dict):
        return {key: _emptied(value) for key, value in node.items()}
    if isinstance(node, list):
        return []
    return type(node)() if node is not None else None
