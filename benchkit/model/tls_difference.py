"""Which of the arms that are compared with each other have TLS, and which have none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TlsDifference:
    """Names of arms; both are empty where every arm is compared with arms of its kind."""

    without: tuple[str, ...] = ()
    with_tls: tuple[str, ...] = ()


NO_DIFFERENCE = TlsDifference()


def tls_difference(pairs: Iterable[tuple[tuple[str, str], tuple[str, str]]]) -> TlsDifference:
    """Of pairs of arms, each a (name, security): "none", "starttls" or "implicit"."""
    differing = [pair for pair in pairs if (pair[0][1] == "none") != (pair[1][1] == "none")]
    arms = dict.fromkeys(arm for pair in differing for arm in pair)
    return TlsDifference(
        tuple(name for name, security in arms if security == "none"),
        tuple(name for name, security in arms if security != "none"),
    )
