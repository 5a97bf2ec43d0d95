"""Time over RTT: each arm's slope is the round trips that it waits for, where its line begins is the processors' time.

T = a + (b + k)·RTT (method.md §9). Points are medians over blocks with the middle half, lines the least-squares fits of
stats/latency_fits.py. A run without a sweep of RTTs has no slope, and the figure says so.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchkit.model.plain_number import significant
from benchkit.model.run import Run
from benchkit.model.summary import LatencyFit
from benchkit.plots.style import COPY_DASHES, FAINT, arm_colour, arm_label, labels_at_the_right, stacked
from benchkit.stats.blocks import block_values
from benchkit.stats.latency_fits import fits_of, sweeps_of
from benchkit.stats.sample import Samples, measured_samples

_PANEL_IN = 4.2
_NOTICE_IN = 0.7
_LABEL_IN = 0.36  # two lines of a label at the right
_AIR = 1.06
_WITHOUT_A_SWEEP = "This run has one round-trip time.\nA list of them (rtt_ms under [network]) shows the slopes."


class Slopes:
    name = "slopes"
    title = "What a turn costs"

    def suits(self, run: Run) -> bool:
        return bool(fits_of(run, measured_samples(run)))

    def draw(self, run: Run, figure: Figure) -> None:
        samples = measured_samples(run)
        fits = fits_of(run, samples)
        links = list(dict.fromkeys(fit.link for fit in fits))
        axes = stacked(
            run, figure, self.title, "service time over the link’s round-trip time: the slope is the turns waited for",
            links or [""],
            height_in=_PANEL_IN if links else _NOTICE_IN, left_in=0.75, right_in=2.4, below_in=0.55,
        )  # fmt: skip
        if not links:
            axes[0].set_axis_off()
            axes[0].text(0.5, 0.5, _WITHOUT_A_SWEEP, ha="center", va="center", color=FAINT, transform=axes[0].transAxes)
        for link, panel in zip(links, axes, strict=False):
            _panel(panel, run, samples, sweeps_of(run.manifest)[link], [fit for fit in fits if fit.link == link])


def _panel(panel: Axes, run: Run, samples: Samples, conditions: list[int], fits: list[LatencyFit]) -> None:
    rtts_ms = np.array([run.manifest.conditions[condition].rtt_ms or 0.0 for condition in conditions])
    numbers = {record.name: number for number, record in enumerate(run.manifest.arms)}
    right = _AIR * float(rtts_ms.max())
    tops = [_draw(panel, run, samples, numbers[fit.arm], fit, conditions, rtts_ms, right) for fit in fits]
    top = _AIR * max([*tops, 1e-9])
    panel.set_xlim(0, right)
    panel.set_ylim(0, top)
    panel.grid(axis="both")
    panel.set_xlabel("round-trip time of the link, milliseconds, as the kernel measured it")
    panel.set_ylabel("milliseconds")
    ends = sorted(
        (_at(fit, right) / top, _label(run, numbers[fit.arm], fit), arm_colour(numbers[fit.arm])) for fit in fits
    )
    labels_at_the_right(panel, ends, _LABEL_IN, _PANEL_IN)


def _draw(
    panel: Axes,
    run: Run,
    samples: Samples,
    arm: int,
    fit: LatencyFit,
    conditions: list[int],
    rtts_ms: Any,
    right: float,
) -> float:
    """Points and line of an arm; gives the highest that it reaches."""
    quartiles = np.array([_quartiles(run, samples, arm, condition) for condition in conditions])
    low, median, high = quartiles.T
    panel.errorbar(
        rtts_ms, median, (median - low, high - median), fmt="o", color=arm_colour(arm), markersize=4, capsize=2
    )
    style = "solid" if run.manifest.arms[arm].aa_of < 0 else COPY_DASHES
    panel.plot((0, right), (_at(fit, 0), _at(fit, right)), color=arm_colour(arm), linewidth=1.3, linestyle=style)
    return max(_at(fit, right), float(np.nanmax(high, initial=0.0)))


def _quartiles(run: Run, samples: Samples, arm: int, condition: int) -> Any:
    """Of the blocks' medians that are no failures."""
    values = np.array(list(block_values(samples[condition, arm], "service", run.manifest.messages_per_block).values()))
    known = values[np.isfinite(values)]
    return np.quantile(known, (0.25, 0.5, 0.75)) if len(known) else np.full(3, np.nan)


def _at(fit: LatencyFit, rtt_ms: float) -> float:
    return (fit.intercept_ms.value or 0.0) + (fit.slope.value or 0.0) * rtt_ms


def _label(run: Run, arm: int, fit: LatencyFit) -> str:
    slope, low, high = (value or 0.0 for value in (fit.slope.value, fit.slope.low, fit.slope.high))
    turns = "" if fit.turns is None else f", {significant(fit.turns, 3)} turn{'' if fit.turns == 1 else 's'}"
    return f"{arm_label(run, arm, 30)}\nslope {slope:.2f} [{low:.2f}, {high:.2f}]{turns}"


PLOT = Slopes()
