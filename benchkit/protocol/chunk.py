"""The server's reading of BDAT (RFC 3030 §2): a size, and whether it is the last chunk of its message."""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchkit.protocol.commands import Refusal

_ARGUMENT = re.compile(rb"(\d{1,19})(?: +(LAST))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chunk:
    size: int
    last: bool


def parse_bdat(argument: bytes) -> Chunk:
    """`size [LAST]`; raises Refusal 501."""
    match = _ARGUMENT.fullmatch(argument)
    if match is None:
        raise Refusal("501 5.5.4 Syntax: BDAT size [LAST]")
    return Chunk(int(match[1]), match[2] is not None)
