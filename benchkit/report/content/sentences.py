"""The verdict in plain words: Summary → sentences. Pure; the only place where a verdict becomes English.

Law: a ratio is never shown without its link and RTT, and the note on what was measured is always shown (method.md §1, §2).
"""

from __future__ import annotations

import math

from benchkit.model.plain_number import significant
from benchkit.model.summary import (
    ArmSummary,
    ConditionSummary,
    Contrast,
    Estimate,
    Summary,
    Verdict,
)
from benchkit.report import numbers
from benchkit.report.content import notices
from benchkit.report.content.content_headline import content_headline
from benchkit.report.content.ended_early import ended_early
from benchkit.report.content.median_cautions import cautions
from benchkit.report.content.network_headline import NEAR_MS, network_headline
from benchkit.stats.verdict import MOST_BLOCKS

# method.md §1: it stands wherever a verdict stands.
ONE_HOP = (
    "Only the hop application → provider is measured. From there to the mailbox, mail travels by SMTP in both cases."
)
MOST_SENSIBLE_BLOCKS = 2_000  # a run that long is no longer the same plan
_DECIDED = (Verdict.SLOWER, Verdict.FASTER)
_BY_WEIGHT = (*_DECIDED, Verdict.EQUIVALENT, Verdict.UNDECIDED, Verdict.WITHHELD)


def invalid(summary: Summary) -> str | None:
    """Why no number of this run may be used, or None."""
    if summary.valid:
        return None
    return f"INVALID: {'; '.join(notices.texts(summary.invalid_because)) or 'the run gives no reason'}"


def headline(summary: Summary) -> str:
    """The answer; before it, of a run that did not come to its end, how much of the plan it holds."""
    return " ".join(filter(None, (ended_early(summary), answer(summary))))


def answer(summary: Summary) -> str:
    """What each way takes over the network, or does to the mail, or else the first verdict; of an invalid run, the reason."""
    return beside_verdicts(summary) or verdicts(summary)[0]


def beside_verdicts(summary: Summary) -> str | None:
    """An answer that is not one of the verdicts on time."""
    return network_headline(summary) or content_headline(summary)


def verdicts(summary: Summary) -> list[str]:
    """One sentence a contrast, in the order of `by_weight`. An invalid run gives none, but says why."""
    lines = [sentence(summary, contrast) for contrast in by_weight(summary)]
    reason = invalid(summary)
    return [reason] if reason else lines or ["No verdict: there is no arm to compare with the baseline."]


def by_weight(summary: Summary) -> list[Contrast]:
    """SMTP against API first, of those like with like: connections that are new in one arm and kept in the other make a larger
    difference than the protocols do. Then the strongest; A/A last."""

    def rank(contrast: Contrast) -> tuple[bool, bool, bool, int, float]:
        arm, baseline = (_arm(summary, name, contrast.condition) for name in (contrast.arm, contrast.baseline))
        crosses = arm and baseline and arm.transport != baseline.transport
        alike = arm and baseline and arm.connection == baseline.connection
        strength = 0 if contrast.verdict in _DECIDED else _BY_WEIGHT.index(contrast.verdict)
        distance = abs(math.log(contrast.ratio)) if contrast.ratio else 0.0
        return contrast.aa, not crosses, not alike, strength, -distance

    return sorted(summary.contrasts, key=rank)


def sentence(summary: Summary, contrast: Contrast) -> str:
    return _aa(summary, contrast) if contrast.aa else _SENTENCES[contrast.verdict](summary, contrast)


def basis(summary: Summary) -> str:
    """What the ratios above are ratios of, and what the interval means."""
    metrics = sorted({contrast.metric for contrast in summary.contrasts}) or ["service"]
    blocks = sorted({contrast.blocks for contrast in summary.contrasts})
    paired = f" over {' or '.join(map(numbers.count, blocks))} blocks" if blocks else ""
    paired += _starts_in_words(summary)
    low, high = summary.rope
    contrasts = [contrast for contrast in summary.contrasts if not contrast.aa]
    together = any((contrast.confidence or 0.0) > summary.confidence for contrast in contrasts)
    family = " together" if together else " each"
    count = f" There are {len(contrasts)} contrasts; the intervals hold{family}." if len(contrasts) > 1 else ""
    return (
        f"Ratios are of the median {' and '.join(map(_metric, metrics))}, paired by block{paired}, with "
        f"{numbers.percent(summary.confidence)} intervals; {low:.2f} to {high:.2f} counts as no difference.{count}"
        f"{_looks_in_words(summary)}"
    )


