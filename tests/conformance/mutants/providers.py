"""Wrong email APIs: what a request leaves out or changes, what a response is taken for, what a receiving half lets through."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from benchkit.model.exchange import Credentials, Request, Response, SendingDomains
from benchkit.model.identity import PLACEHOLDER
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers import PROVIDERS
from benchkit.providers.mailgun import Mailgun
from benchkit.testing.batch_suite import BatchProviderSuite
from benchkit.testing.provider_case import SECRET, ProviderCase
from benchkit.testing.provider_suite import ProviderSuite
from tests.conformance.mutants.mutant import Altered, Mutant
from tests.conformance.test_providers import CASES

RIGHT = {case.provider.name: case for case in reversed(CASES)}  # the first way of each
REAL = PROVIDERS["mailgun"]
WHOLE, BCC, SUCCESS = (
    "test_a_plain_and_a_rich_mail_arrive_whole", "test_a_bcc_recipient_arrives_and_no_reader_sees_it",
    "test_a_status_of_success_alone_is_no_acceptance",
)  # fmt: skip
REFUSAL, HEADERS = "test_a_refusal_in_its_own_shape_is_understood", "test_header_fields_can_be_sent"
NUMBERS = count()
Change = Callable[[Message], Message]


def content(**changes: Callable[[Any], Any]) -> Any:
    """`request` of a message whose content's fields are changed."""
    return sends(
        lambda message: replace(
            message,
            content=replace(
                message.content, **{name: change(getattr(message.content, name)) for name, change in changes.items()}
            ),
        )
    )


def sends(change: Change) -> Any:
    return lambda message, account: REAL.request(change(message), account)


def asks(change: Callable[[Request], Request]) -> Any:
    """`request` with the HTTP request changed."""
    return lambda message, account: change(REAL.request(message, account))


def named(message: Message) -> Message:
    """Without the recipients that its content does not name."""
    known = {address.addr for address in (*message.content.to, *message.content.cc)}
    return replace(message, recipients=tuple(each for each in message.recipients if each in known))


def first_only(message: Message) -> Message:
    return replace(
        message, content=replace(message.content, to=message.content.to[:1]), recipients=message.recipients[:1]
    )


def bcc_as_cc(message: Message) -> Message:
    blind = [each for each in message.recipients if each not in named(message).recipients]
    sender = message.content.sender
    cc = (*message.content.cc, *(replace(sender, addr=each) for each in blind))
    return replace(message, content=replace(message.content, cc=cc))


def bearer(request: Request) -> Request:
    return replace(request, headers=(("authorization", f"Bearer {SECRET}"), *request.headers[1:]))


def numbered(request: Request) -> Request:
    return replace(request, headers=(*request.headers, ("x-number", str(next(NUMBERS)))))


def becomes(change: Callable[[Outcome, Response], Outcome]) -> Any:
    return lambda response: change(REAL.outcome(response), response)


def when(status: int, kind: OutcomeKind) -> Any:
    return becomes(lambda outcome, response: replace(outcome, kind=kind) if response.status == status else outcome)


def accepts_any_2xx(outcome: Outcome, response: Response) -> Outcome:
    return replace(outcome, kind=OutcomeKind.ACCEPTED) if 200 <= response.status < 300 else outcome


def reads_the_id_unasked(response: Response) -> Outcome:
    outcome = REAL.outcome(response)
    return replace(outcome, server_id=json.loads(response.body)["id"]) if response.status == 200 else outcome


def parses_every_body(response: Response) -> Outcome:
    json.loads(response.body)
    return REAL.outcome(response)


def waits_whole_seconds(response: Response) -> Outcome:
    """Retry-After may also be a date (RFC 9110 §10.2.3)."""
    int(response.header("retry-after") or 0)
    return REAL.outcome(response)


def one_id(outcome: Outcome, _: Response) -> Outcome:
    return replace(outcome, server_id="queued") if outcome.server_id else outcome


