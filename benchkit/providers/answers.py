"""What every provider reads of a response alike: its status as an outcome (RFC 9110 §15), its body as JSON, its words.

A provider's own codes, and what it means by a success, are in its file.
"""

from __future__ import annotations

import json
from typing import Any

from benchkit.model.outcome import OutcomeKind

_OUTCOMES = {408: OutcomeKind.DEFERRED, 429: OutcomeKind.THROTTLED}
_OF_CLASS = {4: OutcomeKind.REJECTED, 5: OutcomeKind.DEFERRED}
_WORDS = 200  # bytes of a body that is shown where it holds no message


def outcome_of_status(status: int) -> OutcomeKind:
    """Of a response that accepts nothing. A redirect is followed by no client: it is no answer of an API."""
    return _OUTCOMES.get(status) or _OF_CLASS.get(status // 100, OutcomeKind.GARBLED)


def json_of(body: bytes) -> Any:
    """None where it is no JSON, or is nested deeper than Python reads."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def beginning_of(body: bytes) -> str:
    return body[:_WORDS].decode("utf-8", "replace")