def _starts_in_words(summary: Summary) -> str:
    starts = max((contrast.starts for contrast in summary.contrasts), default=1)
    bound = ", each process bound to a core of its own" if summary.design.bound else ""
    return f" in {starts:,} starts of the processes, and intervals over these starts{bound}" if starts > 1 else ""


def _looks_in_words(summary: Summary) -> str:
    design = summary.design
    if not design.looks:
        return ""
    ended = (
        f"ended after {design.decided:,} blocks, when every contrast was decided"
        if design.decided
        else "was not decided"
    )
    return f" The run could end at {len(design.looks)} planned looks and {ended}; its intervals are wide enough for all looks."


def no_distance(summary: Summary) -> str | None:
    """Where the run had no network delay: its ratios would be wrong for any real provider. Says how to get one."""
    if any(one.lab or one.rtt_ms is None or one.rtt_ms >= NEAR_MS for one in summary.conditions):
        return None
    notes = [one.note for one in summary.conditions if one.note]
    to_do = ""
    if notes:
        to_do = f" This run was {notes[0]}."
    elif all(one.embedded for one in summary.conditions):
        to_do = " To measure that: --set network.rtt_ms=20"
    return f"This run had no network delay. On a real network each round trip adds the RTT.{to_do}"


def link(summary: Summary, condition: str) -> str:
    """Where it was measured: `loopback (RTT 31 µs)`."""
    found = next((one for one in summary.conditions if one.name == condition), None)
    return described(found) if found else f"{condition} (RTT not known)"


def described(condition: ConditionSummary) -> str:
    rtt = "RTT not known" if condition.rtt_ms is None else f"RTT {numbers.decimal(condition.rtt_ms, 'ms')}"
    return f"{condition.name} ({rtt})"


def ratio(summary: Summary, contrast: Contrast) -> tuple[str, str]:
    """The ratio as it is read, and its interval: of a faster arm both are turned over, so that the number is above 1."""
    value, ci, rope = contrast.ratio or math.nan, contrast.ci, summary.rope
    if contrast.verdict is Verdict.FASTER and not contrast.aa:
        value, ci, rope = 1 / value, _turned_over(ci) if ci else None, _turned_over(rope)
    return numbers.times(value, ci, (1.0, *rope))


def _turned_over(ends: tuple[float, float]) -> tuple[float, float]:
    """∞ where the first side failed in so many blocks that nothing bounds the ratio."""
    low, high = (1 / end if end else math.inf for end in (ends[1], ends[0]))
    return low, high


def _decided(summary: Summary, contrast: Contrast) -> str:
    if failed := _failed(contrast):
        return (
            f"“{contrast.arm}” is {contrast.verdict.lower()} in the median than “{contrast.baseline}” "
            f"{_where(summary, contrast)}: {failed}{_turns(summary, contrast, ', ')}.{_cautions(summary, contrast)}"
        )
    value, interval = ratio(summary, contrast)
    how_much = f"{value} {contrast.verdict.lower()} in the median {interval}".rstrip()
    return (
        f"“{contrast.arm}” is {how_much} than “{contrast.baseline}” {_where(summary, contrast)}: "
        f"{_difference(contrast)}{_turns(summary, contrast, ', ')}.{_cautions(summary, contrast)}"
    )


def _equivalent(summary: Summary, contrast: Contrast) -> str:
    return (
        f"“{contrast.arm}” takes as long as “{contrast.baseline}” in the median {_where(summary, contrast)}: "
        f"{_time(summary, contrast)}, {_difference(contrast)}{_turns(summary, contrast, ', ')}."
        f"{_cautions(summary, contrast)}"
    )


def _undecided(summary: Summary, contrast: Contrast) -> str:
    return (
        f"Undecided whether “{contrast.arm}” is slower or faster than “{contrast.baseline}” in the median "
        f"{_where(summary, contrast)}: {_time(summary, contrast)}; {_what_it_takes(contrast)}."
    )


def _where(summary: Summary, contrast: Contrast) -> str:
    """With one start of the processes an interval says nothing about the next run."""
    return f"on {link(summary, contrast.condition)}{' in this run' if contrast.starts == 1 else ''}"


def _difference(contrast: Contrast) -> str:
    """The shift in milliseconds, with its interval: a ratio alone does not say whether it matters."""
    shift = contrast.shift_ms
    if shift.value is None:
        return "the difference in milliseconds is not known"
    sign = -1 if shift.value < 0 else 1
    low, high = (shift.low, shift.high) if sign > 0 else (shift.high, shift.low)
    low, high = (None if end is None else sign * end for end in (low, high))
    value, _, interval = numbers.with_interval(Estimate(sign * shift.value, low, high)).partition(" ")
    return f"{value} ms {'more' if sign > 0 else 'less'} {interval}".rstrip()


