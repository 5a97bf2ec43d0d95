"""What each arm takes at RTTs that the run may not have measured, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchkit.model.prediction import ArmModel, Basis
from benchkit.notebook import html
from benchkit.report import numbers

_BASIS = {
    Basis.PASSES: "",
    Basis.CONDITIONS: "",
    Basis.TWO_RTTS: "fitted to two RTTs: the interval is too narrow",
    Basis.ROUND_TRIPS: "one RTT measured: a round trip more for each RTT, without an interval of its own",
}


class Predictions:
    """`rows` are (arm, RTT in ms, estimate in ms); draws itself with a row an arm and a column an RTT."""

    def __init__(
        self, models: Sequence[ArmModel], rtts_ms: Sequence[float], changed: Mapping[str, float | None]
    ) -> None:
        self._models = models
        self._rtts_ms = rtts_ms
        self._changed = changed
        self.rows = [(model.arm, rtt_ms, model.at(rtt_ms=rtt_ms, **changed)) for model in models for rtt_ms in rtts_ms]

    def __repr__(self) -> str:
        return "\n".join(
            f"{arm}, RTT {rtt_ms:g} ms: {numbers.with_interval(told)} ms" for arm, rtt_ms, told in self.rows
        )

    def _repr_html_(self) -> str:
        headings = ["milliseconds for a message", *(f"RTT {rtt_ms:g} ms" for rtt_ms in self._rtts_ms)]
        rows = [
            [
                _name(model),
                *(numbers.with_interval(model.at(rtt_ms=rtt_ms, **self._changed), "\n") for rtt_ms in self._rtts_ms),
            ]
            for model in self._models
        ]
        return html.block(html.table(headings, rows), *(html.paragraph(told, "faint") for told in self._notes()))

    def _notes(self) -> list[str]:
        notes = [f"{key.replace('_', ' ')}: {value:g}" for key, value in self._changed.items() if value is not None]
        if self._models:
            low, high = self._models[0].lowest_rtt_ms, self._models[0].highest_rtt_ms
            notes.append(f"Measured at RTTs from {low:.3g} to {high:.3g} ms; beyond them the lines are continued.")
        return notes + sorted({_BASIS[model.basis] for model in self._models} - {""})


def _name(model: ArmModel) -> str:
    return f"{model.arm} ({model.link})" if model.link else model.arm
