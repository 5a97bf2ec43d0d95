"""The four claims as sentences: true, false, or not decidable from this run, each with the numbers that decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from benchkit.model.plain_number import significant
from benchkit.model.summary import Contrast, Summary, Verdict
from benchkit.report import numbers
from benchkit.report.content import sentences
from benchkit.report.content.page import Cell, Column, Section, Table, Tone
from benchkit.stats.claims import ClaimState, ClaimVerdict, Why, claims_of, slope_agrees

_CLAIMS = {
    1: "SMTP needs more round trips.",
    2: "The round trips cause the time.",
    3: "SMTP is slower for you.",
    4: "It cannot be avoided.",
}
_WHY = {
    Why.INVALID: "the run is invalid",
    Why.NO_PAIR: "the run has no SMTP arm and API arm with the same kind of connection",
    Why.NO_SWEEP: "this needs links with several RTTs: rtt_ms = [0, 1, 4, 20] in [network]",
    Why.NO_NETWORK: "this run had no network delay, so its result does not apply to a network",
    Why.NO_VERDICT: "the comparison itself is undecided or withheld",
    Why.OTHER_BASELINE: "the baseline is not the fastest API arm, so the fastest of both were not compared",
    Why.NO_PIPELINING: (
        "every SMTP arm of this run waits for each command; a client that pipelines takes 2 round trips on a kept connection "
        '(client = "wire", dialogue = "pipelined")'
    ),
    Why.WIDE: "the interval of a slope is too wide: it contains values both within 10 % of the counted round trips and outside",
}
_STATES = {
    ClaimState.TRUE: ("true", Tone.STRONG),
    ClaimState.FALSE: ("false", Tone.STRONG),
    ClaimState.DEPENDS: ("depends", Tone.STRONG),
    ClaimState.NOT_DECIDABLE: ("not decidable", Tone.FAINT),
}
_WORDS = {
    Verdict.SLOWER: "slower",
    Verdict.FASTER: "faster",
    Verdict.EQUIVALENT: "no difference",
    Verdict.UNDECIDED: "undecided",
    Verdict.WITHHELD: "no verdict",
}


def claims_section(summary: Summary) -> Section:
    rows = tuple(_row(summary, claim) for claim in claims_of(summary))
    columns = (Column("claim"), Column("in this run"), Column("what decides"))
    return Section("claims", "The four claims behind “SMTP is slower”", (Table(columns, rows, texts=True),), "Claims")


def _row(summary: Summary, claim: ClaimVerdict) -> tuple[Cell, ...]:
    state, tone = _STATES[claim.state]
    evidence = list(_EVIDENCE[claim.number](summary, claim))
    if claim.why:
        evidence.insert(0, _WHY[claim.why])
    return (
        Cell(f"H{claim.number}", Tone.STRONG, _CLAIMS[claim.number], Tone.PLAIN),
        Cell(state, tone),
        Cell("\n".join(evidence)),
    )


def _turns(summary: Summary, claim: ClaimVerdict) -> Iterator[str]:
    for pair in claim.turns:
        yield f"{pair.smtp}: {numbers.trips(pair.smtp_turns)}; {pair.api}: {significant(pair.api_turns, 3)}"


def _slopes(summary: Summary, claim: ClaimVerdict) -> Iterator[str]:
    several = len({fit.link for fit in claim.fits}) > 1
    for fit in claim.fits:
        where = f", link with {fit.link or 'no other limit'}" if several else ""
        beside = "" if slope_agrees(fit) else ", more than 10 % apart"
        yield f"{fit.arm}{where}: slope {numbers.with_interval(fit.slope)}, {numbers.trips(fit.turns or 0.0)}{beside}"


def _verdicts(summary: Summary, claim: ClaimVerdict) -> Iterator[str]:
    for contrast in claim.contrasts:
        link = sentences.link(summary, contrast.condition)
        yield f"{link}: {contrast.arm} against {contrast.baseline}: {_verdict(summary, contrast)}"


def _best(summary: Summary, claim: ClaimVerdict) -> Iterator[str]:
    for contrast in claim.contrasts:
        yield (
            f"the fastest SMTP arm, {contrast.arm}, against {contrast.baseline} on "
            f"{sentences.link(summary, contrast.condition)}: {_verdict(summary, contrast)}"
        )


def _verdict(summary: Summary, contrast: Contrast) -> str:
    if contrast.ratio is None or contrast.verdict is Verdict.WITHHELD:
        return _WORDS[Verdict.WITHHELD]
    return f"{' '.join(sentences.ratio(summary, contrast)).rstrip()} {_WORDS[contrast.verdict]}"


_EVIDENCE: Mapping[int, Callable[[Summary, ClaimVerdict], Iterator[str]]] = {
    1: _turns,
    2: _slopes,
    3: _verdicts,
    4: _best,
}
