"""Every trap of the providers' answers, a row each: empty successes, ids in header fields, a 200 that means failure, partial
success, limits by any other name, and the hints that an answer gives.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchkit.model.exchange import Response
from benchkit.model.outcome import OutcomeKind
from benchkit.providers import PROVIDERS
from tests.providers.answer_rows import BATCHES, ROWS, Row


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.provider}: {row.what}")
def test_an_answer_to_one_message(row: Row) -> None:
    outcome = PROVIDERS[row.provider].outcome(row.response)
    assert (outcome.kind, outcome.code, outcome.server_id) == (row.kind, row.status, row.server_id)
    assert row.text in outcome.text
    assert outcome.refused == row.refused


@pytest.mark.parametrize(("provider", "status", "body", "kinds"), BATCHES.values(), ids=BATCHES)
def test_an_answer_to_three_messages(provider: str, status: int, body: Any, kinds: list[OutcomeKind]) -> None:
    response = Response(status, (), json.dumps(body).encode())
    outcomes = PROVIDERS[provider].outcomes(response, [b"bk0badcafe-%010d" % n for n in range(3)])  # type: ignore[attr-defined]
    assert [outcome.kind for outcome in outcomes] == kinds


HINTS = {
    "Retry-After": ((("retry-after", "7"),), (7, -1, -1, -1)),
    "Retry-After as a date": ((("retry-after", "Fri, 27 Nov 2026 09:00:00 GMT"),), (-1, -1, -1, -1)),
    "RateLimit-*": (
        (("ratelimit-limit", "5, 5;w=1"), ("ratelimit-remaining", "0"), ("ratelimit-reset", "1")), (-1, 5, 0, 1)
    ),
    "X-RateLimit-*, reset as a moment": (
        (("x-ratelimit-limit", "600"), ("x-ratelimit-remaining", "599"), ("x-ratelimit-reset", "1764230400")),
        (-1, 600, 599, -1),
    ),
    "x-sib-ratelimit-*": ((("x-sib-ratelimit-remaining", "9"), ("x-sib-ratelimit-reset", "30")), (-1, -1, 9, 30)),
    "nonsense": ((("retry-after", "-1"), ("ratelimit-limit", "many"), ("ratelimit-reset", "9" * 20)), (-1, -1, -1, -1)),
}  # fmt: skip


@pytest.mark.parametrize("status", [200, 429])
@pytest.mark.parametrize(("headers", "hints"), HINTS.values(), ids=HINTS)
def test_hints_of_any_answer(headers: tuple[tuple[str, str], ...], hints: tuple[int, ...], status: int) -> None:
    outcome = PROVIDERS["resend"].outcome(Response(status, headers, b'{"id":"1"}'))
    assert (outcome.retry_after_s, outcome.rate_limit, outcome.rate_remaining, outcome.rate_reset_s) == hints


def test_a_hint_in_words() -> None:
    """Mailgun documents no Retry-After: the text of a 429 is all there is."""
    body = {"message": "Domain x not allowed to send: request limit exceeded, try again after 120 seconds"}
    assert PROVIDERS["mailgun"].outcome(Response(429, (), json.dumps(body).encode())).retry_after_s == 120
