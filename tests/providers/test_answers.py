"""Whatever a server answers is an outcome that can be stored, and an acceptance only where the provider says so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.contracts import BatchProvider
from benchkit.model.exchange import Response
from benchkit.model.outcome import OutcomeKind
from benchkit.providers import PROVIDERS
from benchkit.providers.answers import json_of, outcome_of_status

Kind = OutcomeKind
IDENTITY = b"0badcafe00000007-0123456789abcdef"
STATUSES = {
    100: Kind.GARBLED, 200: Kind.GARBLED, 204: Kind.GARBLED, 301: Kind.GARBLED, 304: Kind.GARBLED, 400: Kind.REJECTED,
    401: Kind.REJECTED, 408: Kind.DEFERRED, 413: Kind.REJECTED, 429: Kind.THROTTLED, 499: Kind.REJECTED, 500: Kind.DEFERRED,
    503: Kind.DEFERRED, 599: Kind.DEFERRED, 600: Kind.GARBLED, 999: Kind.GARBLED,
}  # fmt: skip
WORDS = (
    "id",
    "message",
    "methodResponses",
    "type",
    "detail",
    "limit",
    "created",
    "notCreated",
    "EmailSubmission/set",
    "error",
    "MessageId",
    "MessageID",
    "ErrorCode",
    "errors",
    "data",
    "result",
    "responses",
    "Messages",
    "results",
    "status",
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800") | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=3), inner, max_size=4)
    ),
)


@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
def test_a_status(status: int, kind: Kind) -> None:
    assert outcome_of_status(status) is kind


@pytest.mark.parametrize("name", PROVIDERS.names())
@given(st.integers(0, 999), ANYTHING)
def test_any_json_is_an_outcome(name: str, status: int, answer: Any) -> None:
    check(name, status, json.dumps(answer).encode())


@pytest.mark.parametrize("name", PROVIDERS.names())
@given(st.integers(0, 999), st.binary(max_size=60))
def test_any_bytes_are_an_outcome(name: str, status: int, body: bytes) -> None:
    check(name, status, body)


def nested(depth: int, words: str) -> bytes:
    return f'{{"{words}":'.encode() + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize("name", PROVIDERS.names())
@pytest.mark.parametrize("depth", [100, 900, 990, 100_000])
def test_json_of_any_depth_is_an_outcome(name: str, depth: int) -> None:
    for word in WORDS:
        for status in (200, 400, 500):
            check(name, status, nested(depth, word))
    assert json_of(nested(100_000, "id")) is None


def check(name: str, status: int, body: bytes) -> None:
    provider, response = PROVIDERS[name], Response(status, (), body)
    several = provider.outcomes(response, [IDENTITY] * 2) if isinstance(provider, BatchProvider) else ()
    for outcome in (provider.outcome(response), *several):
        outcome.text.encode("utf-8")
        assert outcome.kind is not Kind.ACCEPTED or status // 100 == 2


@pytest.mark.parametrize("created", [b"null", b"true", b"[]", b'"yes"', b"{}"])
def test_jmap_accepts_only_what_was_created(created: bytes) -> None:
    body = b'{"methodResponses":[["EmailSubmission/set",{"created":{"s%s":%s}},"2"]]}' % (IDENTITY, created)
    outcome = PROVIDERS["jmap"].outcomes(Response(200, (), body), [IDENTITY])[0]  # type: ignore[attr-defined]
    assert (outcome.kind is Kind.ACCEPTED) is (created == b"{}")