def lower_case(message: Message) -> Message:
    """RFC 5321 §2.4: case means something before the @."""
    cc = tuple(replace(address, addr=address.addr.lower()) for address in message.content.cc)
    return replace(
        message, content=replace(message.content, cc=cc), recipients=tuple(map(str.lower, message.recipients))
    )


def trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n"))


def server(**replaced: Any) -> Altered:
    return Altered(REAL.server, **replaced)


ROWS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    BCC: [
        ("Bcc dropped", {"request": sends(named)}),
        ("Bcc shown as Cc", {"request": sends(bcc_as_cc)}),
    ],
    "test_three_recipients_arrive": [("only the first recipient", {"request": sends(first_only)})],
    WHOLE: [
        ("attachments dropped", {"request": content(attachments=lambda _: ())}),
        ("an attachment of text instead of octets", {"request": content(
            attachments=lambda files: tuple(replace(file, data=file.data.decode("latin-1").encode()) for file in files))}),
        ("reply_to dropped", {"request": content(reply_to=lambda _: ())}),
        ("own header fields dropped", {"request": content(headers=lambda _: ())}),
        ("HTML dropped", {"request": content(html=lambda _: "")}),
        ("subject in ASCII", {"request": content(subject=lambda text: text.encode("ascii", "ignore").decode())}),
        ("subject in lower case", {"request": content(subject=str.lower)}),
        ("display names dropped", {"request": content(to=lambda to: tuple(replace(each, name="") for each in to))}),
        ("dots doubled", {"request": content(text=lambda text: text.replace("\n.", "\n.."))}),
        ("addresses in lower case", {"request": sends(lower_case)}),
        ("blanks at the ends of lines removed", {"request": content(text=trimmed)}),
        ("every file is octets", {"request": content(
            attachments=lambda files: tuple(replace(file, content_type="application/octet-stream") for file in files))}),
        ("the identity in the subject", {"request": content(subject=lambda text: f"{text} {PLACEHOLDER.decode()}")}),
    ],
    "test_the_credentials_are_those_of_the_documentation": [
        ("wrong auth scheme in both halves", {"request": asks(bearer), "server": server(check=lambda *_: None)}),
        ("no credentials", {"request": asks(lambda request: replace(request, headers=request.headers[1:]))}),
    ],
    "test_only_the_right_credentials_are_authorised": [
        ("every secret is right", {"server": server(check=lambda *_: None)}),
    ],
    "test_the_secret_stands_nowhere_it_could_be_read": [
        ("the key in the target", {"request": asks(lambda request: replace(request, target=f"{request.target}?key={SECRET}"))}),
        ("the key in the body", {"request": asks(lambda request: replace(request, body=request.body + SECRET.encode()))}),
    ],
    SUCCESS: [
        ("every 2xx is an acceptance", {"outcome": becomes(accepts_any_2xx)}),
        ("takes every body for JSON", {"outcome": parses_every_body}),
        ("200 without an id is an acceptance", {"outcome": when(200, OutcomeKind.ACCEPTED)}),
    ],
    "test_its_own_answer_with_a_key_removed_gives_an_outcome": [
        ("reads the id without asking whether it is there", {"outcome": reads_the_id_unasked}),
    ],
    REFUSAL: [
        ("429 is a rejection", {"outcome": when(429, OutcomeKind.REJECTED)}),
        ("503 is a rejection", {"outcome": when(503, OutcomeKind.REJECTED)}),
        ("a redirect is an acceptance", {"outcome": when(302, OutcomeKind.ACCEPTED)}),
        ("408 is a rejection", {"outcome": when(408, OutcomeKind.REJECTED)}),
        ("Retry-After is not read", {"outcome": becomes(lambda outcome, _: replace(outcome, retry_after_s=-1))}),
        ("the reason is lost", {"outcome": becomes(lambda outcome, _: replace(outcome, text=""))}),
    ],
    "test_it_says_what_it_is": [
        ("a host with a scheme", {"default_host": "https://api.mailgun.net"}),
        ("a host with a path", {"default_host": "api.mailgun.net/v3"}),
    ],
    "test_it_says_whose_domains_it_sends_with": [
        ("an address for a domain", {"sending_domains": lambda author, *_: SendingDomains(f"bounce@{author}", author)}),
    ],
    "test_the_identity_does_not_change_the_mail": [
        ("no identity", {"request": asks(lambda r: replace(r, body=r.body.replace(PLACEHOLDER, b"-" * len(PLACEHOLDER))))}),
    ],
    "test_a_request_depends_on_its_message_alone": [
        ("a number in every request", {"request": asks(numbered)}),
    ],
    "test_no_response_is_an_exception_and_only_2xx_is_accepted": [
        ("Retry-After taken for a number", {"outcome": waits_whole_seconds}),
    ],
    "test_an_acceptance_in_its_own_shape_is_understood": [
        ("one id for all mails", {"outcome": becomes(one_id)}),
    ],
    "test_a_return_path_is_kept_or_refused": [
        ("a return path dropped", {"request": sends(lambda one: replace(one, envelope_from=one.content.sender.addr))}),
    ],
    HEADERS: [
        ("no content type", {"request": asks(lambda request: replace(request, headers=request.headers[:1]))}),
        ("header names in capitals", {"request": asks(
            lambda request: replace(request, headers=tuple((name.title(), value) for name, value in request.headers)))}),
    ],
    "test_it_serves_what_it_asks_for_and_nothing_else": [
        ("every path is its endpoint", {"server": server(methods=lambda _: ("POST",))}),
    ],
}  # fmt: skip


