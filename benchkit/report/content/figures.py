"""The figures of the full page as values: each answers one question, says what a point is, and carries its data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from benchkit.model.plain_number import significant
from benchkit.model.run import Run
from benchkit.model.summary import Contrast, Summary, Verdict
from benchkit.report import numbers
from benchkit.report.content import sentences
from benchkit.report.content.arms import duration_of
from benchkit.report.content.axes import linear, logarithmic, tick
from benchkit.report.content.page import (
    Axis,
    Cell,
    Curves,
    Figure,
    IntervalRow,
    Intervals,
    Series,
    Stroke,
    Table,
    columns,
)  # fmt: skip
from benchkit.report.content.phases import phase_bars_of
from benchkit.stats.sample import Samples
from benchkit.stats.series import BEYOND, Curve, Stretch, over_time, percentile_curve

FEWEST_OF_A_TAIL = 50  # messages an arm: fewer support no 90th percentile
_NINES = ((0.5, "50 %"), (0.1, "90 %"), (0.05, "95 %"), (0.01, "99 %"), (0.001, "99.9 %"), (0.0001, "99.99 %"))


def phases_figure(summary: Summary, condition: str) -> Figure:
    bars = phase_bars_of(arm for arm in summary.arms if arm.condition == condition)
    rows = tuple(
        (Cell(f"{bar.label}: {phase.label}"), Cell(numbers.decimal(mean)))
        for bar in bars.bars
        for phase, mean in bar.phases
    )
    return Figure(
        "phases", f"Where the time goes on {sentences.link(summary, condition)}",
        "Mean service time of an accepted message, by phase, in milliseconds; one bar for each arm.",
        bars, Table(columns("arm and phase", "mean, ms"), rows),
    )  # fmt: skip


def distribution_figures(summary: Summary, run: Run, samples: Samples, condition: int) -> Iterator[Figure]:
    """How many messages are accepted within a time, and the tail; nothing where none was accepted."""
    curves = [percentile_curve(run, sample) for key, sample in samples.items() if key[0] == condition]
    curves = [curve for curve in curves if curve.points and run.manifest.arms[curve.arm].transport != "null"]
    if not curves:
        return
    times = [value for curve in curves for _, value in curve.points if value > 0]
    x = logarithmic(f"{duration_of(summary)} time, ms (logarithmic)", min(times), max(times))
    link, each = (
        sentences.link(summary, run.manifest.conditions[condition].name),
        max(curve.messages for curve in curves),
    )
    shares = Axis(
        "share of messages", 0.0, 1.0, ((0.0, "0"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %"))
    )
    body = tuple(_series(run, curve, [(value, p / 100) for p, value in curve.points], steps=True) for curve in curves)
    data = _percentiles_table(run, curves)
    yield Figure(
        "distribution", f"How many messages are accepted within a time, on {link}",
        f"Each line: the share of an arm's messages that were accepted within a time, of up to {each:,} messages an arm. "
        "A failed message is never accepted, so its line ends below 100 %.",
        Curves(x, shares, body), data,
    )  # fmt: skip
    tail = tuple(_series(run, curve, _supported(curve)) for curve in curves)
    if max(curve.messages for curve in curves) < FEWEST_OF_A_TAIL:
        return
    longest = max((point for series in tail for point, _ in series.points), default=2.0)
    ticks = tuple((1 / share, label) for share, label in _NINES if 1 / share <= longest * 1.01)
    nines = Axis("percentile (further right: rarer)", 2.0, max(longest, 10.0), ticks, logarithmic=True)
    high = max((value for series in tail for _, value in series.points), default=1.0)
    yield Figure(
        "tail", f"The slow messages, on {link}",
        "Each line: the time below which a percentage of an arm's messages lies. A percentile is drawn only if at least five "
        "messages are slower.",
        Curves(nines, linear(f"{duration_of(summary)} time, ms", high * 1.05), tail), data,
    )  # fmt: skip


def _supported(curve: Curve) -> list[tuple[float, float]]:
    """(one message in so many, ms) from the median on."""
    return [
        (1 / (1 - p / 100), value)
        for p, value in curve.points
        if 50 <= p < 100 and curve.messages * (100 - p) >= 100 * BEYOND
    ]


def _series(run: Run, curve: Curve, points: Sequence[tuple[float, float]], *, steps: bool = False) -> Series:
    return Series(run.manifest.arms[curve.arm].name, curve.arm, tuple(points), _stroke(run, curve.arm), steps=steps)


def _stroke(run: Run, arm: int) -> Stroke:
    """A copy of an arm (A/A) should lie on its original, so it is dashed."""
    return Stroke.SOLID if run.manifest.arms[arm].aa_of < 0 else Stroke.DASHED


def _percentiles_table(run: Run, curves: Sequence[Curve]) -> Table:
    names = [run.manifest.arms[curve.arm].name for curve in curves]
    found = [dict(curve.points) for curve in curves]
    shown = sorted({p for points in found for p in points})
    rows = tuple(
        (Cell(f"{significant(p)} %"), *(Cell(numbers.decimal(points.get(p))) for points in found)) for p in shown
    )
    return Table(columns("percentile, ms", *names), rows)


def throughput_figure(run: Run, samples: Samples, condition: int) -> Figure | None:
    """Accepted messages per second of each arm's own time, over the time of the run."""
    stretches = _stretches(run, samples, condition)
    drawn = {
        arm: [(one.started_s, one.rate_per_s) for one in found if one.rate_per_s is not None]
        for arm, found in stretches.items()
    }
    rates = [rate for points in drawn.values() for _, rate in points]
    if not rates or max(rates) <= 0:
        return None
    end_s = max(start for points in drawn.values() for start, _ in points)
    series = tuple(
        Series(
            run.manifest.arms[arm].name,
            arm,
            tuple(points),
            _stroke(run, arm),
        )
        for arm, points in drawn.items()
    )
    above = [rate for rate in rates if rate > 0]
    x = linear("seconds since the first message", end_s)
    y = logarithmic("messages/s (logarithmic)", min(above), max(above))
    return Figure(
        "throughput", "Throughput over time",
        "Each point: accepted messages per second of an arm's own time, over one or several consecutive blocks.",
        Curves(x, y, series), _stretches_table(run, stretches),
    )  # fmt: skip


