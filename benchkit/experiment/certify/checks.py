"""What is held against what: pure functions from stored runs and their summaries to checks, each with its limit in view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from benchkit.experiment.certify.scenarios import CertifiedSequence
from benchkit.model.certificate import CertificationCheck
from benchkit.model.notice import Code
from benchkit.model.run import ConditionRecord
from benchkit.model.summary import Agreement, LatencyFit, Summary

LINK_TOLERANCE, LINK_TOLERANCE_MS = 0.05, 0.7
SLOPE_TOLERANCE = 0.10
DELAY_TOLERANCE_MS = 1.0
OWN_TIME_A_TURN_MS, OWN_TIME_MS = 1.0, 2.0  # both ends' processors, TLS included, on a machine that is not idle
MOST_OVERHEAD_US = 100.0
LEAST_PER_S = 250  # through the slowest of Python's clients, which shares the machine with the sink


def link_checks(conditions: Iterable[ConditionRecord]) -> Iterator[CertificationCheck]:
    """The link itself: the kernel's smallest round trip beside the one that was asked for."""
    for condition in conditions:
        asked_ms, found_ms = condition.asked.get("rtt_ms") or 0.0, condition.rtt_ms
        tolerance_ms = max(LINK_TOLERANCE * asked_ms, LINK_TOLERANCE_MS)
        passed = found_ms is not None and abs(found_ms - asked_ms) <= tolerance_ms
        found = "not known" if found_ms is None else f"RTT {found_ms:.2f} ms"
        yield CertificationCheck("link", condition.name, passed, found, f"{asked_ms:g} ± {tolerance_ms:g} ms")


def sweep_checks(dialogues: tuple[CertifiedSequence, ...], summary: Summary) -> Iterator[CertificationCheck]:
    """Counted turns, the wire, slopes and what is left at no RTT, for each dialogue; then A/A and the whole run."""
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
            found = f"{contrast.ratio:.3f} on the {contrast.condition}"
            yield CertificationCheck("A/A", contrast.arm, not differs, found, "no difference from its twin")
    yield CertificationCheck(
        "every message",
        "all dialogues",
        summary.valid,
        ", ".join(one.code for one in summary.invalid_because) or "valid",
        "valid",
    )


def _found(summary: Summary) -> str:
    return ", ".join(one.code for one in summary.invalid_because) or "valid"


def delay_checks(
    plain_ms: Mapping[str, float], delayed_ms: Mapping[str, float], injected_ms: Mapping[str, float]
) -> Iterator[CertificationCheck]:
    """Each phase must have grown by its own delay and by nothing else."""
    for phase in sorted({*plain_ms, *injected_ms}):
        grown_ms = delayed_ms.get(phase, 0.0) - plain_ms.get(phase, 0.0)
        wanted_ms = injected_ms.get(phase, 0.0)
        passed = abs(grown_ms - wanted_ms) <= DELAY_TOLERANCE_MS
        yield CertificationCheck(
            "injected delay", phase, passed, f"{grown_ms:.2f} ms", f"{wanted_ms:g} ± {DELAY_TOLERANCE_MS:g} ms"
        )


def overhead_check(overhead_us: Mapping[str, float]) -> CertificationCheck:
    cost = overhead_us.get("per_message", float("inf"))
    return CertificationCheck(
        "own cost", "a message", cost <= MOST_OVERHEAD_US, f"{cost:.1f} µs", f"at most {MOST_OVERHEAD_US:g} µs"
    )


def speed_checks(summary: Summary, overhead_us: Mapping[str, float]) -> Iterator[CertificationCheck]:
    """What the generator could send, and what the sink takes from one kept connection, on plain loopback."""
    per_s = 1e6 / overhead_us["per_message"] if overhead_us.get("per_message") else 0.0
    rates = {"generator": per_s} | {f"sink, {arm.name}": arm.throughput_per_s or 0.0 for arm in summary.arms}
    for subject, rate in rates.items():
        yield CertificationCheck(
            "speed", subject, rate >= LEAST_PER_S, f"{rate:,.0f} messages/s", f"at least {LEAST_PER_S:,}"
        )


def _turns(dialogue: CertifiedSequence, summary: Summary) -> CertificationCheck:
    counted = [arm.turns for arm in summary.arms if arm.name == dialogue.arm.name]
    exact = bool(counted) and all(turns is not None and turns.min == turns.max == dialogue.turns for turns in counted)
    found = " · ".join("none" if turns is None else f"{turns.min} to {turns.max}" for turns in counted)
    return CertificationCheck("turns", dialogue.arm.name, exact, "exactly" if exact else found, f"{dialogue.turns}")


def _wire(dialogue: CertifiedSequence, agreements: list[Agreement]) -> CertificationCheck:
    """Over all links: the wire's turns beside the counter's."""
    seen = sum(agreement.turns_on_wire or 0 for agreement in agreements)
    counted = sum(agreement.turns_for_wire or 0.0 for agreement in agreements)
    passed = bool(agreements) and all(agreement.wire_agrees for agreement in agreements)
    return CertificationCheck("wire", dialogue.arm.name, passed, f"{seen} turns", f"{counted:g}, as counted")


def _times(dialogue: CertifiedSequence, fit: LatencyFit | None) -> Iterator[CertificationCheck]:
    name, turns = dialogue.arm.name, dialogue.turns
    wanted = f"{turns} ± {SLOPE_TOLERANCE:.0%}"
    most_ms = turns * OWN_TIME_A_TURN_MS + OWN_TIME_MS
    if fit is None or fit.slope.value is None or fit.intercept_ms.value is None:
        yield CertificationCheck("slope", name, False, "not known", wanted)
        return
    slope, intercept = fit.slope.value, fit.intercept_ms.value
    interval = f" [{fit.slope.low:.2f}, {fit.slope.high:.2f}]" if fit.slope.low is not None else ""
    yield CertificationCheck("slope", name, abs(slope / turns - 1) <= SLOPE_TOLERANCE, f"{slope:.2f}{interval}", wanted)
    yield CertificationCheck("at no RTT", name, intercept <= most_ms, f"{intercept:.1f} ms", f"at most {most_ms:g} ms")
