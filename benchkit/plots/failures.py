"""What fails: the share of each arm's messages that were not accepted, by kind, with the interval of the whole.

Each kind has a colour and a hatch, so that no eye depends on colour. The colours are those of Paul Tol's muted scheme, which
colour-blind readers can tell apart and no arm has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from benchkit.model.outcome import OutcomeKind
from benchkit.model.plain_number import significant
from benchkit.model.run import Run
from benchkit.model.summary import Estimate
from benchkit.plots.style import AT_THE_RIGHT, FAINT, arm_colour, arm_label, panels
from benchkit.stats.proportion import clustered_rate
from benchkit.stats.sample import Sample, Samples, measured_samples
from benchkit.stats.starts import clusters_of_sample


class KindStyle(NamedTuple):
    colour: str
    hatch: str
    meaning: str


FAILURE_STYLES: Mapping[OutcomeKind, KindStyle] = {
    OutcomeKind.DEFERRED: KindStyle("#DDCC77", "", "may be tried again"),
    OutcomeKind.THROTTLED: KindStyle("#88CCEE", "//", "over a rate limit"),
    OutcomeKind.REJECTED: KindStyle("#CC6677", "", "final"),
    OutcomeKind.UNREACHABLE: KindStyle("#332288", "", "no connection"),
    OutcomeKind.TIMED_OUT: KindStyle("#117733", "\\\\", "no answer in time"),
    OutcomeKind.GARBLED: KindStyle("#999933", "..", "an answer outside the protocol"),
    OutcomeKind.AMBIGUOUS: KindStyle("#882255", "xx", "may have arrived"),
}


_AT_LEAST = 0.001  # the axis ends no earlier, so that a run without failures has one


class Failures:
    name = "failures"
    title = "What fails, and how often"

    def suits(self, run: Run) -> bool:
        return any(sample.failed for sample in measured_samples(run).values())

    def draw(self, run: Run, figure: Figure) -> None:
        samples, arms = measured_samples(run), len(run.manifest.arms)
        rates = {key: _rate(run, sample) for key, sample in samples.items()}
        axes = panels(
            run, figure, self.title, "share of messages not accepted, by kind; line: its interval",
            height_in=0.2 + 0.48 * arms, left_in=1.95, right_in=1.75, below_in=1.05,
        )  # fmt: skip
        highest = max([_AT_LEAST, *(rate.high or 0.0 for rate in rates.values())])
        for condition, panel in enumerate(axes):
            _panel(panel, run, highest)
            for arm in range(arms):
                _row(panel, arm, samples[condition, arm], rates[condition, arm])
        axes[-1].set_xlabel("percent of the messages that were sent")
        _legend(figure, samples)


def _rate(run: Run, sample: Sample) -> Estimate:
    """Wilson's interval of the effective number: messages of a block fail together."""
    manifest = run.manifest
    return clustered_rate(
        (~sample.accepted).astype(np.float64), clusters_of_sample(manifest, sample), manifest.confidence
    )


def _panel(panel: Axes, run: Run, highest: float) -> None:
    arms = len(run.manifest.arms)
    panel.set_xlim(0, 100 * min(1.0, 1.03 * highest))
    panel.set_ylim(arms - 0.5, -0.5)
    panel.set_yticks(range(arms), [arm_label(run, arm) for arm in range(arms)])
    panel.tick_params(axis="y", length=0)
    panel.grid(axis="x")


def _row(panel: Axes, row: int, sample: Sample, rate: Estimate) -> None:
    n, start, outcome = sample.started, 0.0, sample.rows["outcome"]
    for kind, style in FAILURE_STYLES.items():
        share = 100 * np.count_nonzero(outcome == kind) / max(1, n)
        if share:
            panel.barh(row, share, left=start, height=0.58, color=style.colour, hatch=style.hatch, edgecolor="white",
                       linewidth=0.6)  # fmt: skip
            start += share
    if rate.low is not None and rate.high is not None:
        panel.plot((100 * rate.low, 100 * rate.high), (row + 0.36, row + 0.36), color="#1f2328", linewidth=1.6)
    panel.annotate(_percent(rate), (1, row), (8, 6), fontweight="bold", color=arm_colour(row), **AT_THE_RIGHT)
    panel.annotate(
        f"{sample.failed:,} of {n:,}{_between(rate)}", (1, row), (8, -6), fontsize=7.5, color=FAINT, **AT_THE_RIGHT
    )


def _percent(rate: Estimate) -> str:
    return "not known" if rate.value is None else f"{significant(100 * rate.value, 3)} %"


def _between(rate: Estimate) -> str:
    return (
        ""
        if rate.low is None or rate.high is None
        else f", {significant(100 * rate.low, 2)} to {significant(100 * rate.high, 2)} %"
    )


def _legend(figure: Figure, samples: Samples) -> None:
    """The kinds that occur."""
    occurring = {int(kind) for sample in samples.values() for kind in np.unique(sample.rows["outcome"])}
    patches = [
        Patch(facecolor=style.colour, hatch=style.hatch, edgecolor="white", label=f"{_words(kind)}: {style.meaning}")
        for kind, style in FAILURE_STYLES.items()
        if kind in occurring
    ]
    height_in = figure.get_size_inches()[1]
    figure.legend(
        handles=patches, loc="center", bbox_to_anchor=(0.5, 0.62 / height_in), ncols=3, handlelength=1.2, handleheight=1.0,
        columnspacing=1.4,
    )  # fmt: skip


def _words(kind: OutcomeKind) -> str:
    return kind.label.replace("_", " ")


PLOT = Failures()
