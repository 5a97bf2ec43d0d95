"""Secrets: where one is read from, and a revealed one, which nothing prints by accident."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is to be read from: `env` NAME, `file` PATH, `netrc` HOST. Never the secret itself."""

    source: str
    name: str


class Secret:
    """A revealed secret: no repr, str or format shows it; only `reveal` does."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__
