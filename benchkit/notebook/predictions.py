"""What each arm takes at RTTs that the run may not have measured, and which is faster there, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from benchkit.model.plain_number import significant
from benchkit.model.prediction import ArmModel, Basis
from benchkit.model.summary import Estimate, Summary, Verdict
from benchkit.notebook import html
from benchkit.report import numbers
from benchkit.stats.prediction import compare_lines

_BASIS = {
    Basis.TWO_RTTS: "Two RTTs were measured: the intervals know only the noise within each, and are too narrow.",
    Basis.ROUND_TRIPS: "One RTT was measured: for another, each round trip adds the difference of the RTTs.",
}


class Prediction(NamedTuple):
    """`verdict` and `ratio` are against the baseline of the same link; None for the baseline itself, or where it is unknown."""

    arm: str
    link: str
    rtt_ms: float
    ms: Estimate
    verdict: Verdict | None
    ratio: float | None


class Predictions:
    """`rows` has them as values; draws itself with a row an arm and a column an RTT."""

    def __init__(self, summary: Summary, rtts_ms: Sequence[float], changed: Mapping[str, float | None]) -> None:
        self._summary = summary
        self._rtts_ms = rtts_ms
        self._changed = changed
        self.rows = [self._predicted(model, rtt_ms) for model in summary.models for rtt_ms in rtts_ms]

    def __repr__(self) -> str:
        return "\n".join(
            f"{row.arm}, RTT {significant(row.rtt_ms)} ms: {numbers.with_interval(row.ms)} ms" for row in self.rows
        )

    def _repr_html_(self) -> str:
        headings = ["milliseconds for a message", *(f"RTT {significant(rtt_ms)} ms" for rtt_ms in self._rtts_ms)]
        return html.block(
            html.table(headings, self._lines()), *(html.paragraph(note, "faint") for note in self._notes())
        )

    def _predicted(self, model: ArmModel, rtt_ms: float) -> Prediction:
        line, base = model.line_for(**self._changed), self._baseline(model)
        level = base.line_for(**self._changed) if base is not None and base is not model else None
        predicted = model.at(rtt_ms=rtt_ms, **self._changed)
        if line is None or level is None:
            return Prediction(model.arm, model.link, rtt_ms, predicted, None, None)
        compared = compare_lines(line, level, rtt_ms, self._summary.rope)
        return Prediction(model.arm, model.link, rtt_ms, predicted, compared.verdict, compared.ratio)

    def _baseline(self, model: ArmModel) -> ArmModel | None:
        """The contrasts say which arm it is."""
        name = next((one.baseline for one in self._summary.contrasts if not one.aa), "")
        return next((one for one in self._summary.models if (one.arm, one.link) == (name, model.link)), None)

    def _lines(self) -> Iterator[list[str]]:
        columns = len(self._rtts_ms)
        for first in range(0, len(self.rows), columns):
            line = self.rows[first : first + columns]
            yield [f"{line[0].arm} ({line[0].link})" if line[0].link else line[0].arm, *map(_cell, line)]

    def _notes(self) -> Iterator[str]:
        yield from (
            f"{key.replace('_', ' ')}: {significant(value)}"
            for key, value in self._changed.items()
            if value is not None
        )
        models = self._summary.models
        if models:
            low, high = models[0].lowest_rtt_ms, models[0].highest_rtt_ms
            measured = f"{significant(low, 3)} to {significant(high, 3)} ms"
            yield f"Measured at RTTs from {measured}; beyond them the lines are continued."
        low_edge, high_edge = self._summary.rope
        yield f"Times as long as the baseline: {significant(low_edge)} to {significant(high_edge)} counts as no difference."
        yield from sorted({_BASIS[model.basis] for model in models if model.basis in _BASIS})


def _cell(row: Prediction) -> str:
    if row.ms.value is None:
        return "not measured"
    time = numbers.with_interval(row.ms, "\n")
    if row.verdict is None or row.ratio is None:
        return time
    return f"{time}\n{numbers.decimal(row.ratio)}×, {row.verdict.lower()}"
