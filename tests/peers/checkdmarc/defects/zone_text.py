"""Variants of a feature, and TXT records as a zone file has them."""

from __future__ import annotations

from collections.abc import Mapping

Variants = Mapping[str, str]


def txt(name: str, *texts: str) -> str:
    """TXT records, each cut into strings that are short enough."""
    return "\n".join(f"{name} IN TXT {strings(text)}" for text in texts)


def strings(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return " ".join(f'"{escaped[at : at + 200]}"' for at in range(0, max(len(escaped), 1), 200))
