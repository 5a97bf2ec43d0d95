"""What an email API that fills in a request's template must guarantee: mails arrive as if the client had done it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from benchkit.model.contracts import TemplateProvider
from benchkit.model.exchange import BatchRequest
from benchkit.model.identity import find_identities
from benchkit.model.message import Address, Content, Message, canonical_text
from benchkit.testing.batch_suite import identities_of
from benchkit.testing.less_mail import less_and_less
from benchkit.testing.mail_strategies import AWKWARD, FILES, NAMES, WORDS, message_of
from benchkit.testing.provider_case import PLAIN, ProviderCase
from benchkit.testing.suite import EXAMPLES, Suite

LONG = "Our shop has moved to a larger house, and every order until Sunday is sent without a charge for postage. "
TAGS = st.sampled_from(
    [
        "{{name}}", "{{{v0}}}", "{{v0}}", "{{params.v0}}", "{{var:v0}}", "{% if x %}", "{#", "{", "}}", "\\", "%", "%x%",
        "-benchkit-v0-", "-benchkit-", "*|NAME|*", "p{margin:0}", "@media x{p{a:b}}", LONG, "\n\n",
    ]
)  # fmt: skip
FRAMES = st.lists(st.one_of(TAGS, WORDS), min_size=2, max_size=6)


@st.composite
def personal_mails(draw: st.DrawFn) -> list[Message]:
    """Mails of one template: the same frame around individual words, some of which look like template syntax."""
    frames, files = draw(st.tuples(FRAMES, FRAMES)), tuple(draw(st.lists(FILES, max_size=1)))
    mails = []
    for number in range(draw(st.integers(1, 5))):
        own = [[draw(st.one_of(WORDS, AWKWARD, TAGS)) for _ in frame] for frame in frames]
        text, html = (
            canonical_text("".join(f"{piece}{word}" for piece, word in zip(frame, words, strict=True)))
            for frame, words in zip(frames, own, strict=True)
        )
        to = (Address(draw(NAMES), f"{number}@x.example"),)
        content = Content(
            f"{number} {draw(WORDS)}".strip(), PLAIN.sender, to, text or "-", html or "-", attachments=files
        )
        mails.append(message_of(content))
    return mails


def newsletter() -> list[Message]:
    return [
        message_of(replace(PLAIN, to=(Address("", f"{i}@x.example"),), text=f"Dear {i},\n\n{LONG * 10}\n\nYour code: {i * i}"))
        for i in range(20)
    ]  # fmt: skip


def fills_in(case: ProviderCase) -> TemplateProvider:
    assert isinstance(case.provider, TemplateProvider), "it fills in no template: leave it out of this suite's cases"
    return case.provider


class TemplateProviderSuite(Suite):
    """Set `cases` to one ProviderCase for each way in which the provider fills in a template."""

    cases: ClassVar[Sequence[ProviderCase]] = ()

    def test_what_all_mails_have_stands_once(self, case: ProviderCase) -> None:
        provider, messages, members = fills_in(case), newsletter(), list(range(20))
        filled = provider.template_batch(messages, case.account).request(members, identities_of(members))
        whole = provider.batch(messages, case.account).request(members, identities_of(members))
        assert filled.body.count(LONG.strip().encode()) == 10
        assert len(filled.body) < len(whole.body) / 3
        contents = [mail.content for mail in provider.server.receive(filled)]
        assert contents == [mail.content for mail in provider.server.receive(whole)]
        assert contents == [message.content for message in messages]

    @EXAMPLES
    @given(messages=personal_mails(), data=st.data())
    def test_any_of_them_arrive_as_they_were_composed(
        self, case: ProviderCase, messages: list[Message], data: st.DataObject
    ) -> None:
        members = data.draw(st.lists(st.sampled_from(range(len(messages))), min_size=1, unique=True))
        combined, messages = _combined(case, messages)
        request = combined.request(members, identities_of(members))
        mails = case.provider.server.receive(request)
        assert [mail.content for mail in mails] == [messages[i].content for i in members]
        assert [mail.recipients for mail in mails] == [messages[i].recipients for i in members]
        assert list(find_identities(request.body, "0badcafe")) == identities_of(members)


def _combined(case: ProviderCase, messages: list[Message]) -> tuple[BatchRequest, list[Message]]:
    """Of the most that the API carries of each: what it cannot, it refuses with a ValueError."""
    for step in zip(*(less_and_less(message.content) for message in messages), strict=True):
        less = [message_of(content) for content in step]
        with suppress(ValueError):
            return fills_in(case).template_batch(less, case.account), less
    raise UnsatisfiedAssumption
