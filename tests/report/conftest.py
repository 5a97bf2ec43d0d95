"""A summary of a quickstart as stats/ would give it, in numbers that are easy to check by eye; tests vary it by `replace`."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from benchkit.model.notice import Code, notice
from benchkit.model.summary import (
    ArmSummary,
    ConditionSummary,
    Contrast,
    DeliveryReport,
    Estimate,
    Summary,
    ThresholdResult,
    Turns,
    Verdict,
)

SMTP_FRESH = {
    "connect": 0.08, "tls": 0.92, "banner": 0.11, "ehlo": 0.22, "starttls": 0.09, "auth": 0.13,
    "mail": 0.10, "rcpt": 0.10, "data": 0.09, "content": 0.26,
}  # fmt: skip
SMTP_REUSED = {"mail": 0.10, "rcpt": 0.09, "data": 0.09, "content": 0.25}
API_FRESH = {"connect": 0.07, "tls": 0.81, "request": 0.12, "wait": 0.37, "response": 0.03}
API_REUSED = {"request": 0.12, "wait": 0.45, "response": 0.03}


def make_arm(name: str, phases: Mapping[str, float], turns: int) -> ArmSummary:
    total = sum(phases.values())
    times = {
        "p50": Estimate(total, 0.97 * total, 1.04 * total),
        "p90": Estimate(1.4 * total, 1.3 * total, 1.6 * total),
        "p95": Estimate(1.7 * total, 1.5 * total, 2.0 * total),
        "p99": Estimate(None, needs=400),
        "mean": Estimate(1.1 * total, 1.0 * total, 1.2 * total),
    }
    return ArmSummary(
        name=name, transport=name.split(",")[0], client="aiosmtplib" if name.startswith("smtp") else "httpx",
        condition="loopback", planned=300, accepted=300, failed=0, unsent=0, arrived=300, missing=0, duplicates=0, altered=0,
        turns=Turns(turns, turns, turns, turns), turns_to_close=turns + 1, service_ms=times, response_ms=times,
        wait_ms={"p50": Estimate(0.0)}, throughput_per_s=1000 / total, bytes_out=1_356_000, bytes_in=90_000,
        phases_ms=dict(phases), outcomes={"accepted": 300}, failure_rate=Estimate(0.0, 0.0, 0.0126), connections=300, late=0,
        connection="fresh" if "new" in name else "reuse",
    )  # fmt: skip


def make_contrast(arm: str, ratio: float, ci: tuple[float, float], verdict: Verdict, *, aa: bool = False) -> Contrast:
    return Contrast(
        arm=arm, baseline="api, reused", condition="loopback", metric="service", blocks=30, ratio=ratio, ci=ci,
        shift_ms=Estimate(1.2, 1.1, 1.3), shift_rtt=40.0, p_value=0.0001, verdict=verdict, aa=aa,
    )  # fmt: skip


@pytest.fixture
def quickstart() -> Summary:
    return Summary(
        run="20261122T020000Z-quickstart-1a2b3c4d",
        scenario="quickstart",
        question="Which is faster on this machine?",
        status="complete",
        valid=True,
        invalid_because=(),
        load_model="talk",
        rope=(0.9, 1.1),
        confidence=0.95,
        conditions=(ConditionSummary("loopback", 0.031, lab=False, note=""),),
        arms=(
            make_arm("smtp, new connection", SMTP_FRESH, 11),
            make_arm("smtp, reused", SMTP_REUSED, 4),
            make_arm("api, new connection", API_FRESH, 3),
            make_arm("api, reused", API_REUSED, 1),
            make_arm("api, reused again", API_REUSED, 1),
        ),
        contrasts=(
            make_contrast("api, reused again", 1.004, (0.98, 1.03), Verdict.EQUIVALENT, aa=True),
            make_contrast("smtp, reused", 0.84, (0.81, 0.88), Verdict.FASTER),
            make_contrast("api, new connection", 4.6, (4.4, 4.8), Verdict.SLOWER),
            make_contrast("smtp, new connection", 2.9, (2.7, 3.1), Verdict.SLOWER),
        ),
        thresholds=(
            ThresholdResult("api.response.p95", "< 250 ms", "api, reused", 1.02, "ms", crossed=False),
            ThresholdResult("smtp*.service.p95", "< 2 ms", "smtp, new connection", 3.57, "ms", crossed=True),
            ThresholdResult("*.service.p99", "< 9 ms", "smtp, reused", None, "ms", crossed=None),
        ),
        account=DeliveryReport(
            1550, 1550, 0, 0, 0, arrived_once=1550, missing=0, duplicates=0, altered=0, unaccounted=0
        ),
        overhead_us={"null transport": 14.2, "clock": 0.061},
        warnings=(notice(Code.RECORDED, text="the clock of this machine steps by 40 ns"),),
    )
