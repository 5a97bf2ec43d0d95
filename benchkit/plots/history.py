"""Runs over time: each arm's median, or its failure rate, run by run, with the levels before and after each change."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from benchkit.model.counts import counted
from benchkit.model.history import ArmFacts, ArmSeries, ChangePoint, History
from benchkit.model.outside_text import escaped
from benchkit.model.plain_number import significant
from benchkit.plots.style import ALARM, RIGHT_IN, arm_colour, arms_below, framed

_TITLES = {
    "time": "Did the times change from run to run",
    "failures": "Did the failures change from run to run",
}
_LABELS = {"time": "median, milliseconds", "failures": "percent failed"}
Group = Sequence[ArmSeries]


def draw(figure: Figure, history: History, what: str = "time") -> None:
    """A panel for the arms of one scenario, condition, load and machine. `what`: "time" or "failures"."""
    groups = _groups(escaped(history, lines=False))
    most = max((len(group) for group in groups), default=1)
    axes = framed(
        figure, _TITLES[what], "a point is one run, with its interval; red: a change that chance does not explain",
        [_heading(group) for group in groups] or ["there are no runs"], counted(len(history.runs), "run"),
        height_in=2.4, left_in=0.75, right_in=RIGHT_IN, below_in=0.6 + 0.22 * ((most + 1) // 2), titled=True,
    )  # fmt: skip
    for group, panel in zip(groups, axes, strict=False):
        for arm, series in enumerate(group):
            _line(panel, series, arm, what)
        panel.set_ylim(
            0, max(1.0 if what == "failures" else 0.0, panel.get_ylim()[1])
        )  # no failure at all is a flat line
        panel.set_ylabel(_LABELS[what])
        panel.grid(axis="y")
    axes[-1].set_xlabel("run, in order of time")
    axes[-1].xaxis.set_major_locator(MaxNLocator(12, integer=True))
    arms_below(figure, axes[-1])


def _groups(history: History) -> list[Group]:
    found: dict[str, list[ArmSeries]] = {}
    for series in history.series:
        found.setdefault(f"{series.scenario} {series.condition} {series.load} {series.machine}", []).append(series)
    return list(found.values())


def _heading(group: Group) -> str:
    first = group[0]
    return (
        f"{first.scenario} on {first.condition} ({first.load}; {first.machine}): n = {counted(len(first.runs), 'run')}"
    )


def _line(panel: Axes, series: ArmSeries, arm: int, what: str) -> None:
    colour, changes = arm_colour(arm), series.time_changes if what == "time" else series.failure_changes
    points = [(place + 1, value) for place, one in enumerate(series.facts) if (value := _value(one, what)) is not None]
    panel.plot([x for x, _ in points], [y for _, y in points], "o-", color=colour, markersize=3.5, linewidth=0.9,
               label=series.arm)  # fmt: skip
    if what == "time":
        ends = [(place + 1, one.low_ms, one.high_ms) for place, one in enumerate(series.facts)
                if one.low_ms is not None and one.high_ms is not None]  # fmt: skip
        panel.vlines(
            [x for x, *_ in ends], [low for _, low, _ in ends], [high for *_, high in ends], color=colour, alpha=0.5
        )
    for change, end in zip(changes, [*(one.place for one in changes[1:]), len(series.facts)], strict=False):
        _change(panel, change, end, 100.0 if what == "failures" else 1.0)


def _change(panel: Axes, change: ChangePoint, end: int, scale: float) -> None:
    before, after = change.before * scale, change.after * scale
    panel.axvline(change.place + 0.5, color=ALARM, linewidth=0.9, linestyle=(0, (4, 3)))
    panel.hlines(after, change.place + 0.5, end + 0.5, color=ALARM, linewidth=0.9)
    label = f"{significant(before, 3)} → {significant(after, 3)}"
    panel.annotate(
        label, (change.place + 0.5, after), (4, 5), textcoords="offset points", fontsize=8, color=ALARM,
    )  # fmt: skip


def _value(facts: ArmFacts, what: str) -> float | None:
    if what == "time":
        return facts.median_ms
    return 100 * facts.failed / facts.sent if facts.sent else None
