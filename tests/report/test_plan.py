"""What a user sees before anything is sent: above all, whether it is real mail."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from benchkit.model.plan import ArmPlan, PlanSummary
from benchkit.model.tls_difference import TlsDifference
from benchkit.report.plan import render_plan
from benchkit.stats.precision import plan_precision

EMBEDDED = ArmPlan("smtp, fresh", "embedded smtp", False, 300, 10, 310, 11.0, 1_401_200)
OUTSIDE = ArmPlan(
    "relay",
    "smtp.example.com:587",
    True,
    300,
    10,
    4,
    None,
    1_401_200,
    embedded=False,
    deliveries=620,
    trial_connections=1,
)
NEARBY = replace(OUTSIDE, name="postfix", target="127.0.0.1:25", leaves_this_machine=False)
PLAN = PlanSummary(
    scenario="receipts",
    question="SMTP or API?",
    load="talk: one message at a time, 30 blocks of 10 after 1 of warm-up",
    arms=(EMBEDDED, replace(EMBEDDED, name="api", target="embedded api", connections=1, turns=1.032)),
    distinct_messages=40,
    recipients_sample=("ann@shop.example", "bob@shop.example"),
    distinct_recipients=40,
    duration_s=None,
)


def shown(plan: PlanSummary, *, width: int = 100) -> str:
    out = io.StringIO()
    render_plan(plan, Console(file=out, width=width))
    return out.getvalue()


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (PLAN, "Nothing leaves this machine"),
        (PLAN, "mail size"),
        (
            replace(PLAN, security=TlsDifference(("smtp",), ("api",))),
            "differ in security: without TLS “smtp”; with TLS “api”",
        ),
        (PLAN, "Scenario “receipts”: SMTP or API?"),
        (PLAN, "Load: talk: one message at a time, 30 blocks of 10"),
        (PLAN, "1.03"),
        (PLAN, "2.80 MB"),
        (PLAN, "40 distinct messages, to ann@shop.example, bob@shop.example and 38 more"),
        (
            replace(PLAN, round_trips=12_000),
            "Time: 12,000 round trips one after the other: about 4 min at an RTT of 20 ms",
        ),
        (
            replace(PLAN, duration_s=80.0, round_trips=12_000),
            "Time: about 1 min 20 s (12,000 round trips one after the other)",
        ),
        (replace(PLAN, duration_s=60.0), "Time: about 1 min\n"),
        (
            replace(PLAN, arms=(EMBEDDED, OUTSIDE)),
            "310 messages (620 deliveries) would leave through smtp.example.com:587.",
        ),
        (
            replace(PLAN, arms=(EMBEDDED, NEARBY)),
            "NOT EMBEDDED: 310 messages (620 deliveries) would go to 127.0.0.1:25, only to",
        ),
        (replace(PLAN, arms=(OUTSIDE, NEARBY)), "NOT EMBEDDED: 310 messages"),
        (
            replace(PLAN, arms=(OUTSIDE, NEARBY), probe_connections=6),
            "Connections without mail: 2 to learn what the servers offer (one for each of their arms), 6",
        ),
        (
            replace(PLAN, distinct_messages=1, distinct_recipients=2),
            "1 distinct message, to ann@shop.example, bob@shop.example\n",
        ),
        (
            replace(PLAN, arms=(NEARBY,), return_paths=("me@gmail.com",)),
            "A server that cannot deliver returns the mail to me@gmail.com.",
        ),
        (replace(PLAN, question=""), "Scenario “receipts”\n"),
    ],
)
def test_shows(plan: PlanSummary, expected: str) -> None:
    assert expected in shown(plan)


def test_a_sandbox_is_named_apart_from_real_mail() -> None:
    tested = replace(OUTSIDE, name="api", target="api.example.com:443", sandbox="o:testmode")
    page = shown(replace(PLAN, arms=(EMBEDDED, tested)))
    assert page.startswith("SANDBOX: 310 messages (620 deliveries) would go to api.example.com:443, in their test mode")
    assert "REAL MAIL" not in page
    assert "sandbox:" in page
    both = shown(replace(PLAN, arms=(OUTSIDE, tested)))
    assert both.startswith("REAL MAIL: 310 messages")
    assert "SANDBOX: 310 messages" in both
    assert "do not compare" in both
    assert "do not compare" not in page


def test_real_mail_is_the_first_word() -> None:
    assert shown(replace(PLAN, arms=(EMBEDDED, OUTSIDE))).startswith("REAL MAIL: 310 messages")
    assert not PLAN.real_mail


@pytest.mark.parametrize(
    ("blocks", "said", "not_said"),
    [
        (5, "Precision: none. This plan has too few blocks (5) for an interval", "nine of ten such runs call"),
        (5, "At 95 % confidence it takes at least 6", "EQUIVALENT"),
        (6, "the baseline's time SLOWER, and few of them call the same time EQUIVALENT", "none"),
        (20, "nine of ten such runs call 1.22× the baseline's time SLOWER, and at least 76", "none"),
    ],
)
def test_what_the_plan_can_see(blocks: int, said: str, not_said: str) -> None:
    text = " ".join(shown(replace(PLAN, precision=plan_precision(blocks, 1, (0.9, 1.1), 0.95))).split())
    assert said in text
    assert not_said not in text
    assert "Blocks that nine of ten runs need to call a ratio SLOWER: 1.15× in 102, 1.2× in 28" in text


@pytest.mark.parametrize("width", [70, 80, 100])
def test_fits_the_terminal(width: int) -> None:
    assert max(map(len, shown(replace(PLAN, arms=(EMBEDDED, OUTSIDE)), width=width).splitlines())) <= width


def test_a_plan_says_which_verdicts_its_faults_withhold() -> None:
    precision = plan_precision(30, 1, (0.9, 1.1), 0.95)
    text = " ".join(shown(replace(PLAN, precision=precision, without_verdict=("a, else b", "b, else a"))).split())
    assert "Precision of the other arms: nine of ten" in text
    assert "No verdict on the time of “a, else b”, “b, else a” is to be expected" in text
    assert "No verdict" not in shown(replace(PLAN, precision=precision))
