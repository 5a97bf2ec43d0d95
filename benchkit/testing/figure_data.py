"""What a figure's artists draw, in the units of its axes. Judges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

UNITS_PER_MS = {
    "milliseconds": 1.0, "ms": 1.0, "seconds": 1e-3, "s": 1e-3, "microseconds": 1e3, "µs": 1e3, "minutes": 1 / 60_000,
}  # fmt: skip
# A duration's unit ends the label or its part: `seconds since the first send` and `messages/s` are no durations.
_UNIT = re.compile(rf"(?:\A|[\s,(])({'|'.join(UNITS_PER_MS)})\)?(?: \(logarithmic\))?\Z")


def points(axes: Any) -> Iterator[Any]:
    """Of each visible artist in data coordinates: an array of (x, y), finite ones only."""
    for artist in (*axes.lines, *axes.patches, *axes.collections):
        if artist.get_visible():
            drawn = np.asarray(_vertices(artist, axes), dtype=float).reshape(-1, 2)
            if len(kept := drawn[np.isfinite(drawn).all(axis=1)]):
                yield kept


def time_axes(figure: Any) -> Iterator[tuple[Any, int, float]]:
    """Each axis whose label ends with a unit of time: its axes (all that share it), 0 for x or 1 for y, units a millisecond."""
    for axes in figure.axes:
        for dimension, label in enumerate((axes.get_xlabel(), axes.get_ylabel())):
            if found := _UNIT.search(label):
                yield axes, dimension, UNITS_PER_MS[found[1]]


def _vertices(artist: Any, axes: Any) -> Any:
    if hasattr(artist, "get_offsets") and artist.get_offset_transform() == axes.transData:
        return artist.get_offsets()
    if artist.get_transform().contains_branch_seperately(axes.transData) != (True, True):
        return ()
    if hasattr(artist, "get_xydata"):
        return artist.get_xydata()
    if hasattr(artist, "get_path"):  # a bar's path is a unit square until it is transformed
        return (artist.get_transform() - axes.transData).transform(artist.get_path().vertices)
    return [vertex for path in artist.get_paths() for vertex in path.vertices]