def failures_figure(run: Run, samples: Samples, condition: int) -> Figure | None:
    """The share of failed messages over time; None where no message failed."""
    stretches = _stretches(run, samples, condition)
    shares = {
        arm: [(one.started_s, one.failed / (one.accepted + one.failed)) for one in found]
        for arm, found in stretches.items()
    }
    if not any(share for points in shares.values() for _, share in points):
        return None
    end_s = max(start for points in shares.values() for start, _ in points)
    highest = max(share for points in shares.values() for _, share in points)
    y = linear("failed, % of messages", 100 * highest)
    series = tuple(
        Series(
            run.manifest.arms[arm].name,
            arm,
            tuple((start, 100 * share) for start, share in points),
            _stroke(run, arm),
            steps=True,
        )
        for arm, points in shares.items()
    )
    return Figure(
        "failures", "Failures over time", "Each point: the share of an arm's messages that failed, over consecutive blocks.",
        Curves(linear("seconds since the first message", end_s), y, series), _stretches_table(run, stretches),
    )  # fmt: skip


def _stretches(run: Run, samples: Samples, condition: int) -> dict[int, tuple[Stretch, ...]]:
    found = {arm: over_time(run, sample) for (number, arm), sample in samples.items() if number == condition}
    return {
        arm: stretches for arm, stretches in found.items() if stretches and run.manifest.arms[arm].transport != "null"
    }


def _stretches_table(run: Run, stretches: dict[int, tuple[Stretch, ...]]) -> Table:
    rows = tuple(
        (Cell(run.manifest.arms[arm].name), Cell(f"{one.started_s:.1f}"), Cell(f"{one.accepted:,}"), Cell(f"{one.failed:,}"),
         Cell(numbers.decimal(one.rate_per_s)))
        for arm, found in stretches.items() for one in found
    )  # fmt: skip
    return Table(columns("arm", "from second", "accepted", "failed", "messages/s"), rows)


def contrasts_figure(summary: Summary, condition: str) -> Figure | None:
    """Every ratio on this link with its interval; the band is what counts as no difference."""
    on_link = [one for one in sentences.by_weight(summary) if one.condition == condition]
    shown = [one for one in on_link if one.ratio is not None and isfinite(one.ratio) and one.ratio > 0]
    if not shown or not summary.valid:
        return None
    names = list(dict.fromkeys(arm.name for arm in summary.arms))
    rows = tuple(_interval_row(one, names.index(one.arm)) for one in shown)
    found = (end for row in rows for end in (row.value, row.low, row.high))
    ends = [end for end in found if end is not None and isfinite(end) and end > 0]
    label = "times the baseline’s time; right of 1 is slower"
    table = Table(
        columns("arm against baseline", "ratio", "interval", "verdict"),
        tuple(
            (Cell(row.label), Cell(numbers.decimal(row.value)), Cell(_interval(one)), Cell(row.note))
            for row, one in zip(rows, shown, strict=True)
        ),
    )
    low, high = summary.rope
    return Figure(
        "contrasts", f"Every comparison on {sentences.link(summary, condition)}",
        f"Each point: the ratio of median times, arm to {shown[0].baseline}, with its {numbers.percent(summary.confidence)} "
        f"interval. The band, {low:.2f} to {high:.2f}, counts as no difference.",
        Intervals(logarithmic(label, min(*ends, 0.8), max(*ends, 1.25)), rows, summary.rope), table,
    )  # fmt: skip


def _interval_row(contrast: Contrast, colour: int) -> IntervalRow:
    low, high = contrast.ci or (None, None)
    note = "A/A" if contrast.aa else _NOTES[contrast.verdict]
    return IntervalRow(contrast.arm, contrast.ratio, low, high, note, colour)


_NOTES = {
    Verdict.SLOWER: "slower",
    Verdict.FASTER: "faster",
    Verdict.EQUIVALENT: "no difference",
    Verdict.UNDECIDED: "undecided",
    Verdict.WITHHELD: "no verdict",
}


def _interval(contrast: Contrast) -> str:
    if contrast.ci is None:
        return numbers.NOT_KNOWN
    low, high = contrast.ci
    return f"{tick(round(low, 4))} to {tick(round(high, 4)) if isfinite(high) else '∞'}"
