"""A colour for each arm, by its number: the same in every figure and on every page.

They are those of Okabe and Ito, which colour-blind readers can tell apart, and two more.
"""

from __future__ import annotations

ARM_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6A4C93", "#4D4D4D")


def arm_colour(arm: int) -> str:
    return ARM_COLOURS[arm % len(ARM_COLOURS)]
