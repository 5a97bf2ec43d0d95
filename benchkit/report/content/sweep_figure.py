"""Time against RTT: what was measured, the fitted lines, what the round trips alone would take, and where both sides are
level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.model.run import Run
from benchkit.model.summary import LatencyFit, Summary
from benchkit.report import numbers
from benchkit.report.content.axes import linear
from benchkit.report.content.page import Cell, Curves, Figure, Series, Stroke, Table, columns
from benchkit.stats.latency_fits import sweeps_of
from benchkit.stats.sample import Samples
from benchkit.stats.series import block_quartiles


def sweep_figures(summary: Summary, run: Run, samples: Samples) -> Iterator[Figure]:
    """One for each group of links that differ in RTT alone; none without a sweep."""
    for link, conditions in sweeps_of(run.manifest).items():
        fits = [fit for fit in summary.fits if fit.link == link]
        if fits and len(conditions) > 1:
            yield _figure(run, samples, link, conditions, fits)


def _figure(run: Run, samples: Samples, link: str, conditions: Sequence[int], fits: Sequence[LatencyFit]) -> Figure:
    numbers_of_arms = {record.name: number for number, record in enumerate(run.manifest.arms)}
    right = 1.05 * max(run.manifest.conditions[condition].rtt_ms or 0.0 for condition in conditions)
    measured = {fit.arm: _measured(run, samples, numbers_of_arms[fit.arm], conditions) for fit in fits}
    series = [one for fit in fits for one in _series(run, fit, numbers_of_arms[fit.arm], measured[fit.arm], right)]
    top = max(y for one in series for _, y in one.points)
    marks = tuple(
        (fit.break_even_rtt_ms.value, f"level: {fit.arm}")
        for fit in fits
        if fit.break_even_rtt_ms and fit.break_even_rtt_ms.value is not None and fit.break_even_rtt_ms.value <= right
    )
    rows = tuple(
        (Cell(fit.arm), Cell(numbers.decimal(x)), Cell(numbers.decimal(median)),
         Cell(f"{numbers.decimal(low)} to {numbers.decimal(high)}"))
        for fit in fits for x, low, median, high in measured[fit.arm]
    )  # fmt: skip
    where = f" ({link})" if link else ""
    return Figure(
        "sweep", f"Time on round-trip time{where}",
        "Each point: the median over blocks of an arm's median service time, with the middle half of the blocks. Lines: the "
        "fit, whose slope is the round trips that cost time. Dotted: the counted round trips alone, without any processing.",
        Curves(linear("round-trip time of the link, ms", right), linear("service time, ms", top), tuple(series), marks),
        Table(columns("arm", "RTT, ms", "median, ms", "middle half, ms"), rows),
    )  # fmt: skip


def _series(
    run: Run, fit: LatencyFit, arm: int, measured: Sequence[tuple[float, float, float, float]], right: float
) -> Iterator[Series]:
    intercept, slope = fit.intercept_ms.value or 0.0, fit.slope.value or 0.0
    stroke = Stroke.SOLID if run.manifest.arms[arm].aa_of < 0 else Stroke.DASHED
    points = tuple((x, median) for x, _, median, _ in measured)
    yield Series(
        fit.arm, arm, points, Stroke.POINTS, tuple((x, low, high) for x, low, _, high in measured), legend=False
    )
    yield Series(fit.arm, arm, ((0.0, max(0.0, intercept)), (right, intercept + slope * right)), stroke)
    if fit.turns is not None and run.manifest.arms[arm].aa_of < 0:
        yield Series(
            f"{fit.arm}: round trips alone", arm, ((0.0, 0.0), (right, fit.turns * right)), Stroke.DOTTED, legend=False
        )


def _measured(
    run: Run, samples: Samples, arm: int, conditions: Sequence[int]
) -> list[tuple[float, float, float, float]]:
    """(RTT, lower quartile, median, upper quartile) of the blocks' medians that are no failures."""
    found = ((condition, block_quartiles(run, samples[condition, arm])) for condition in conditions)
    return [
        (run.manifest.conditions[condition].rtt_ms or 0.0, *quartiles) for condition, quartiles in found if quartiles
    ]
