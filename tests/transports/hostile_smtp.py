"""SMTP servers that break RFC 5321, as a table: where in the dialogue, what they say, and how a message may end."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from benchkit.model.outcome import OutcomeKind

Kind = OutcomeKind
UNTAKEN = frozenset(
    {Kind.DEFERRED, Kind.REJECTED, Kind.THROTTLED, Kind.UNREACHABLE, Kind.TIMED_OUT, Kind.GARBLED, Kind.AMBIGUOUS}
)


@dataclass(frozen=True, slots=True)
class Hostile:
    """`at`: banner, EHLO, MAIL, RCPT, DATA, content; `says` instead of the right reply; None cuts the connection."""

    at: str
    says: bytes | None
    closes: bool = False  # after that
    kinds: frozenset[OutcomeKind] = UNTAKEN


# What stands in place of a reply wherever one is due. None of it is one by RFC 5321 §4.2.
NO_REPLIES: dict[str, bytes] = {
    "four digits": b"2500 ok\r\n",
    "code and letter": b"250x ok\r\n",
    "two digits": b"25 ok\r\n",
    "bare LF": b"250 ok\n",
    "bare CR": b"250 ok\r",
    "letters": b"OK\r\n",
    "two codes": b"550-no\r\n250 ok\r\n",
    "code above 559": b"999 ok\r\n",
    "code below 200": b"150 ok\r\n",
    "control characters": b"250 o\x00k\r\n",
    "leading blank": b" 250 ok\r\n",
    "underscore": b"250_ok\r\n",
    "full-width digits": "２５０ ok\r\n".encode(),
    "minus": b"-250 ok\r\n",
    "plus": b"+250 ok\r\n",
    "empty line": b"\r\n",
    "HTTP": b"HTTP/1.1 250 OK\r\n\r\n",
    "TLS alert": b"\x15\x03\x01\x00\x02\x02\x28",
    "endless line": b"250 " + b"a" * 9_000,
    "endless lines": b"250-a\r\n" * 300,
}
PLACES = ("banner", "EHLO", "MAIL", "RCPT", "DATA", "content")
RIGHT = {"banner": b"220 hi\r\n", "DATA": b"354 go\r\n"}


def _right(place: str) -> bytes:
    return RIGHT.get(place, b"250 ok\r\n")


DIALOGUES: dict[str, Hostile] = {
    **{
        f"{name} at {place}": Hostile(place, says) for place in ("content", "RCPT") for name, says in NO_REPLIES.items()
    },
    **{f"cut at {place}": Hostile(place, None) for place in PLACES},
    **{f"silence at {place}": Hostile(place, b"") for place in PLACES},
    **{f"Latin-1 refusal at {place}": Hostile(place, b"550 5.1.1 Empf\xe4nger unbekannt\r\n") for place in PLACES},
    "GBK refusal": Hostile("content", b"554 \xd3\xca\xbc\xfe\xb1\xbb\xbe\xdc\xbe\xf8\r\n"),
    "251 to the content": Hostile("content", b"251 ok\r\n"),
    "220 to the content": Hostile("content", b"220 ok\r\n"),
    "354 to the content": Hostile("content", b"354 go on\r\n"),
    "354 and 250 at once": Hostile("DATA", b"354 go\r\n250 ok\r\n"),
    "250 to DATA": Hostile("DATA", b"250 ok\r\n"),
    "two replies to MAIL": Hostile("MAIL", b"250 ok\r\n250 ok\r\n"),
    "421 and the end": Hostile("MAIL", b"421 4.3.2 bye\r\n", closes=True),
    "refusal and more": Hostile("content", b"550 no\r\n250 ok\r\n"),
    "multi-line refusal": Hostile("content", b"550-no\r\n550-really\r\n550 no\r\n"),
    "banner 554": Hostile("banner", b"554 no service\r\n"),
    "EHLO refused": Hostile("EHLO", b"502 no\r\n"),
}
# Cut within the final reply, the end of the connection behind it: an acceptance only with its CRLF.
CUT_REPLIES = {
    f"cut reply {b'250 2.0.0 ok'[:n]!r}": Hostile("content", b"250 2.0.0 ok"[:n], closes=True) for n in range(1, 13)
}


def peak_mb() -> float:
    """The most memory that this process has held."""
    with open(f"/proc/{os.getpid()}/status", encoding="ascii") as status:
        (line,) = (line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def forget_the_peak() -> None:
    """It begins again with what the process holds now (proc(5), clear_refs)."""
    with open(f"/proc/{os.getpid()}/clear_refs", "w", encoding="ascii") as forget:
        forget.write("5")


if __name__ == "__main__":
    sys.exit("a table for tests")
