"""Every trap of what providers answer has a row somewhere in this room's tables: which one, by its name.

A trap without a row, or a row that is no longer there, fails here. That the rows hold, their own tests say.
"""

from __future__ import annotations

import pytest

from benchkit.model.outcome import OutcomeKind
from benchkit.providers import PROVIDERS
from tests.providers.answer_rows import BATCHES, ROWS
from tests.providers.test_named_answers import IN_BATCHES, PARTLY

ROW_NAMES = {f"{row.provider}: {row.what}" for row in ROWS}

# The trap, and the rows of answer_rows.py that are about it.
ANSWERS: dict[str, tuple[str, ...]] = {
    "an empty success body": ("sendgrid: an empty 202", "mailersend: an empty 202", "graph: an empty 202"),
    "an empty body that is no success": ("sendgrid: 202 without an id", "mailersend: 202 without an id",
                                         "azure: an empty 202", "mailgun: too large"),
    "the id only in a header field": ("sendgrid: an empty 202", "mailersend: an empty 202"),
    "a list as the success": ("mandrill: a list", "mandrill: an empty list"),
    "200 of a wrong path": ("mailgun: 200 of a wrong path",),
    "200 that means failure": ("postmark: 200 that means failure", "sparkpost: 200: all rejected",
                               "mandrill: 200: all rejected", "cloudflare: 200: all bounced",
                               "cloudflare: 200 without success", "mailtrap: 200 without success",
                               "smtp2go: 200: none succeeded", "graph: 200: too large, not sent"),
    "202 that means failure": ("mailersend: 202: all are suppressed", "azure: an operation that failed"),
    "200 in a sandbox, 202 otherwise": ("sendgrid: 200 is no acceptance (sandbox)",),
    "201, and 200 is none": ("brevo: 200 is no acceptance",),
    "success with refused recipients": ("postmark: accepted but for inactive ones", "sparkpost: 200 with errors and results",
                                        "mandrill: one rejected", "cloudflare: one bounced",
                                        "mailersend: some are suppressed"),
    "success with Retry-After": ("graph: 202 with Retry-After is no cause for a retry",),
    "a bare JSON string": ("mailgun: 401 is a bare JSON string",),
    "a limit that is a 400": ("ses: a limit, 400", "ses: a quota, 400"),
    "a limit that is a 403": ("gmail: a limit that is a 403", "gmail: a limit of the user"),
    "a limit that is a 420": ("sparkpost: 420", "mailgun: 420"),
    "a quota that is a 429": ("resend: a quota",),
    "500 that is final": ("mandrill: 500 that is final",),
    "500 that may pass": ("mandrill: 500 that may pass",),
    "no User-Agent": ("resend: no User-Agent",),
    "another body under the same idempotency key": ("resend: another body under the same key",),
}  # fmt: skip
OF_SEVERAL: dict[str, tuple[str, ...]] = {
    "a code for each in a 200": ("Postmark's list, each with its own code", "SES's statuses within 200",
                                 "Mailtrap, each with its own success", "Mandrill's rows in order"),
    "4xx that is partial success": ("Mailjet: 4xx that is partial success",),
    "200 that is partial failure, by place": ("Resend: permissive, 200 that is partial failure",),
    "numbers that do not say which": ("SparkPost: one of three rejected, and not said which",),
    "answers in another order": ("Graph's $batch, in any order",),
    "one id for all, judged later": ("MailerSend's bulk is judged later",),
    "an id for each and nothing else": ("SMTP2GO's ids in order", "Brevo's ids in order"),
    "too few rows": ("Postmark: too few rows", "Resend: a row is missing", "Mailjet: a row is missing",
                     "Brevo: an id is missing", "Mandrill: a row is missing", "SMTP2GO: a row is missing"),
    "all or none": ("SendGrid: all or none", "Postmark: 422 for all"),
}  # fmt: skip
# What the sink plays of them: a mail for two of which one is refused, and two mails in a request.
PLAYED = {
    ("postmark", "some_inactive"), ("sparkpost", "some_rejected"), ("mandrill", "some_rejected"), ("mandrill", "some_invalid"),
    ("cloudflare", "some_bounced"), ("mailersend", "some_suppressed"), ("smtp2go", "some_failed"),
}  # fmt: skip
PLAYED_OF_SEVERAL = {("mailjet", "some_refused"), ("mailtrap", "some_refused"), ("resend", "some_invalid")}


@pytest.mark.parametrize("trap", ANSWERS)
def test_a_trap_of_an_answer_has_its_rows(trap: str) -> None:
    assert ANSWERS[trap]
    assert set(ANSWERS[trap]) <= ROW_NAMES


@pytest.mark.parametrize("trap", OF_SEVERAL)
def test_a_trap_of_an_answer_to_several_has_its_rows(trap: str) -> None:
    assert set(OF_SEVERAL[trap]) <= set(BATCHES)


def test_the_sink_plays_each_partial_answer() -> None:
    assert set(PARTLY) >= PLAYED
    assert set(IN_BATCHES) >= PLAYED_OF_SEVERAL


@pytest.mark.parametrize("name", PROVIDERS.names())
def test_each_provider_has_an_error_a_limit_and_an_acceptance(name: str) -> None:
    kinds = {row.kind for row in ROWS if row.provider == name}
    assert kinds >= {OutcomeKind.ACCEPTED, OutcomeKind.REJECTED} or name == "jmap"  # whose rows are in test_jmap.py
    limits = {
        answer for answer, one in PROVIDERS[name].server.answers.items() if getattr(one, "status", 0) in (420, 429)
    }
    assert limits or name in ("mandrill", "ses", "jmap")  # which say it another way; test_named_answers.py has that
