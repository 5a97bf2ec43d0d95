"""When a message is tried again, as a table; what the server asked for is kept to the second."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.retry import NO_RETRY, Failover, RetrySpec, outcome_of_both

THREE = RetrySpec(attempts=3, first_s=1.0, most_s=60.0, jitter=False)
BUSY = Outcome(OutcomeKind.THROTTLED, 429)


@pytest.mark.parametrize("kind", OutcomeKind)
def test_only_what_the_server_does_not_have_is_tried_again(kind: OutcomeKind) -> None:
    safe = kind in (OutcomeKind.DEFERRED, OutcomeKind.THROTTLED, OutcomeKind.UNREACHABLE, OutcomeKind.TIMED_OUT)
    assert (THREE.wait_s(Outcome(kind), 1, 0.5) is not None) is safe
    doubtful = kind in (OutcomeKind.AMBIGUOUS, OutcomeKind.GARBLED)
    assert RetrySpec(attempts=2, ambiguous=True).may_retry(kind) is (safe or doubtful)
    assert NO_RETRY.wait_s(Outcome(kind), 1, 0.5) is None


@pytest.mark.parametrize(
    ("spec", "outcome", "attempt", "wait_s"),
    [
        (THREE, BUSY, 1, 1.0),
        (THREE, BUSY, 2, 2.0),
        (THREE, BUSY, 3, None),  # the last
        (RetrySpec(9, "constant", 1.5, jitter=False), BUSY, 7, 1.5),
        (RetrySpec(9, first_s=1.0, most_s=5.0, jitter=False), BUSY, 7, 5.0),
        (RetrySpec(9, first_s=4.0), BUSY, 1, 1.0),  # a quarter of it is drawn
        (THREE, Outcome(OutcomeKind.THROTTLED, 429, retry_after_s=7), 1, 7.0),
        (RetrySpec(9), Outcome(OutcomeKind.THROTTLED, 429, retry_after_s=7), 1, 7.0),  # without jitter
        (THREE, Outcome(OutcomeKind.THROTTLED, 429, retry_after_s=61), 1, None),  # longer than the longest wait
        (THREE, Outcome(OutcomeKind.THROTTLED, 429, rate_remaining=0, rate_reset_s=9), 1, 9.0),
        (THREE, Outcome(OutcomeKind.THROTTLED, 429, rate_remaining=4, rate_reset_s=9), 1, 1.0),
        (THREE, Outcome(OutcomeKind.DEFERRED, 503, retry_after_s=0), 1, 1.0),
    ],
)
def test_the_wait(spec: RetrySpec, outcome: Outcome, attempt: int, wait_s: float | None) -> None:
    assert spec.wait_s(outcome, attempt, 0.25) == wait_s


@given(st.integers(1, 9), st.floats(0, 1), st.integers(-1, 100), st.booleans())
def test_no_wait_is_longer_than_the_longest_or_shorter_than_asked(
    attempt: int, drawn: float, asked_s: int, jitter: bool
) -> None:
    spec = RetrySpec(10, first_s=0.5, most_s=20.0, jitter=jitter)
    wait_s = spec.wait_s(Outcome(OutcomeKind.THROTTLED, 429, retry_after_s=asked_s), attempt, drawn)
    assert (wait_s is None) is (asked_s > 20)
    assert wait_s is None or max(asked_s, 0) <= wait_s <= 20


@pytest.mark.parametrize("kind", OutcomeKind)
def test_only_what_the_server_does_not_have_goes_the_other_way(kind: OutcomeKind) -> None:
    assert Failover(1).takes(kind) is RetrySpec().may_retry(kind)
    assert Failover(1, ambiguous=True).takes(kind) is RetrySpec(ambiguous=True).may_retry(kind)


@pytest.mark.parametrize("before", OutcomeKind)
@pytest.mark.parametrize("after", OutcomeKind)
def test_a_refusal_does_not_take_back_a_doubt(before: OutcomeKind, after: OutcomeKind) -> None:
    doubt = before in (OutcomeKind.AMBIGUOUS, OutcomeKind.GARBLED)
    stays = doubt and not after.may_have_arrived
    assert outcome_of_both(Outcome(before), Outcome(after)).kind is (before if stays else after)
