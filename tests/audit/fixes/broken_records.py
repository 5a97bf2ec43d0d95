"""Good SPF records broken by seeded typing errors, as fingers, control panels and word processors make them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

SENDERS = (
    *("mx", "a", "ip4:192.0.2.1", "ip4:198.51.100.0/24", "ip4:203.0.113.7", "ip6:2001:db8::1", "ip6:2001:db8:7::/48"),
    *(
        "include:_spf.google.com",
        "include:spf.protection.outlook.com",
        "include:sendgrid.net",
        "include:_spf.x.example",
    ),
    *("a:mail.y.example", "mx:z.example", "exists:%{i}._spf.w.example"),
)
ENDS = ("-all", "~all")


def good_record(draw: random.Random) -> str:
    terms = draw.sample(SENDERS, draw.randint(1, 6))
    return " ".join(["v=spf1", *terms, draw.choice(ENDS)])


def broken(text: str, draw: random.Random) -> str:
    """With one to three errors behind the version."""
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len("v=spf1 "), len(text))
        text = draw.choice(ERRORS)(text, at, draw)
    return text


def _drop(text: str, at: int, _: random.Random) -> str:
    return text[:at] + text[at + 1 :]


def _double(text: str, at: int, _: random.Random) -> str:
    return text[:at] + text[at] + text[at:]


def _swap(text: str, at: int, _: random.Random) -> str:
    return text[: at - 1] + text[at : at + 1] + text[at - 1] + text[at + 1 :]


def _blank(text: str, at: int, _: random.Random) -> str:
    return f"{text[:at]} {text[at:]}"


def _stray(text: str, at: int, draw: random.Random) -> str:
    return text[:at] + draw.choice(",;.:=\"'-~?+ ") + text[at:]


def _near(found: str, put: str) -> Callable[[str, int, random.Random], str]:
    """Another text in the place of the nearest occurrence behind the version."""

    def change(text: str, at: int, _: random.Random) -> str:
        places = [each.start() for each in re.finditer(re.escape(found), text[7:])]
        where = min(places, key=lambda place: abs(place + 7 - at), default=None)
        return text if where is None else text[: where + 7] + put + text[where + 7 + len(found) :]

    return change


def _shuffled(text: str, _: int, draw: random.Random) -> str:
    words = text.split()[1:]
    draw.shuffle(words)
    return " ".join(["v=spf1", *words])


ERRORS: tuple[Callable[[str, int, random.Random], str], ...] = (
    *(_drop, _double, _swap, _blank, _stray, _shuffled),
    *(_near(" ", ""), _near(" ", ","), _near(" ", ", "), _near(" ", "; "), _near(" ", "\u00a0")),
    *(_near(":", "="), _near(":", ": "), _near(":", " :"), _near(":", ""), _near(":", "."), _near(":", ";")),
    *(_near("ip4:", "ipv4:"), _near("ip6:", "ip4:"), _near("ip4:", "a:"), _near("ip4:", ""), _near("ip4:", "ip6:")),
    *(_near("include:", "inlcude:"), _near("include:", "includes:"), _near("include:", "redirect=")),
    *(
        _near("-all", "\u2013all"),
        _near("-all", "- all"),
        _near("-all", "all"),
        _near("~all", "?all"),
        _near("-all", ""),
    ),
    *(
        _near("all", "all;"),
        _near(" ", " v=spf1 "),
        _near("include:", "include:https://"),
        _near("/24", "/255.255.255.0"),
    ),
)
