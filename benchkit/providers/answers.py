"""What all providers read from a response in the same way: its status as an outcome (RFC 9110 §15), its body as JSON, its
hints.

A provider's own codes, and what it means by a success, are in its file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from benchkit.model.exchange import Response
from benchkit.model.outcome import Outcome, OutcomeKind

_OUTCOMES = {408: OutcomeKind.DEFERRED, 420: OutcomeKind.THROTTLED, 429: OutcomeKind.THROTTLED}
_OF_CLASS = {4: OutcomeKind.REJECTED, 5: OutcomeKind.DEFERRED}
_WORDS = 200  # bytes of a body that is shown where it holds no message
_RETRY_AFTER = "retry-after"
_RATE_PREFIXES = ("ratelimit-", "x-ratelimit-", "x-sib-ratelimit-")
_RATES = ("limit", "remaining", "reset")
_HINTS = frozenset({_RETRY_AFTER, *(prefix + name for prefix in _RATE_PREFIXES for name in _RATES)})
_MOST = 2**31 - 1
_LONGEST_WAIT_S = 10**9  # what is larger is a moment (Unix time), not a wait


def outcome_of_status(status: int) -> OutcomeKind:
    """Of a response that accepts nothing. A redirect is followed by no client: it is no answer of an API."""
    return _OUTCOMES.get(status) or _OF_CLASS.get(status // 100, OutcomeKind.GARBLED)


def outcome(
    response: Response, kind: OutcomeKind, text: str = "", *, server_id: object = "", refused: Sequence[str] = ()
) -> Outcome:
    """With the hints of the response's header fields."""
    known = server_id if isinstance(server_id, str) else str(server_id) if isinstance(server_id, int) else ""
    plain = Outcome(kind, response.status, "", text, tuple(refused), known)
    hints = {name: value for name, value in reversed(response.headers) if value and name in _HINTS}
    return _with_hints(plain, hints) if hints else plain


def refusal(response: Response, text: str = "", kind: OutcomeKind | None = None) -> Outcome:
    """Of a response that accepts nothing, by its status unless `kind` is known better."""
    return outcome(response, kind or outcome_of_status(response.status), text or beginning_of(response.body))


def json_of(body: bytes) -> Any:
    """None where it is not JSON, or is nested deeper than Python reads."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def table_of(body: bytes) -> dict[str, Any]:
    """A JSON object; empty where it is none."""
    found = json_of(body)
    return found if isinstance(found, dict) else {}


def list_in(found: object) -> list[Any]:
    return found if isinstance(found, list) else []


def words(found: object, *names: str) -> str:
    """What an object says under these names, those that it has."""
    values = (found.get(name) for name in names) if isinstance(found, dict) else ()
    return ": ".join(str(word) for word in values if word and isinstance(word, str | int))


def beginning_of(body: bytes) -> str:
    return body[:_WORDS].decode("utf-8", "replace")


def _with_hints(plain: Outcome, hints: Mapping[str, str]) -> Outcome:
    limit, remaining, reset_s = (_rate(hints, name) for name in _RATES)
    return replace(
        plain, retry_after_s=_number(hints.get(_RETRY_AFTER, "")), rate_limit=limit, rate_remaining=remaining,
        rate_reset_s=reset_s if reset_s < _LONGEST_WAIT_S else -1,
    )  # fmt: skip


def _rate(hints: Mapping[str, str], name: str) -> int:
    values = (hints.get(prefix + name) for prefix in _RATE_PREFIXES)
    return _number(next(filter(None, values), ""))


def _number(text: str) -> int:
    """Whole seconds or requests; -1 where it is none, as a date of Retry-After."""
    first = text.partition(",")[0].partition(";")[0].strip()
    return min(int(first), _MOST) if first.isascii() and first.isdigit() and len(first) < 16 else -1
