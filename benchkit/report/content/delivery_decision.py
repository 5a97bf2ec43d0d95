"""Whether delivery or authentication decides between two arms before speed does: a sentence for each comparison."""

from __future__ import annotations

from collections.abc import Iterator

from benchkit.model.counts import counted
from benchkit.model.deliverability import Deliverability, RateContrast, RateVerdict
from benchkit.model.estimate import Estimate
from benchkit.model.plain_number import significant
from benchkit.model.summary import Summary
from benchkit.report import numbers
from benchkit.report.content.page import Sentence, Tone, sentence

_TONES = {
    RateVerdict.WORSE: Tone.BAD,
    RateVerdict.BETTER: Tone.BAD,
    RateVerdict.LEVEL: Tone.GOOD,
    RateVerdict.OPEN: Tone.WARNING,
    RateVerdict.NOT_KNOWN: Tone.WARNING,
}
_HOW = {
    True: "Collect more events: benchkit events RUN --listen.",
    False: "No provider posts events of this way: test mailboxes ([[mailbox]] in the scenario) show what became of its mail.",
}
SPEED_DECIDES_NOT = (RateVerdict.WORSE, RateVerdict.BETTER)


def decision_sentences(found: Deliverability) -> Iterator[Sentence]:
    for contrast in found.contrasts:
        yield sentence(_sentence(contrast, found.margin), _TONES[contrast.verdict], item=True)


def before_speed(summary: Summary, headline: str = "") -> Iterator[Sentence]:
    """Only what takes the decision away from speed: it stands beside the answer, unless it is the headline."""
    for text in rate_sentences(summary.deliverability) if summary.deliverability else ():
        if text != headline:
            yield sentence(text, Tone.BAD)


def rate_sentences(found: Deliverability) -> list[str]:
    """One for each rate of two arms that differs by more than the margin."""
    return [_sentence(one, found.margin) for one in found.contrasts if one.verdict in SPEED_DECIDES_NOT]


def _sentence(contrast: RateContrast, margin: float) -> str:
    sides, limit = f"“{contrast.arm}” and “{contrast.baseline}”", _points(100 * margin)
    if contrast.verdict is RateVerdict.NOT_KNOWN:
        if not contrast.unheard:
            return f"It is not known whether {sides} {_verb(contrast)} alike: one of them has no accepted copy."
        copies = counted(contrast.unheard, "accepted copy", "accepted copies")
        return (
            f"It is not known whether {sides} {_verb(contrast)} alike: no event has come about {copies} of "
            f"“{contrast.unheard_arm}”. "
            f"A comparison allows at most {limit} of the copies without an event. {_HOW[contrast.sends_events]}"
        )
    shown = _difference(contrast.difference)
    if contrast.verdict is RateVerdict.LEVEL:
        return f"{sides} {_verb(contrast)} alike: {shown} apart, within the margin of {limit}. Speed may decide."
    if contrast.verdict is RateVerdict.OPEN:
        distance = f"{shown} apart, and the margin is {limit}. {_needs(contrast)}"
        return f"These data cannot decide whether {sides} {_verb(contrast)} alike: {distance}"
    worse, better = (contrast.arm, contrast.baseline)
    if contrast.verdict is RateVerdict.BETTER:
        worse, better = better, worse
    rates = {contrast.arm: contrast.rate, contrast.baseline: contrast.baseline_rate}
    return (
        f"Speed does not decide: “{worse}” {_result(contrast)} {numbers.percent(rates[worse].value)} of its mail, “{better}” "
        f"{numbers.percent(rates[better].value)}, {shown} apart; the margin is {limit}."
    )


def _verb(contrast: RateContrast) -> str:
    return "deliver" if contrast.what == "delivered" else f"pass {contrast.what.upper()}"


def _result(contrast: RateContrast) -> str:
    return "delivers" if contrast.what == "delivered" else f"passes {contrast.what.upper()} with"


def _needs(contrast: RateContrast) -> str:
    if contrast.needed is None:
        return "More messages would not help: the rates differ by about the margin."
    return f"About {contrast.needed:,} messages an arm would decide, if the rates stay."


def _difference(difference: Estimate) -> str:
    """As a distance: the sentence says which is worse."""
    value, low, high = (100 * (end or 0.0) for end in (difference.value, difference.low, difference.high))
    if value < 0:
        value, low, high = -value, -high, -low
    return f"{numbers.with_interval(Estimate(value, low, high))} percentage points"


def _points(points: float) -> str:
    return f"{significant(points)} percentage point{'' if points == 1 else 's'}"
