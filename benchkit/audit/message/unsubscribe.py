"""One-click unsubscription (RFC 8058): both fields, an https address, and both under a good signature."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

FIELDS = ("list-unsubscribe", "list-unsubscribe-post")
ONE_CLICK = "list-unsubscribe=one-click"
_ADDRESS = re.compile(r"<\s*([^<>]*?)\s*>")


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """`wrong` says what keeps it from being one-click; empty: it is. `present` False: neither field is there."""

    present: bool
    wrong: tuple[str, ...]


def judge_unsubscribe(link: str, post: str, signed: Collection[str] | None) -> Unsubscribe:
    """`signed` are the names that a good signature covers; None where it is not known yet who will sign."""
    if not link and not post:
        return Unsubscribe(False, ("there is no List-Unsubscribe",))
    addresses = [re.sub(r"\s+", "", address).lower() for address in _ADDRESS.findall(link)]
    requirements = (
        (not link, "there is no List-Unsubscribe"),
        (bool(link) and not any(address.startswith("https://") for address in addresses), "it has no https address"),
        (re.sub(r"\s+", "", post).lower() != ONE_CLICK, "List-Unsubscribe-Post is not List-Unsubscribe=One-Click"),
        (signed is not None and not set(FIELDS) <= set(signed), "no good signature covers both fields"),
    )
    return Unsubscribe(True, tuple(problem for wrong, problem in requirements if wrong))
