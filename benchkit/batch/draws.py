"""Random values in templates, decided by the seed.

A draw depends on seed, message and label alone, never on order: so the code in the subject is the code in the text and in
the html, and a template that asks for one draw more changes no other.
"""

from __future__ import annotations

from hashlib import blake2b
from random import Random

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"  # nothing to mistake when read out


class Draws:
    """The draws of one message."""

    def __init__(self, seed: int, index: int) -> None:
        self._key = f"{seed}/{index}"

    def token(self, length: int, label: str = "") -> str:
        """Letters and digits, as in the link of a password reset."""
        random = self._random(f"token/{label}")
        return "".join(_ALPHABET[int(random.random() * len(_ALPHABET))] for _ in range(length))

    def number(self, low: int, high: int, label: str = "") -> int:
        """A whole number, both ends included."""
        return low + int(self._random(f"number/{label}").random() * (high - low + 1))

    def _random(self, label: str) -> Random:
        """Only `random()` is used: the one method with the same numbers in every Python version."""
        digest = blake2b(f"{self._key}/{label}".encode(), digest_size=16).digest()
        return Random(int.from_bytes(digest, "big"))