class FirstForAll(Mailgun):
    def batch(self, messages: Sequence[Message], account: Credentials) -> Any:
        same = [replace(one, content=replace(one.content, text=messages[0].content.text)) for one in messages]
        return super().batch(same, account)


class OneOutcome(Mailgun):
    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        return super().outcomes(response, identities)[:1]


class AlwaysAccepted(Mailgun):
    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        return tuple(Outcome(OutcomeKind.ACCEPTED, 200) for _ in identities)


class OpenBatches(Mailgun):
    def batch(self, messages: Sequence[Message], account: Credentials) -> Any:
        return replace(super().batch(messages, account), headers=(("content-type", "multipart/form-data"),))


BATCH_ROWS: list[tuple[str, str, Any]] = [
    ("test_three_messages_share_a_request_and_each_arrives", "the first text for all", FirstForAll()),
    ("test_an_answer_is_one_outcome_for_each_message", "one outcome for several messages", OneOutcome()),
    ("test_an_answer_is_one_outcome_for_each_message", "all accepted, whatever the answer", AlwaysAccepted()),
    ("test_the_request_is_served_and_authorised", "no credentials on a batch", OpenBatches()),
]


def jmap_that_trusts() -> ProviderCase:
    """Its receiving half reads a key of the request without asking whether it is there."""
    right = RIGHT["jmap"]

    def receive(request: Request) -> Any:
        return json.loads(request.body)["methodCalls"] and right.provider.server.receive(request)

    return replace(right, provider=Altered(right.provider, server=Altered(right.provider.server, receive=receive)))


def mutants() -> Iterator[Mutant]:
    right = RIGHT["mailgun"]
    for test, rows in ROWS.items():
        for fault, replaced in rows:
            yield Mutant(fault, ProviderSuite, test, replace(right, provider=Altered(REAL, **replaced)), right)
    for test, fault, provider in BATCH_ROWS:
        yield Mutant(fault, BatchProviderSuite, test, replace(right, provider=provider), right)
    removed = "test_its_own_request_with_a_key_removed_is_received_or_refused"
    yield Mutant("a key of the request taken for granted", ProviderSuite, removed, jmap_that_trusts(), RIGHT["jmap"])
