"""The checks of a certification: pure functions from stored runs and their summaries to checks with their limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from benchkit.experiment.certify.scenarios import CertifiedSequence
from benchkit.model.certificate import CertificationCheck
from benchkit.model.notice import Code
from benchkit.model.plain_number import significant
from benchkit.model.run import ConditionRecord, Run
from benchkit.model.summary import Agreement, Estimate, LatencyFit, Summary
from benchkit.stats.clock_ratio import clock_ratio

LINK_TOLERANCE, LINK_TOLERANCE_MS = 0.02, 0.5
SLOPE_TOLERANCE = 0.10
DELAY_TOLERANCE_MS = 1.0
CLOCK_TOLERANCE = 0.01
CLIENT_TOLERANCE, CLIENT_TOLERANCE_TURNS = 0.05, 0.12  # of the round trips, and of one at 40 ms for the processors
OWN_TIME_A_TURN_MS, OWN_TIME_MS = 1.0, 2.0  # both ends' processors, TLS included, on a machine that is not idle
MOST_OVERHEAD_US = 100.0
LEAST_PER_S = 250  # through the slowest of Python's clients, which shares the machine with the sink


def link_checks(conditions: Iterable[ConditionRecord]) -> Iterator[CertificationCheck]:
    """The kernel's smallest round trip on the link against the configured RTT."""
    for condition in conditions:
        configured_ms, found_ms = condition.asked.get("rtt_ms") or 0.0, condition.rtt_ms
        tolerance_ms = max(LINK_TOLERANCE * configured_ms, LINK_TOLERANCE_MS)
        passed = found_ms is not None and abs(found_ms - configured_ms) <= tolerance_ms
        found = "not known" if found_ms is None else f"RTT {found_ms:.2f} ms"
        expected = f"{significant(configured_ms)} ± {significant(tolerance_ms)} ms"
        yield CertificationCheck("link", condition.name, passed, found, expected, of_time=True)


def clock_check(run: Run) -> CertificationCheck:
    """The worker's time stamps against those of the sink process, from the first acceptance to the last."""
    ratio, expected = clock_ratio(run), f"1 ± {significant(CLOCK_TOLERANCE)}"
    passed = ratio is not None and abs(ratio - 1) <= CLOCK_TOLERANCE
    return CertificationCheck(
        "clock", "worker ÷ sink", passed, "not known" if ratio is None else f"{ratio:.4f}", expected
    )


def sweep_checks(dialogues: tuple[CertifiedSequence, ...], summary: Summary) -> Iterator[CertificationCheck]:
    """For each dialogue: counted round trips, packets, slope and intercept over RTT; then A/A and the whole run."""
    fits = {fit.arm: fit for fit in summary.fits}
    for dialogue in dialogues:
        own = [agreement for agreement in summary.agreements if agreement.arm == dialogue.arm.name]
        yield _turns(dialogue, summary)
        yield _wire(dialogue, own)
        yield from _times(dialogue, fits.get(dialogue.arm.name))
    for contrast in summary.contrasts:
        if contrast.aa and contrast.ratio is not None:
            differs = any(
                one.code is Code.AA_DIFFERS and one.arguments["arm"] == contrast.arm for one in summary.invalid_because
            )
            subject, expected = f"{contrast.arm}, {contrast.condition}", "no difference from its twin"
            yield CertificationCheck("A/A", subject, not differs, f"{contrast.ratio:.3f}", expected, of_time=True)
    reasons = [one.code for one in summary.invalid_because if one.code is not Code.AA_DIFFERS]
    yield CertificationCheck("every message", "all dialogues", not reasons, ", ".join(reasons) or "valid", "valid")


def _found(summary: Summary) -> str:
    return ", ".join(one.code for one in summary.invalid_because) or "valid"


def delay_checks(grown_ms: Mapping[str, Estimate], injected_ms: Mapping[str, float]) -> Iterator[CertificationCheck]:
    """Each phase must grow by exactly its injected delay: by the median over paired blocks."""
    for phase in sorted({*grown_ms, *injected_ms}):
        found, expected_ms = grown_ms.get(phase, Estimate(0.0)), injected_ms.get(phase, 0.0)
        passed = found.value is not None and abs(found.value - expected_ms) <= DELAY_TOLERANCE_MS
        text = "not known" if found.value is None else f"{found.value:.2f} ms"
        interval = "" if found.low is None or found.high is None else f" [{found.low:.2f}, {found.high:.2f}]"
        expected = f"{significant(expected_ms)} ± {significant(DELAY_TOLERANCE_MS)} ms"
        yield CertificationCheck("injected delay", phase, passed, text + interval, expected, of_time=True)


