"""The house look: colours that a colour-blind reader tells apart, numbers without exponents, ticks on any range."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from benchkit.model.phases import PHASE_STYLES
from benchkit.model.trace import Phase
from benchkit.plots.style import ARM_COLOURS, arm_colour, logarithmic, three_digits

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
SEEN_BY = {
    "deuteranope": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "protanope": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
}
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE_POINT = (0.9505, 1.0, 1.089)
BARS = (
    (*range(Phase.CONNECT, Phase.REQUEST),),
    (Phase.TLS, Phase.REQUEST, Phase.WAIT, Phase.RESPONSE),
)  # SMTP's, an API's
TOLD_APART = 12.0  # ΔE*ab of two areas side by side


def lab(colour: str, eyes: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    linear = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)])
    seen = np.clip(np.array(SEEN_BY[eyes]) @ linear, 0, 1)
    x, y, z = np.cbrt(np.maximum(np.array(TO_XYZ) @ seen / WHITE_POINT, 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one: str, other: str, eyes: str) -> float:
    return float(np.linalg.norm(lab(one, eyes) - lab(other, eyes)))


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_phases_side_by_side_are_told_apart(eyes: str) -> None:
    neighbours = [(Phase(one), Phase(other)) for bar in BARS for one, other in pairwise(bar)]
    colours = [(PHASE_STYLES[one].colour, PHASE_STYLES[other].colour) for one, other in neighbours]
    assert all(distance(one, other, eyes) > TOLD_APART for one, other in colours)


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_the_first_five_arms_are_told_apart(eyes: str) -> None:
    assert all(distance(one, other, eyes) > TOLD_APART for one, other in combinations(ARM_COLOURS[:5], 2))


def test_arm_colours_begin_again_when_they_run_out() -> None:
    assert arm_colour(len(ARM_COLOURS)) == arm_colour(0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, "0"), (0.65, "0.650"), (1.8, "1.80"), (12.34, "12.3"), (1234.5, "1,234"), (0.0123, "0.0123")],
)
def test_three_digits(value: float, expected: str) -> None:
    assert three_digits(value) == expected


@pytest.mark.parametrize("limits", [(0.9, 1.3), (0.3, 5.0), (0.02, 7.0), (0.01, 9000.0), (0.99999, 1.00001)])
def test_a_logarithmic_axis_has_ticks_on_any_range(limits: tuple[float, float]) -> None:
    axes = Figure().subplots()
    axes.set_xscale("log")
    axes.set_xlim(*limits)
    logarithmic(axes.xaxis)
    inside = [tick for tick in axes.get_xticks() if limits[0] <= tick <= limits[1]]
    assert 2 <= len(inside) <= 12
