"""Wrong templates: values of another mail, a template in each request, one that the receiving half does not fill in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from benchkit.model.exchange import BatchRequest, Credentials, Request, StoredTemplate
from benchkit.model.identity import PLACEHOLDER
from benchkit.model.message import Message
from benchkit.providers.mailgun import Mailgun
from benchkit.providers.postmark import Postmark
from benchkit.testing.stored_template_suite import StoredTemplateSuite
from benchkit.testing.template_suite import TemplateProviderSuite
from tests.conformance.mutants.mutant import Altered, Mutant
from tests.conformance.mutants.providers import RIGHT

ONE = "test_a_request_of_one_mail_has_its_values_and_not_the_template"
ANY, SEVERAL = (
    "test_any_mail_arrives_as_it_was_composed",
    "test_any_of_them_share_a_request_and_arrive_as_they_were_composed",
)


class FirstValues(Postmark):
    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        return super().stored(messages, account)[:1] * len(messages)


class WholeTexts(Postmark):
    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        return tuple(self.request(message, account) for message in messages)


class OtherTemplate(Postmark):
    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        return super().template(messages[:1], account)


class OtherName(Postmark):
    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        return replace(super().template(messages, account), name="other")


class NoIdentity(Postmark):
    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        return tuple(
            replace(one, body=one.body.replace(PLACEHOLDER, b"-" * len(PLACEHOLDER)))
            for one in super().stored(messages, account)
        )


class Backwards(Postmark):
    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return super().stored_batch(messages[::-1], account)


class NeverTogether(Mailgun):
    def template_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return self.batch(messages, account)


class FirstTexts(Mailgun):
    def template_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        same = [replace(one, content=replace(one.content, text=messages[0].content.text)) for one in messages]
        return super().template_batch(same, account)


ROWS: list[tuple[str, str, Any]] = [
    (ONE, "the values of the first mail for all", FirstValues()),
    (ONE, "the whole texts in each request", WholeTexts()),
    (ONE, "a template of the first mail alone", OtherTemplate()),
    (ONE, "a template under another name", OtherName()),
    (ONE, "stored templates are not filled in",
     Altered(Postmark(), server=Altered(Postmark.server, with_uploads=lambda request, _: request))),
    (ANY, "no identity beside the values", NoIdentity()),
    (SEVERAL, "the values in another order", Backwards()),
]  # fmt: skip
IN_REQUEST: list[tuple[str, str, Any]] = [
    ("test_what_all_mails_have_stands_once", "the whole texts for each", NeverTogether()),
    ("test_what_all_mails_have_stands_once", "the text of the first for all", FirstTexts()),
]


def mutants() -> Iterator[Mutant]:
    for suite, name, rows in (
        (StoredTemplateSuite, "postmark", ROWS), (TemplateProviderSuite, "mailgun", IN_REQUEST),
    ):  # fmt: skip
        for test, fault, provider in rows:
            yield Mutant(fault, suite, test, replace(RIGHT[name], provider=provider), RIGHT[name])
