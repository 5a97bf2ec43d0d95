"""The four claims behind "SMTP is slower" (docs/method.md §1), each held against a run: true, false, or not decidable from it.

Codes and numbers only; report/content/claims.py makes the sentences. What a run did not measure, it does not decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from benchkit.model.summary import ArmSummary, ConditionSummary, Contrast, LatencyFit, Summary, Verdict

SLOPE_TOLERANCE = 0.10  # of the round trips
PIPELINED_TURNS = 2.5  # a message takes at most so many where the client pipelines on a kept connection
NEAR_MS = 1.0  # below it a run has no network to speak of


class ClaimState(StrEnum):
    TRUE = "true"
    FALSE = "false"
    DEPENDS = "depends"  # on the condition, and the run says on which
    NOT_DECIDABLE = "not decidable"


class Why(StrEnum):
    """What keeps a claim undecided."""

    INVALID = "invalid run"
    NO_PAIR = "no pair"  # of an SMTP and an API arm with the same kind of connection
    NO_SWEEP = "no sweep"
    NO_NETWORK = "no network"
    NO_VERDICT = "no verdict"
    OTHER_BASELINE = "other baseline"  # the baseline is not the fastest API arm
    NO_PIPELINING = "no pipelining"
    WIDE = "wide interval"


@dataclass(frozen=True, slots=True)
class TurnsPair:
    smtp: str
    api: str
    smtp_turns: float
    api_turns: float


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """`number` is 1 to 4; what decides it stands in the field of its kind."""

    number: int
    state: ClaimState
    why: Why | None = None
    turns: tuple[TurnsPair, ...] = ()
    fits: tuple[LatencyFit, ...] = ()
    contrasts: tuple[Contrast, ...] = ()


def claims_of(summary: Summary) -> tuple[ClaimVerdict, ClaimVerdict, ClaimVerdict, ClaimVerdict]:
    if not summary.valid:
        one, two, three, four = (ClaimVerdict(number, ClaimState.NOT_DECIDABLE, Why.INVALID) for number in range(1, 5))
        return one, two, three, four
    return _needs_more_turns(summary), _turns_cost_the_time(summary), _slower_for_you(summary), _unavoidable(summary)


def _needs_more_turns(summary: Summary) -> ClaimVerdict:
    """H1: on connections of the same kind, every SMTP arm takes more round trips than every API arm."""
    pairs = tuple(_turns_pairs(summary))
    if not pairs:
        return ClaimVerdict(1, ClaimState.NOT_DECIDABLE, Why.NO_PAIR)
    holds = all(pair.smtp_turns > pair.api_turns for pair in pairs)
    return ClaimVerdict(1, ClaimState.TRUE if holds else ClaimState.FALSE, turns=pairs)


def _turns_pairs(summary: Summary) -> Iterator[TurnsPair]:
    condition = summary.conditions[-1].name if summary.conditions else ""
    arms = originals(summary, condition)
    smtp, api = ([arm for arm in arms if arm.transport == transport] for transport in ("smtp", "api"))
    for one, other in product(smtp, api):
        if one.connection == other.connection and one.turns and other.turns:
            yield TurnsPair(one.name, other.name, one.turns.each, other.turns.each)


def _turns_cost_the_time(summary: Summary) -> ClaimVerdict:
    """H2: each slope of time on RTT lies within 10 % of the round trips; its interval may reach beyond, but not lie beyond."""
    fits = tuple(fit for fit in summary.fits if fit.turns and fit.slope.value is not None)
    if not fits:
        return ClaimVerdict(2, ClaimState.NOT_DECIDABLE, Why.NO_SWEEP)
    if all(slope_agrees(fit) for fit in fits):
        return ClaimVerdict(2, ClaimState.TRUE, fits=fits)
    beyond = any(_lies_beyond(fit) for fit in fits)
    return ClaimVerdict(
        2, ClaimState.FALSE if beyond else ClaimState.NOT_DECIDABLE, None if beyond else Why.WIDE, fits=fits
    )


def slope_agrees(fit: LatencyFit) -> bool:
    return abs((fit.slope.value or 0.0) - (fit.turns or 0.0)) <= SLOPE_TOLERANCE * (fit.turns or 0.0)


def _lies_beyond(fit: LatencyFit) -> bool:
    low, high = ((1 + sign * SLOPE_TOLERANCE) * (fit.turns or 0.0) for sign in (-1, 1))
    return fit.slope.low is not None and fit.slope.high is not None and (fit.slope.low > high or fit.slope.high < low)


def _slower_for_you(summary: Summary) -> ClaimVerdict:
    """H3: at each RTT, SMTP against the API on connections of the same kind; where there is no such pair, as measured."""
    conditions = {condition.name for condition in summary.conditions if has_network(condition)}
    if not conditions:
        return ClaimVerdict(3, ClaimState.NOT_DECIDABLE, Why.NO_NETWORK)
    crossing = [one for one in _smtp_against_api(summary) if one.condition in conditions]
    contrasts = tuple([one for one in crossing if _alike(summary, one)] or crossing)
    if not contrasts:
        return ClaimVerdict(3, ClaimState.NOT_DECIDABLE, Why.NO_PAIR)
    return ClaimVerdict(3, *_of_verdicts([one.verdict for one in contrasts]), contrasts=contrasts)


def _of_verdicts(verdicts: Sequence[Verdict]) -> tuple[ClaimState, Why | None]:
    """SLOWER means that the claim holds there."""
    decided = {verdict for verdict in verdicts if verdict not in (Verdict.UNDECIDED, Verdict.WITHHELD)}
    if not decided:
        return ClaimState.NOT_DECIDABLE, Why.NO_VERDICT
    if Verdict.SLOWER not in decided:
        return ClaimState.FALSE, None
    return (ClaimState.TRUE if decided == {Verdict.SLOWER} else ClaimState.DEPENDS), None


def _unavoidable(summary: Summary) -> ClaimVerdict:
    """H4: at the longest RTT even the fastest SMTP arm is slower than the fastest API arm."""
    condition = max(summary.conditions, key=lambda one: one.rtt_ms or 0.0, default=None)
    if condition is None or not has_network(condition):
        return ClaimVerdict(4, ClaimState.NOT_DECIDABLE, Why.NO_NETWORK)
    arms = [arm for arm in originals(summary, condition.name) if arm.service_ms["p50"].value is not None]
    api = [arm for arm in arms if arm.transport == "api"]
    found = [one for one in _smtp_against_api(summary) if one.condition == condition.name and one.ratio is not None]
    if not api or not found:
        return ClaimVerdict(4, ClaimState.NOT_DECIDABLE, Why.NO_PAIR)
    best = min(found, key=lambda one: one.ratio or 0.0)
    if min(api, key=lambda arm: arm.service_ms["p50"].value or 0.0).name != best.baseline:
        return ClaimVerdict(4, ClaimState.NOT_DECIDABLE, Why.OTHER_BASELINE, contrasts=(best,))
    state, why = _of_verdicts([best.verdict])
    smtp = [arm for arm in arms if arm.transport == "smtp"]
    if state is ClaimState.TRUE and all(arm.turns and arm.turns.each > PIPELINED_TURNS for arm in smtp):
        state, why = ClaimState.NOT_DECIDABLE, Why.NO_PIPELINING
    return ClaimVerdict(4, state, why, contrasts=(best,))


def has_network(condition: ConditionSummary) -> bool:
    return condition.rtt_ms is not None and condition.rtt_ms >= NEAR_MS


def originals(summary: Summary, condition: str) -> list[ArmSummary]:
    """The arms of a condition, without the second of an A/A pair."""
    copies = {contrast.arm for contrast in summary.contrasts if contrast.aa}
    return [arm for arm in summary.arms if arm.condition == condition and arm.name not in copies]


def _smtp_against_api(summary: Summary) -> list[Contrast]:
    transports = {arm.name: arm.transport for arm in summary.arms}
    return [
        one
        for one in summary.contrasts
        if (transports.get(one.arm), transports.get(one.baseline)) == ("smtp", "api") and not one.aa
    ]


def _alike(summary: Summary, contrast: Contrast) -> bool:
    connections = {arm.name: arm.connection for arm in summary.arms}
    return connections.get(contrast.arm) == connections.get(contrast.baseline)
