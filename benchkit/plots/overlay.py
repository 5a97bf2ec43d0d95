"""Two runs over each other: of each arm the share of messages accepted within a time, before (grey, dashed) and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchkit.model.outside_text import escaped
from benchkit.model.run import Run
from benchkit.plots.durations import duration_name, durations_ms, finite
from benchkit.plots.style import FAINT, arm_colour, framed, logarithmic, three_digits

MOST_PANELS = 12
Pair = tuple[str, int, Any, Any]  # heading, colour's arm, durations before and after


def draw(figure: Figure, before: Run, after: Run) -> None:
    """A panel an arm and condition that both runs have; of more than MOST_PANELS those whose medians moved most."""
    pairs = _pairs(before, after)
    names = f"Before: {before.manifest.run}. After: {after.manifest.run}."
    axes = framed(
        figure, "Did the times move between the runs",
        f"share of messages accepted within a time ({duration_name(after)}); dashed: before, line: after",
        [heading for heading, *_ in pairs] or ["no arm has the same name and condition in both"],
        escaped(names, lines=False),
        height_in=1.25, left_in=0.75, right_in=1.6, below_in=0.55, titled=True,
    )  # fmt: skip
    values = np.concatenate([finite(part) for *_, first, second in pairs for part in (first, second)] or [np.array([])])
    for panel, pair in zip(axes, pairs, strict=False):
        _panel(panel, pair, values)
    axes[-1].set_xlabel(f"{duration_name(after)}, milliseconds (logarithmic)")


def _pairs(before: Run, after: Run) -> Sequence[Pair]:
    earlier, later = _by_name(before), _by_name(after)
    arms = {arm.name: place for place, arm in enumerate(after.manifest.arms)}
    found = [
        (f"{name} on {condition}", arms[name], earlier[name, condition], durations)
        for (name, condition), durations in later.items()
        if (name, condition) in earlier and len(durations) and len(earlier[name, condition])
    ]
    kept = sorted(range(len(found)), key=lambda place: -_moved(found[place]))[:MOST_PANELS]
    return [(escaped(found[place][0], lines=False), *found[place][1:]) for place in sorted(kept)]


def _by_name(run: Run) -> dict[tuple[str, str], Any]:
    manifest = run.manifest
    return {
        (manifest.arms[arm].name, manifest.conditions[condition].name): values
        for (condition, arm), values in durations_ms(run).items()
    }


def _moved(pair: Pair) -> float:
    *_, before, after = pair
    ratio = np.median(after) / np.median(before)
    return abs(float(np.log(ratio))) if np.isfinite(ratio) and ratio > 0 else np.inf


def _panel(panel: Axes, pair: Pair, values: Any) -> None:
    _, arm, before, after = pair
    panel.set_xscale("log")
    if len(values):
        panel.set_xlim(values.min() / 1.15, values.max() * 1.15)
    logarithmic(panel.xaxis)
    panel.set_ylim(0, 1.02)
    panel.set_yticks((0, 0.5, 1), ("0", "50 %", "100 %"))
    panel.grid(axis="both")
    for durations, colour, style, height in (
        (before, FAINT, (0, (4, 2)), 0.72),
        (after, arm_colour(arm), "solid", 0.36),
    ):
        succeeded = finite(durations)
        shares = np.arange(1, len(succeeded) + 1) / len(durations)
        panel.step(succeeded, shares, where="post", color=colour, linestyle=style, linewidth=1.6)
        median = float(np.median(durations))
        text = f"{three_digits(median)} ms" if np.isfinite(median) else "failed"
        panel.annotate(f"{text}, n = {len(durations):,}", (1, height), (8, 0), xycoords="axes fraction",
                       textcoords="offset points", va="center", fontsize=8, color=colour)  # fmt: skip
