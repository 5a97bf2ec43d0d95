"""Ctrl-C, SIGTERM and SIGHUP, from the first connection on: they end the run early and keep what it has measured.

The first signal drains: current sends finish, nothing new starts. The second one stops them at once. While the tables are
written a signal changes nothing. Later waits for other servers (webhooks, mailboxes, the receiving lab) can be interrupted.
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
        """Forwards signals to these workers while they run. The signal handlers stay afterwards."""
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
        """Waits until every stop request has reached its workers."""
        await asyncio.gather(*self._asking)

    def ignore(self) -> None:
        """The event loop and its handlers have ended. Only printing follows, so signals are ignored."""
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
    """For a wait after the last message: the first signal raises KeyboardInterrupt, further ones change nothing."""
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
    """Another run follows this one: signals do again what they did before."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
