"""Phases as reports and figures show them: their order, and a letter and a colour for each.

The order is the one in which phases can happen; `Phase`'s numbers are only what the tables store (model/trace.py). Letters are
unique, for terminals without colours. Colours hold for colour-blind readers and form four families whose neighbours differ in
lightness: blues set the connection up, greens are the envelope, amber is the content, reds are HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from benchkit.model.trace import Phase


class PhaseStyle(NamedTuple):
    letter: str
    colour: str


PHASE_STYLES: Mapping[Phase, PhaseStyle] = {  # in their order
    Phase.CONNECT: PhaseStyle("C", "#0b2f5e"),
    Phase.TLS: PhaseStyle("T", "#3f7fbf"),
    Phase.BANNER: PhaseStyle("B", "#164a86"),
    Phase.EHLO: PhaseStyle("E", "#74aede"),
    Phase.STARTTLS: PhaseStyle("S", "#2563a6"),
    Phase.AUTH: PhaseStyle("A", "#b3d4f0"),
    Phase.MAIL: PhaseStyle("M", "#0b5d4b"),
    Phase.RCPT: PhaseStyle("R", "#35a184"),
    Phase.DATA: PhaseStyle("D", "#8fd3bd"),
    Phase.CONTENT: PhaseStyle("N", "#f2b134"),
    Phase.REQUEST: PhaseStyle("Q", "#f3a08a"),
    Phase.WAIT: PhaseStyle("W", "#d1442b"),
    Phase.RESPONSE: PhaseStyle("P", "#7c1f12"),
    Phase.BACKOFF: PhaseStyle("K", "#c9c9c9"),
    Phase.CLOSE: PhaseStyle("X", "#9a9a9a"),
}
_PLACES = {phase: place for place, phase in enumerate(PHASE_STYLES)}
PhaseTimes = list[tuple[Phase, float]]


def in_order(phases: Iterable[Phase]) -> list[Phase]:
    """Each once, in the order in which they happen."""
    return sorted(set(phases), key=_PLACES.__getitem__)


def service_phases(phases_ms: Mapping[str, float]) -> PhaseTimes:
    """Those that take part of the service time, in order: without CLOSE, which comes after it."""
    times = {Phase[name.upper()]: mean for name, mean in phases_ms.items() if mean > 0}
    return [(phase, times[phase]) for phase in in_order(times) if phase is not Phase.CLOSE]


def is_dark(colour: str) -> bool:
    """Whether white reads better on `#rrggbb` than black does, by the luminance of ITU-R BT.709."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128
