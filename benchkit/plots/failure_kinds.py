"""The kinds of failures as figures show them: their order, and for each a colour and a hatch, so that no eye depends on colour.

Colours are those of Paul Tol's muted scheme, which colour-blind readers can tell apart and no arm has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from benchkit.model.outcome import OutcomeKind


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
