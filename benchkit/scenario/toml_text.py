"""TOML text as a document, in bounded time: Python's parser needs the square of the number of a key's parts.

What the keys mean is parsed_scenario.py's.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

MOST_PARTS = 100  # of one key; a scenario's have six at most
_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_LONG_KEY = re.compile(rf"(?:^|[\[{{,])[ \t]*(?:{_PART}[ \t]*\.[ \t]*){{{MOST_PARTS}}}", re.MULTILINE)


def document_of(text: str) -> dict[str, Any]:
    """Raises ValueError where it is no TOML, RecursionError where it is nested too deeply."""
    if _LONG_KEY.search(text):
        raise RecursionError(f"a key of more than {MOST_PARTS} parts: use fewer dots in it")
    return tomllib.loads(text)
