"""The answer over a real distance: what SMTP and the API take, on new and on kept connections, at the link's RTT.

It is given only where the run supports it: one message at a time, links that differ in RTT alone, and no verdict withheld on
the longest of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.model.plain_number import significant
from benchkit.model.summary import ArmSummary, BreakEven, ConditionSummary, Summary, Verdict
from benchkit.report import numbers
from benchkit.report.content.median_cautions import cautions_of_link

NEAR_MS = 1.0  # below it the processors take longer than the round trips
_NEW, _KEPT = "fresh", "reuse"


def network_headline(summary: Summary) -> str | None:
    """All of it; None where it is not given."""
    return " ".join(network_sentences(summary)) or None


def network_sentences(summary: Summary) -> list[str]:
    """None of them where the run has no network delay, or not both SMTP and an API on the same kind of connection."""
    condition = _longest(summary)
    if condition is None or not summary.valid or summary.load_model != "talk":
        return []
    arms = _arms(summary, condition)
    if any(one.verdict is Verdict.WITHHELD and one.condition == condition.name for one in summary.contrasts):
        return []
    new, kept = _pair(arms, _NEW), _pair(arms, _KEPT)
    rtt = f"at {numbers.decimal(condition.rtt_ms, 'ms')} RTT"
    sentences = []
    if new:
        sentences.append(f"SMTP on a new connection takes {new[0]} {rtt}; the API {new[1]}.")
    if kept and new:
        sentences.append(f"On a kept connection SMTP takes {kept[0]}; the API {kept[1]}.")
    elif kept:
        sentences.append(f"SMTP on a kept connection takes {kept[0]} {rtt}; the API {kept[1]}.")
    if kept and (crossing := _crossing(summary, arms)):
        sentences.append(crossing)
    return [*sentences, *cautions_of_link(summary, condition.name)] if sentences else []


def _longest(summary: Summary) -> ConditionSummary | None:
    """The link with the longest RTT; None where it is short, or where the links differ in more than their RTT."""
    known = [one for one in summary.conditions if one.rtt_ms is not None]
    longest = max(known, key=lambda one: one.rtt_ms or 0.0, default=None)
    alike = len({one.name.partition(", ")[2] for one in summary.conditions}) == 1
    return longest if longest and alike and (longest.rtt_ms or 0.0) >= NEAR_MS else None


def _arms(summary: Summary, condition: ConditionSummary) -> list[ArmSummary]:
    """The arms of the condition, without the second of an A/A pair."""
    copies = {contrast.arm for contrast in summary.contrasts if contrast.aa}
    return [arm for arm in summary.arms if arm.condition == condition.name and arm.name not in copies]


def _pair(arms: Sequence[ArmSummary], connection: str) -> tuple[str, str] | None:
    """What SMTP takes and what the API takes on such a connection; None where an arm is missing or a number unknown."""
    found = [
        [arm for arm in arms if (arm.transport, arm.connection) == (transport, connection)]
        for transport in ("smtp", "api")
    ]
    if not all(found) or not all(arm.turns and _median(arm) is not None for group in found for arm in group):
        return None
    return _taken(found[0]), _taken(found[1])


def _taken(arms: Sequence[ArmSummary]) -> str:
    """`11 round trips, 233 ms`; `2 to 4 round trips, 81 ms to 162 ms` where several arms send in this way."""
    turns = [arm.turns.each for arm in arms if arm.turns]
    times = [numbers.decimal(_median(arm), "ms") for arm in arms]
    few, many = (significant(end(turns), 3) for end in (min, max))
    fast, slow = (times[end(range(len(arms)), key=lambda index: _median(arms[index]) or 0.0)] for end in (min, max))
    trips = f"{few} to {many} round trips" if few != many else f"{many} round {'trip' if many == '1' else 'trips'}"
    return f"{trips}, {fast if fast == slow else f'{fast} to {slow}'}"


def _median(arm: ArmSummary) -> float | None:
    return arm.service_ms["p50"].value if "p50" in arm.service_ms else None


def _crossing(summary: Summary, arms: Sequence[ArmSummary]) -> str | None:
    """Below which RTT SMTP on a kept connection is the faster one; only where one arm of each kind is compared."""
    smtp, api = (
        [arm.name for arm in arms if (arm.transport, arm.connection) == (transport, _KEPT)]
        for transport in ("smtp", "api")
    )
    fits = {fit.arm: fit for fit in summary.fits}
    baselines = {one.baseline for one in summary.contrasts if [one.arm] == smtp}
    if len(smtp) != 1 or [*baselines] != api or not {*smtp, *api} <= fits.keys():
        return None
    slopes = [fits[name].slope.value or 0.0 for name in (*smtp, *api)]
    return _below(fits[smtp[0]].break_even_rtt_ms) if slopes[0] > slopes[1] else None


def _below(found: BreakEven | None) -> str | None:
    """Where the interval begins at no RTT at all, only its upper end says something."""
    if found is None or found.high is None:
        return None
    if found.value is not None and found.low:
        interval = f"[{significant(found.low, 2)}, {significant(found.high, 2)}]"
        return f"Below {significant(found.value, 2)} ms RTT {interval} SMTP on a kept connection is faster."
    return (
        f"Above {significant(found.high, 2)} ms RTT SMTP on a kept connection is slower; for shorter RTTs this run cannot "
        "say."
    )