def _cautions(summary: Summary, contrast: Contrast) -> str:
    return "".join(f" {caution}" for caution in cautions(summary, contrast))


def _what_it_takes(contrast: Contrast) -> str:
    if contrast.ci is None or contrast.ratio is None:
        return _because(contrast)
    if not contrast.blocks_needed:
        return "more blocks would not help"
    if contrast.blocks_needed > MOST_SENSIBLE_BLOCKS:
        return f"this plan cannot decide it in a sensible time: that takes more than {MOST_SENSIBLE_BLOCKS:,} blocks"
    between = contrast.blocks_needed_range
    likely = f", likely {_from_to(*between)}" if between else ""
    starts = -(-contrast.blocks_needed * contrast.starts // max(1, contrast.blocks))
    shared = f" in {starts:,} starts" if contrast.starts > 1 else ""
    return f"about {contrast.blocks_needed:,} blocks{shared} would decide it in nine of ten runs{likely}"


def _from_to(fewest: int, most: int) -> str:
    """The stored upper end is the largest load where the estimate is beyond it."""
    if most < MOST_BLOCKS:
        return f"{fewest:,} to {most:,}"
    return f"from {fewest:,} to more than {MOST_BLOCKS:,}" if fewest < MOST_BLOCKS else f"more than {MOST_BLOCKS:,}"


def _withheld(summary: Summary, contrast: Contrast) -> str:
    where = link(summary, contrast.condition)
    return f"No verdict on “{contrast.arm}” against “{contrast.baseline}” on {where}, because {_because(contrast)}."


def _aa(summary: Summary, contrast: Contrast) -> str:
    where = _where(summary, contrast)
    pair = f"A/A: “{contrast.arm}” and “{contrast.baseline}”, which send in the same way,"
    if contrast.verdict is Verdict.WITHHELD:
        return f"{pair} {where}: {_time(summary, contrast)}, but {_because(contrast)}."
    if contrast.detectable is None:
        few = "starts" if contrast.starts > 1 else "blocks"
        return f"{pair} {where}: {_time(summary, contrast)}; not tested, too few {few}."
    seen = f"a bias of {numbers.percent(contrast.detectable - 1)} would have shown in nine of ten such runs"
    if contrast.verdict is Verdict.EQUIVALENT:
        return f"{pair} show no difference {where}: {_time(summary, contrast)}; {seen}."
    if contrast.ci and not contrast.ci[0] <= 1 <= contrast.ci[1]:
        return (
            f"{pair} {where}: {_time(summary, contrast)}: a difference, but one that the rule for A/A pairs allows "
            f"(docs/method.md, §7); {seen}."
        )
    return f"{pair} differ no more than chance explains {where}: {_time(summary, contrast)}; {seen}."


def _because(contrast: Contrast) -> str:
    return "; ".join(notices.texts(contrast.reasons)) or "the run gives no reason"


_SENTENCES = {
    Verdict.SLOWER: _decided,
    Verdict.FASTER: _decided,
    Verdict.EQUIVALENT: _equivalent,
    Verdict.UNDECIDED: _undecided,
    Verdict.WITHHELD: _withheld,
}


def _time(summary: Summary, contrast: Contrast) -> str:
    if contrast.ratio is None:
        return "the ratio is not known"
    if failed := _failed(contrast):
        return failed
    return " the time ".join(ratio(summary, contrast)).rstrip()


def _failed(contrast: Contrast) -> str:
    """Which arm's failures reach the median, so that there is no multiple; empty where there is one."""
    if contrast.ratio is None or not (math.isinf(contrast.ratio) or contrast.ratio == 0):
        return ""
    whose = contrast.arm if contrast.ratio else contrast.baseline
    return f"in half of the blocks or more, half of the messages of “{whose}” failed"


def _turns(summary: Summary, contrast: Contrast, before: str = ": ") -> str:
    """`: 11 round trips against 1`, where both were counted."""
    arm, baseline = (_arm(summary, name, contrast.condition) for name in (contrast.arm, contrast.baseline))
    if not (arm and baseline and arm.turns and baseline.turns):
        return ""
    ours, theirs = (
        f"{significant(turns.each, 3)} round {'trip' if turns.each == 1 else 'trips'}"
        for turns in (arm.turns, baseline.turns)
    )
    return f"{before}{ours} each" if ours == theirs else f"{before}{ours} against {significant(baseline.turns.each, 3)}"


def _arm(summary: Summary, name: str, condition: str) -> ArmSummary | None:
    return next((arm for arm in summary.arms if (arm.name, arm.condition) == (name, condition)), None)


def _metric(metric: str) -> str:
    return metric if "time" in metric else f"{metric} time"
