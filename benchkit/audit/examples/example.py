"""The worked example of a rule: what is wrong, why, and the corrected form; the texts are beside this file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

DOMAIN = "shop.example"
LONG_KEY = re.compile(r"[A-Za-z0-9+/]{60,}={0,2}")
MOST_LINES = 16


class ExampleKind(StrEnum):
    """What the texts are; the value says so in the manual."""

    ZONE = "in the zone of shop.example"
    MESSAGE = "in the message"
    TLS = "what the mail host mail.shop.example shows (--connect)"
    FILE = "the file that is served (--connect)"
    SERVERS = "what each name server answers (--authorities)"
    REPORTS = "in the reports of receivers (--reports)"
    ARM = "what an arm of the scenario sends with (--scenario)"


@dataclass(frozen=True, slots=True)
class Example:
    """`wrong` gives the finding `case`, `right` does not. `around`: zone lines that both need and that are not shown."""

    case: str
    wrong: str
    why: str
    right: str
    kind: ExampleKind = ExampleKind.ZONE
    around: str = ""
    domain: str = DOMAIN
    ip: str = ""  # the address that the mail came from


def shown(text: str) -> str:
    """As the manual prints it: keys without their middle, many lines without their end; every other line is whole."""
    lines = [LONG_KEY.sub(lambda key: f"{key[0][:20]}…{key[0][-8:]}", line) for line in text.strip("\n").split("\n")]
    more = len(lines) - MOST_LINES
    return "\n".join([*lines[:MOST_LINES], *([f"… and {more:,} lines more"] if more > 0 else [])])
