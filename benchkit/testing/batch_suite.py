"""What an email API that takes several messages in one request must guarantee: each message has its own outcome."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from time import time
from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from benchkit.model.contracts import BatchProvider, SigningProvider
from benchkit.model.exchange import BatchRequest, Request, Response
from benchkit.model.identity import find_identities, token_of, without_identities
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import OutcomeKind
from benchkit.testing.damage import without_each_key
from benchkit.testing.less_mail import less_and_less
from benchkit.testing.mail_strategies import ADDRESSES, BODIES, FILES, NAMES, message_of
from benchkit.testing.provider_case import PLAIN, SECRET, ProviderCase
from benchkit.testing.provider_suite import ANY_BODY, CONTENT_TYPES, STATUSES
from benchkit.testing.suite import EXAMPLES, Suite


@st.composite
def mails_for_one_request(draw: st.DrawFn) -> list[Message]:
    """Mails that every such API takes together: one sender, the same files, a different recipient for each."""
    sender, files = draw(ADDRESSES), tuple(draw(st.lists(FILES, max_size=2)))
    bodies = draw(st.lists(st.tuples(NAMES, BODIES, NAMES), min_size=1, max_size=5))
    return [
        message_of(Content(subject, sender, (Address(name, f"{number}@x.example"),), *texts, attachments=files))
        for number, (subject, texts, name) in enumerate(bodies)
    ]


def identities_of(members: list[int]) -> list[bytes]:
    return [token_of("0badcafe", 10 * (i + 1)) for i in members]


def three() -> list[Message]:
    return [
        message_of(replace(PLAIN, to=(Address("", f"{number}@x.example"),), text=f"{number}")) for number in range(3)
    ]


def batches_of(case: ProviderCase) -> BatchProvider:
    assert isinstance(case.provider, BatchProvider), (
        "it takes one message a request: leave it out of this suite's cases"
    )
    return case.provider


def any_batch(case: ProviderCase, messages: list[Message]) -> tuple[BatchRequest, list[Message]]:
    """A batch with as much of each mail as the API can carry; `batch` refuses the rest with a ValueError."""
    for step in zip(*(less_and_less(message.content) for message in messages), strict=True):
        less = [message_of(content) for content in step]
        with suppress(ValueError):
            return batches_of(case).batch(less, case.account), less
    raise UnsatisfiedAssumption


class BatchProviderSuite(Suite):
    """Set `cases` to one ProviderCase for each way in which the provider takes several messages in one request."""

    cases: ClassVar[Sequence[ProviderCase]] = ()

    def test_it_takes_more_than_one(self, case: ProviderCase) -> None:
        assert batches_of(case).batch_limit > 1

    def test_three_messages_share_a_request_and_each_arrives(self, case: ProviderCase) -> None:
        provider, messages, members = batches_of(case), three(), [2, 0]
        request = provider.batch(messages, case.account).request(members, identities_of(members))
        mails = provider.server.receive(request)
        assert [mail.content for mail in mails] == [messages[i].content for i in members]
        assert [mail.recipients for mail in mails] == [messages[i].recipients for i in members]

    @EXAMPLES
    @given(messages=mails_for_one_request(), data=st.data())
    def test_any_of_them_share_a_request_and_each_arrives_as_it_was_composed(
        self, case: ProviderCase, messages: list[Message], data: st.DataObject
    ) -> None:
        provider = batches_of(case)
        members = data.draw(st.lists(st.sampled_from(range(len(messages))), min_size=1, unique=True))
        combined, messages = any_batch(case, messages)
        request = combined.request(members, identities_of(members))
        mails = provider.server.receive(request)
        assert [mail.content for mail in mails] == [messages[i].content for i in members]
        assert [mail.recipients for mail in mails] == [messages[i].recipients for i in members]
        assert list(find_identities(request.body, "0badcafe")) == identities_of(members)

    def test_the_request_is_served_and_authorised(self, case: ProviderCase) -> None:
        provider, members = batches_of(case), [2, 0]
        request = provider.batch(three(), case.account).request(members, identities_of(members))
        assert request.method in provider.server.methods(request.target)
        request = replace(request, headers=(("host", "localhost"), ("user-agent", "benchkit"), *request.headers))
        if isinstance(provider, SigningProvider):
            request = provider.signed(request, case.account, "localhost", time())
        assert case.is_authorised(request, case.account)
        for name, value in case.credentials.items():
            assert request.header(name).startswith(value)
        assert SECRET.encode() not in request.body or case.key_in_body

    @EXAMPLES
    @given(messages=mails_for_one_request())
    def test_the_bytes_of_a_request_without_its_identities_depend_on_its_mails_alone(
        self, case: ProviderCase, messages: list[Message]
    ) -> None:
        provider, members = batches_of(case), list(range(len(messages)))
        combined, messages = any_batch(case, messages)
        first, second = (identities_of([i + shift for i in members]) for shift in (0, 100))
        bare = [without_identities(combined.request(members, ids).body, ids) for ids in (first, second)]
        assert bare[0] == bare[1]
        request = combined.request(members, first)
        assert provider.server.receive(replace(request, body=bare[0])) == provider.server.receive(request)

    def test_an_answer_is_one_outcome_for_each_message(self, case: ProviderCase) -> None:
        provider, identities = batches_of(case), identities_of([0, 1, 2])
        accepted = provider.outcomes(_accepted(case, identities), identities)
        assert [outcome.kind for outcome in accepted] == [OutcomeKind.ACCEPTED] * 3
        for status, kind in STATUSES.items():
            refused = provider.outcomes(provider.server.refused(status, "because"), identities)
            assert [(outcome.kind, outcome.code) for outcome in refused] == [(kind, status)] * 3

    def test_its_own_answer_with_a_key_removed_gives_an_outcome_for_each(self, case: ProviderCase) -> None:
        provider, identities = batches_of(case), identities_of([0, 1])
        response = _accepted(case, identities)
        for body in without_each_key(response.body):
            assert len(provider.outcomes(replace(response, body=body), identities)) == 2

    @EXAMPLES
    @given(status=st.integers(0, 999), body=ANY_BODY)
    def test_no_answer_to_several_is_an_exception_and_only_2xx_is_accepted(
        self, case: ProviderCase, status: int, body: bytes
    ) -> None:
        outcomes = batches_of(case).outcomes(Response(status, (), body), identities_of([0, 1]))
        assert len(outcomes) == 2
        assert 200 <= status < 300 or all(outcome.kind is not OutcomeKind.ACCEPTED for outcome in outcomes)

    @EXAMPLES
    @given(body=ANY_BODY, content_type=st.sampled_from(CONTENT_TYPES))
    def test_no_request_of_several_raises_anything_but_a_value_error(
        self, case: ProviderCase, body: bytes, content_type: str
    ) -> None:
        target = case.request(PLAIN).target
        with suppress(ValueError):
            batches_of(case).server.receive(Request("POST", target, (("content-type", content_type),), body))

    def test_what_cannot_share_a_request_is_refused_with_a_value_error(self, case: ProviderCase) -> None:
        """Or each of them arrives whole: two senders, and a message with recipients that are not named in it."""
        provider, (first, second, third) = batches_of(case), three()
        other = replace(PLAIN, sender=Address("", "other@shop.example"), to=second.content.to)
        for messages in (
            [first, message_of(other)],
            [first, replace(third, recipients=(*third.recipients, "b@x.example"))],
        ):
            try:
                request = provider.batch(messages, case.account).request([0, 1], identities_of([0, 1]))
            except ValueError:
                continue
            mails = provider.server.receive(request)
            assert [mail.content for mail in mails] == [message.content for message in messages]
            assert [mail.recipients for mail in mails] == [message.recipients for message in messages]


def _accepted(case: ProviderCase, identities: list[bytes]) -> Response:
    """The answer to a request with the first `count` of three messages."""
    provider, members = batches_of(case), list(range(len(identities)))
    return provider.server.accepted(provider.batch(three(), case.account).request(members, identities), identities)
