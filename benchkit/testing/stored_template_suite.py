"""What an email API with stored templates must guarantee: each mail arrives as if its client had filled it in."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from benchkit.model.contracts import StoredTemplateProvider
from benchkit.model.exchange import BatchRequest, Received, Request
from benchkit.model.identity import IdentitySlots, find_identities
from benchkit.model.message import Address, Content, Message
from benchkit.testing.batch_suite import identities_of
from benchkit.testing.less_mail import less_and_less
from benchkit.testing.mail_strategies import message_of
from benchkit.testing.provider_case import PLAIN, TOKEN, ProviderCase
from benchkit.testing.suite import EXAMPLES, Suite
from benchkit.testing.template_suite import LONG, personal_mails

PAGE = LONG.replace("house", "mansion")


def html_newsletter(*, with_text: bool) -> list[Message]:
    text = f"{LONG * 10}\n\nYour code: " if with_text else ""
    return [
        message_of(replace(PLAIN, to=(Address("", f"{i}@x.example"),), text=text and f"Dear {i},\n\n{text}{i * i}",
                           html=f"<p>Dear {i},</p>\n{PAGE * 10}<p>Your code: {i * i}</p>"))
        for i in range(20)
    ]  # fmt: skip


def stores(case: ProviderCase) -> StoredTemplateProvider:
    assert isinstance(case.provider, StoredTemplateProvider), (
        "it stores no template: leave it out of this suite's cases"
    )
    return case.provider


class StoredTemplateSuite(Suite):
    """Set `cases` to one ProviderCase for each way in which the provider fills in a template that was stored before."""

    cases: ClassVar[Sequence[ProviderCase]] = ()

    def test_a_request_of_one_mail_has_its_values_and_not_the_template(self, case: ProviderCase) -> None:
        messages = _carried_newsletter(case)
        requests = stores(case).stored(messages, case.account)
        template = stores(case).template(messages, case.account)
        assert template.body.count(PAGE.strip().encode()) == 10
        for message, request in zip(messages, requests, strict=True):
            assert PAGE.strip().encode() not in request.body
            assert request.method in case.provider.server.methods(request.target)
            assert case.provider.server.sends(request)
            (mail,) = _received(case, request, messages)
            assert (mail.content, mail.recipients) == (message.content, message.recipients)

    @EXAMPLES
    @given(messages=personal_mails())
    def test_any_mail_arrives_as_it_was_composed(self, case: ProviderCase, messages: list[Message]) -> None:
        requests, messages = _singles(case, messages)
        for message, request in zip(messages, requests, strict=True):
            sent = replace(request, body=IdentitySlots.of(request.body).filled(TOKEN))
            assert list(find_identities(sent.body, "0badcafe")) == [TOKEN]
            (mail,) = _received(case, sent, messages)
            assert mail.content == message.content
            assert mail.content.digest == message.digest
            assert mail.recipients == message.recipients

    @EXAMPLES
    @given(messages=personal_mails(), data=st.data())
    def test_any_of_them_share_a_request_and_arrive_as_they_were_composed(
        self, case: ProviderCase, messages: list[Message], data: st.DataObject
    ) -> None:
        if not _shares_requests(case):
            return
        members = data.draw(st.lists(st.sampled_from(range(len(messages))), min_size=1, unique=True))
        combined, messages = _combined(case, messages)
        request = combined.request(members, identities_of(members))
        mails = _received(case, request, messages)
        assert [mail.content for mail in mails] == [messages[i].content for i in members]
        assert [mail.recipients for mail in mails] == [messages[i].recipients for i in members]
        assert list(find_identities(request.body, "0badcafe")) == identities_of(members)

    def test_a_template_that_was_not_stored_is_no_exception(self, case: ProviderCase) -> None:
        """Some real ones refuse such a request, others send an empty mail."""
        for request in stores(case).stored(_carried_newsletter(case), case.account):
            with suppress(ValueError):
                case.provider.server.receive(request)


def _received(case: ProviderCase, request: Request, messages: Sequence[Message]) -> tuple[Received, ...]:
    template = stores(case).template(messages, case.account)
    server = case.provider.server
    return server.receive(server.with_uploads(request, {template.name: template.body}))


def _carried_newsletter(case: ProviderCase) -> list[Message]:
    """With both texts, or with the HTML text only."""
    for with_text in (True, False):
        messages = html_newsletter(with_text=with_text)
        with suppress(ValueError):
            stores(case).stored(messages, case.account)
            return messages
    raise AssertionError("it carries neither of the two newsletters")


def _shares_requests(case: ProviderCase) -> bool:
    """Some APIs take one message per request with a stored template; their provider declares it."""
    try:
        stores(case).stored_batch(_carried_newsletter(case), case.account)
    except ValueError:
        return False
    return True


def _singles(case: ProviderCase, messages: list[Message]) -> tuple[tuple[Request, ...], list[Message]]:
    for less in _less(messages):
        with suppress(ValueError):
            return stores(case).stored(less, case.account), less
    raise UnsatisfiedAssumption


def _combined(case: ProviderCase, messages: list[Message]) -> tuple[BatchRequest, list[Message]]:
    for less in _less(messages):
        with suppress(ValueError):
            return stores(case).stored_batch(less, case.account), less
    raise UnsatisfiedAssumption


def _less(messages: Sequence[Message]) -> list[list[Message]]:
    """What the API may carry: less of each mail step by step, then no files, and finally the HTML text only."""
    steps = [list(step) for step in zip(*(less_and_less(message.content) for message in messages), strict=True)][:-1]
    bare: list[Content] = [replace(content, attachments=()) for content in steps[-1]]
    steps += [
        bare,
        [replace(content, text="") for content in steps[-1]],
        [replace(content, text="") for content in bare],
    ]
    return [[message_of(content) for content in step] for step in steps]
