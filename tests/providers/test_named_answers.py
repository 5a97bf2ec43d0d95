"""Each answer that a fault can ask for, from the sink that plays its provider to benchkit's own client: the right outcome.

What the outcome says is refused did not arrive, and the rest did, once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from benchkit.batch import to_mime
from benchkit.model.contracts import BatchProvider
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Fault, Security
from benchkit.providers import PROVIDERS
from benchkit.testing.client_at_sink import ClientAtSink, converse
from benchkit.testing.shared_request_suite import send_together

ACCEPTED, REJECTED = OutcomeKind.ACCEPTED, OutcomeKind.REJECTED
THROTTLED, DEFERRED, GARBLED = OutcomeKind.THROTTLED, OutcomeKind.DEFERRED, OutcomeKind.GARBLED
FIRST, LAST = "ann@x.example", "bob@x.example"
CONTENT = Content("hello", Address("", "shop@shop.example"), (Address("", FIRST), Address("", LAST)), text="hello\n")
MAIL = Message(0, CONTENT, to_mime(CONTENT), "shop@shop.example", (FIRST, LAST))

# Of each provider: the answers to a mail for two recipients that are not a final refusal, by what becomes of it.
QUOTAS = {"entry_account_throttled", "entry_account_daily_quota_exceeded"}
LIMITS: Mapping[str, set[str]] = {
    "azure": {"rate_limit"},
    "brevo": {"rate_limit"},
    "cloudflare": {"throttled"},
    "gmail": {"rate_limit", "user_rate_limit", "daily_limit", "rate_limit_429"},
    "graph": {"throttled", "some_throttled"},
    "jmap": {"too_many_requests", "rate_limit", "over_rate"},
    "mailersend": {"quota", "rate_limit"},
    "mailgun": {"request_limit", "bytes_limit", "recipient_limit"},
    "mailjet": {"rate_limit"},
    "mailtrap": {"rate_limit"},
    "postmark": {"rate_limit"},
    "resend": {"rate_limit", "daily_quota", "monthly_quota"},
    "sendgrid": {"rate_limit"},
    "ses": {"limit_exceeded", "sending_rate", "sending_rate_400", "daily_quota", *QUOTAS},
    "smtp2go": {"blocked"},
    "sparkpost": {"sending_limit", "rate_limit"},
}
LATER: Mapping[str, set[str]] = {
    "cloudflare": {"internal_error"},
    "gmail": {"backend_error", "unavailable"},
    "graph": {"unavailable"},
    "jmap": {"server_unavailable", "server_fail"},
    "mandrill": {"general_error", "unavailable"},
    "postmark": {"maintenance"},
    "resend": {"application_error", "key_in_use"},
    "sendgrid": {"internal_error"},
    "ses": {"unavailable"},
}
UNREADABLE: Mapping[str, set[str]] = {"azure": {"failed_at_once"}}
# Accepted for the first recipient; whether the answer names the one that it refused.
PARTLY: Mapping[tuple[str, str], bool] = {
    ("cloudflare", "some_bounced"): True,
    ("mailersend", "some_suppressed"): True,
    ("mandrill", "some_rejected"): True,
    ("mandrill", "some_invalid"): True,
    ("postmark", "some_inactive"): True,
    ("smtp2go", "some_failed"): False,
    ("sparkpost", "some_rejected"): False,
}
WHOLE = {("graph", "accepted_with_retry_after")}
# Of two messages in a request the last is refused.
IN_BATCHES: Mapping[tuple[str, str], list[OutcomeKind]] = {
    ("postmark", "some_inactive"): [ACCEPTED, REJECTED],
    ("mailjet", "some_refused"): [ACCEPTED, REJECTED],
    ("mailtrap", "some_refused"): [ACCEPTED, REJECTED],
    ("mandrill", "some_rejected"): [ACCEPTED, REJECTED],
    ("mandrill", "some_invalid"): [ACCEPTED, REJECTED],
    ("resend", "some_invalid"): [ACCEPTED, REJECTED],
    ("graph", "some_throttled"): [ACCEPTED, THROTTLED],
    ("jmap", "forbidden_from"): [ACCEPTED, REJECTED],
    ("jmap", "over_rate"): [ACCEPTED, THROTTLED],
    ("ses", "entry_message_rejected"): [ACCEPTED, REJECTED],
    ("ses", "entry_mail_from_domain_not_verified"): [ACCEPTED, REJECTED],
    ("ses", "entry_configuration_set_not_found"): [ACCEPTED, REJECTED],
    ("ses", "entry_template_not_found"): [ACCEPTED, REJECTED],
    ("ses", "entry_account_suspended"): [ACCEPTED, REJECTED],
    ("ses", "entry_account_throttled"): [ACCEPTED, THROTTLED],
    ("ses", "entry_account_daily_quota_exceeded"): [ACCEPTED, THROTTLED],
    ("ses", "entry_invalid_sending_pool_name"): [ACCEPTED, REJECTED],
    ("ses", "entry_account_sending_paused"): [ACCEPTED, REJECTED],
    ("ses", "entry_configuration_set_sending_paused"): [ACCEPTED, REJECTED],
    ("ses", "entry_invalid_parameter"): [ACCEPTED, REJECTED],
    ("ses", "entry_transient_failure"): [ACCEPTED, DEFERRED],
    ("ses", "entry_failed"): [ACCEPTED, DEFERRED],
    ("sparkpost", "some_rejected"): [GARBLED, GARBLED],  # the answer does not say which of the two it was
    ("sendgrid", "unverified_sender"): [REJECTED, REJECTED],
    ("mailgun", "request_limit"): [THROTTLED, THROTTLED],
    ("brevo", "no_credits"): [REJECTED, REJECTED],
}
OPTIONS = {"graph": {"endpoint": "json"}, "resend": {"validation": "permissive"}}
ANSWERS = [(name, answer) for name in PROVIDERS.names() for answer in PROVIDERS[name].server.answers]


def arm(provider: str, fault: Fault, **more: object) -> ArmSpec:
    plain = ArmSpec("arm", "api", "wire", ConnectionPolicy(0), Security.NONE, provider=provider, timeout_s=10.0)
    return replace(plain, faults=(fault,), **more)  # type: ignore[arg-type]


def outcome_of(provider: str, fault: Fault) -> tuple[Outcome, ClientAtSink]:
    found: list[Outcome] = []

    async def conversation(seen: ClientAtSink) -> None:
        await seen.connect()
        found.append(await seen.send(MAIL))

    seen = converse(arm(provider, fault), conversation)
    return found[0], seen


def expected_kind(provider: str, answer: str) -> OutcomeKind:
    if (provider, answer) in PARTLY or (provider, answer) in WHOLE:
        return ACCEPTED
    tables = ((LIMITS, THROTTLED), (LATER, DEFERRED), (UNREADABLE, GARBLED))
    return next((kind for table, kind in tables if answer in table.get(provider, ())), REJECTED)


@pytest.mark.parametrize(("provider", "answer"), ANSWERS)
def test_an_answer_is_the_right_outcome_and_only_what_it_accepts_has_arrived(provider: str, answer: str) -> None:
    outcome, seen = outcome_of(provider, Fault("request", answer=answer))
    assert outcome.kind is expected_kind(provider, answer)
    assert outcome.code == PROVIDERS[provider].server.answers[answer].status or answer.startswith(("some_", "entry_"))  # type: ignore[attr-defined]
    partly = (provider, answer) in PARTLY
    arrived = [mail.recipients for mail in seen.mails(arm(provider, Fault("request")))]
    assert arrived == ([(FIRST,) if partly else (FIRST, LAST)] if outcome.kind is ACCEPTED else [])
    assert outcome.refused == ((LAST,) if PARTLY.get((provider, answer)) else ())
    assert outcome.text or (provider, answer) in WHOLE


@pytest.mark.parametrize(("provider", "answer"), IN_BATCHES)
def test_an_answer_to_two_messages(provider: str, answer: str) -> None:
    kinds: list[OutcomeKind] = []

    async def conversation(seen: ClientAtSink) -> None:
        await seen.connect()
        kinds.extend(await send_together(seen, [0, 1]))

    options = OPTIONS.get(provider, {})
    seen = converse(
        arm(provider, Fault("request", answer=answer), messages_per_request=5, options=options), conversation
    )
    assert kinds == IN_BATCHES[provider, answer]
    taken = [number for number, kind in enumerate(kinds) if kind is ACCEPTED]
    assert seen.arrived == taken or (kinds == [GARBLED] * 2 and seen.arrived == [0])


def test_every_batch_that_can_be_partly_refused_is_tried() -> None:
    tried = {provider for provider, _ in IN_BATCHES}
    one_answer_for_all = {"mailersend", "smtp2go"}  # a list of mails is judged later
    assert tried | one_answer_for_all >= {n for n in PROVIDERS.names() if isinstance(PROVIDERS[n], BatchProvider)}


@pytest.mark.parametrize("provider", PROVIDERS.names())
def test_tables_name_answers_that_exist(provider: str) -> None:
    named = LIMITS.get(provider, set()) | LATER.get(provider, set()) | UNREADABLE.get(provider, set())
    named |= {answer for name, answer in [*PARTLY, *WHOLE, *IN_BATCHES] if name == provider}
    assert named <= set(PROVIDERS[provider].server.answers)
    assert "wrong_key" in PROVIDERS[provider].server.answers or len(PROVIDERS[provider].server.answers) > 4


def refused_with(provider: str, fault: Fault) -> tuple[int, ...]:
    outcome, _ = outcome_of(provider, fault)
    return outcome.retry_after_s, outcome.rate_limit, outcome.rate_remaining, outcome.rate_reset_s


HINTS: Sequence[tuple[str, Fault, tuple[int, ...]]] = (
    ("resend", Fault("request", answer="rate_limit"), (1, 5, 0, 1)),
    ("resend", Fault("request", answer="daily_quota", retry_after_s=60), (60, -1, -1, -1)),
    ("resend", Fault("request", status=429, retry_after_s=7), (7, 1, 0, 7)),
    ("brevo", Fault("request", answer="rate_limit"), (-1, 1000, 0, 1)),
    ("brevo", Fault("request", status=429), (-1, 1, 0, 1)),
    ("sendgrid", Fault("request", answer="rate_limit"), (-1, 600, 0, 30)),
    ("mailersend", Fault("request", answer="rate_limit"), (30, 120, 0, 30)),
    ("mailersend", Fault("request", answer="quota"), (3600, -1, -1, -1)),
    ("mailgun", Fault("request", answer="request_limit"), (120, -1, -1, -1)),
    ("graph", Fault("request", answer="throttled"), (10, -1, -1, -1)),
    ("graph", Fault("request", answer="accepted_with_retry_after"), (5, -1, -1, -1)),
    ("ses", Fault("request", answer="sending_rate"), (-1, -1, -1, -1)),
    ("postmark", Fault("request", answer="rate_limit"), (-1, -1, -1, -1)),
)


@pytest.mark.parametrize(("provider", "fault", "hints"), HINTS)
def test_the_hints_of_an_answer_are_read(provider: str, fault: Fault, hints: tuple[int, ...]) -> None:
    assert refused_with(provider, fault) == hints
