"""Retry-After is kept to within 50 ms and never cut short: on an event loop whose clock moves only when it would wait."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Sequence

import pytest

from benchkit.experiment.worker.message_limits import Retries
from benchkit.model.outcome import OutcomeKind
from benchkit.model.retry import RetrySpec
from benchkit.model.scenario import Fault
from tests.providers.test_named_answers import outcome_of

EXACT_S = 0.05


class _JumpingSelector(selectors.SelectSelector):
    """Never waits: it moves the clock to where the wait would end."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now_s += timeout or 0.0
        return super().select(0)


class _ManualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._manual = _JumpingSelector()
        super().__init__(self._manual)

    def time(self) -> float:
        return self._manual.now_s


WAITS: Sequence[tuple[str, Fault, float]] = (
    ("resend", Fault("request", status=429, retry_after_s=1), 1),
    ("resend", Fault("request", answer="rate_limit"), 1),
    ("graph", Fault("request", status=503, retry_after_s=1), 1),
    ("graph", Fault("request", answer="throttled"), 10),
    ("mailgun", Fault("request", answer="request_limit"), 120),
    ("brevo", Fault("request", answer="rate_limit"), 1),
)


@pytest.mark.parametrize(("provider", "fault", "asked_s"), WAITS)
def test_the_wait_that_the_server_asked_for_is_kept(provider: str, fault: Fault, asked_s: float) -> None:
    """From the sink's answer, through the outcome and the policy, to the end of the pause."""
    outcome, _ = outcome_of(provider, fault)
    assert outcome.kind in (OutcomeKind.THROTTLED, OutcomeKind.DEFERRED)

    async def waited_s() -> float:
        retries = Retries(RetrySpec(attempts=2, first_s=0.5, most_s=300), "seed")
        wait_s = retries.wait_s(outcome, 1)
        assert wait_s is not None
        started_s = asyncio.get_running_loop().time()
        assert await retries.pause(wait_s)
        return asyncio.get_running_loop().time() - started_s

    with asyncio.Runner(loop_factory=_ManualLoop) as runner:
        assert asked_s <= runner.run(waited_s()) <= asked_s + EXACT_S
