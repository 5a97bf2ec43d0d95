"""Ctrl-C, SIGTERM and SIGHUP, from the first connection on: they end the run early, and keep what it has measured.

The first one drains: sends under way end, nothing new starts. The second one cuts them short. While the tables of a run are
written a signal changes nothing. What waits for other servers after that (webhooks, mailboxes, the receiving lab) can be ended.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, Protocol

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stoppable(Protocol):
    async def ask_to_stop(self) -> None: ...


class Stopping:
    """`has_started`: a worker has started, so there may be results to keep. `requested`: a signal asked the run to end.

    `draining` is called at the first signal, since what is under way may take a while to end.
    """

    def __init__(self, draining: Callable[[], None] = lambda: None) -> None:
        self._draining = draining
        self.has_started = False
        self.requested = False
        self._workers: Stoppable | None = None
        self._asking: set[asyncio.Task[None]] = set()

    @contextmanager
    def reaches(self, workers: Stoppable) -> Iterator[None]:
        """Sends signals to these workers while they run. The signal handlers stay afterwards."""
        if not self.has_started:
            for number in _SIGNALS:
                asyncio.get_running_loop().add_signal_handler(number, self._ask)
        self.has_started = True
        self._workers = workers
        if self.requested:  # while the processes of a later segment started
            self._ask()
        try:
            yield
        finally:
            self._workers = None

    async def settled(self) -> None:
        """Waits until every request to stop has reached its workers."""
        await asyncio.gather(*self._asking)

    def ignore(self) -> None:
        """The event loop has ended, and its handlers with it. Only printing follows, so signals are ignored."""
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _ask(self) -> None:
        if not self.requested:
            self._draining()
        self.requested = True
        if self._workers is not None:
            task = asyncio.ensure_future(self._workers.ask_to_stop())
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)


@contextmanager
def interruptible() -> Iterator[None]:
    """For a wait after the last message: the first of the signals raises KeyboardInterrupt, the next ones change nothing."""
    with signals_given_back():
        for number in _SIGNALS:
            signal.signal(number, _interrupt)
        yield


def _interrupt(_number: int, _frame: object) -> NoReturn:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def signals_given_back() -> Iterator[None]:
    """After this run comes another one: what a signal did before, it does again."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