def client_checks(size: str, summary: Summary) -> Iterator[CertificationCheck]:
    """For each library on a kept connection: its time in round trips, which must not grow with the size of the message."""
    rtt_ms = summary.conditions[0].rtt_ms
    for arm in summary.arms:
        turns, median_ms = (arm.turns.median if arm.turns else None), arm.service_ms["p50"].value
        known = bool(rtt_ms) and turns is not None and median_ms is not None
        found = median_ms / rtt_ms if known and rtt_ms and median_ms else float("nan")
        most = CLIENT_TOLERANCE * (turns or 0) + CLIENT_TOLERANCE_TURNS
        passed = known and abs(found - (turns or 0)) <= most
        text = f"{found:.2f} round trips" if known else "not known"
        yield CertificationCheck(
            "client",
            f"{arm.name}, {size}",
            passed,
            text,
            f"{significant(turns or 0)} ± {significant(most, 2)}",
            of_time=True,
        )


def overhead_check(overhead_us: Mapping[str, float]) -> CertificationCheck:
    cost = overhead_us.get("per_message", float("inf"))
    return CertificationCheck(
        "own cost",
        "a message",
        cost <= MOST_OVERHEAD_US,
        f"{cost:.1f} µs",
        f"at most {significant(MOST_OVERHEAD_US)} µs",
        of_time=True,
    )


def speed_checks(summary: Summary, overhead_us: Mapping[str, float]) -> Iterator[CertificationCheck]:
    """How fast the generator can send, and how much the sink accepts on one kept connection, without network delay."""
    per_s = 1e6 / overhead_us["per_message"] if overhead_us.get("per_message") else 0.0
    rates = {"generator": per_s} | {f"sink, {arm.name}": arm.throughput_per_s or 0.0 for arm in summary.arms}
    for subject, rate in rates.items():
        yield CertificationCheck(
            "speed", subject, rate >= LEAST_PER_S, f"{rate:,.0f} messages/s", f"at least {LEAST_PER_S:,}", of_time=True
        )


def _turns(dialogue: CertifiedSequence, summary: Summary) -> CertificationCheck:
    counted = [arm.turns for arm in summary.arms if arm.name == dialogue.arm.name]
    exact = bool(counted) and all(turns is not None and turns.min == turns.max == dialogue.turns for turns in counted)
    found = " · ".join("none" if turns is None else f"{turns.min} to {turns.max}" for turns in counted)
    return CertificationCheck("turns", dialogue.arm.name, exact, "exactly" if exact else found, f"{dialogue.turns}")


def _wire(dialogue: CertifiedSequence, agreements: list[Agreement]) -> CertificationCheck:
    """Over all links: round trips counted from packets against those of the counter."""
    on_wire = sum(agreement.turns_on_wire or 0 for agreement in agreements)
    counted = sum(agreement.turns_for_wire or 0.0 for agreement in agreements)
    passed = bool(agreements) and all(agreement.wire_agrees for agreement in agreements)
    return CertificationCheck(
        "wire", dialogue.arm.name, passed, f"{on_wire} turns", f"{significant(counted)}, as counted"
    )


def _times(dialogue: CertifiedSequence, fit: LatencyFit | None) -> Iterator[CertificationCheck]:
    name, turns = dialogue.arm.name, dialogue.turns
    expected = f"{turns} ± {SLOPE_TOLERANCE:.0%}"
    most_ms = turns * OWN_TIME_A_TURN_MS + OWN_TIME_MS
    if fit is None or fit.slope.value is None or fit.intercept_ms.value is None:
        yield CertificationCheck("slope", name, False, "not known", expected, of_time=True)
        return
    slope, intercept = fit.slope.value, fit.intercept_ms.value
    interval = f" [{fit.slope.low:.2f}, {fit.slope.high:.2f}]" if fit.slope.low is not None else ""
    passed = abs(slope / turns - 1) <= SLOPE_TOLERANCE
    yield CertificationCheck("slope", name, passed, f"{slope:.2f}{interval}", expected, of_time=True)
    found, most = f"{intercept:.1f} ms", f"at most {significant(most_ms)} ms"
    yield CertificationCheck("at no RTT", name, intercept <= most_ms, found, most, of_time=True)
