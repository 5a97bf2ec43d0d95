"""What goes wrong at a listener, and when: pure, seeded, with the clock as a parameter. Sessions act on what it decides.

A listener without faults and limits has no `Faults` at all and a session class that never asks.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

from benchkit.model.clock import Clock
from benchkit.model.endpoint import ListenerConfig
from benchkit.model.exchange import RateLimit
from benchkit.model.scenario import Delay, Fault, Limit

_S_PER_MS = 1e-3
_NS_PER_S = 1e9


@dataclass(frozen=True, slots=True)
class Action:
    """What to do at a point: wait, answer with something else, drop the connection. A refused message is not accepted."""

    delay_s: float = 0.0
    reply: str = ""
    status: int = 0
    answer: str = ""  # one of the provider's own answers, by its name
    retry_after_s: int = 0
    drop: bool = False
    limited_s: int = 0  # beyond the API's rate: the seconds until there is room again

    @property
    def refuses(self) -> bool:
        return bool(self.reply or self.status or self.answer or self.limited_s)


PASS = Action()


class TokenBucket:
    """`rate_per_s` tokens a second, at most `burst` of them; it begins full."""

    def __init__(self, rate_per_s: float, burst: int, clock: Clock) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._filled_ns = clock.now_ns()

    def take(self) -> float:
        """Takes a token and gives 0.0, or gives the seconds until there is one."""
        now_ns = self._clock.now_ns()
        self._tokens = min(self._burst, self._tokens + (now_ns - self._filled_ns) * self._rate_per_s / _NS_PER_S)
        self._filled_ns = now_ns
        if self._tokens >= 1.0:
            self._tokens -= 1.0
            return 0.0
        return (1.0 - self._tokens) / self._rate_per_s

    def rate(self) -> RateLimit:
        """The limit as an API reports it: requests in a window, how many are left, and seconds until all are."""
        missing = self._burst - self._tokens
        return RateLimit(self._burst, int(self._tokens), math.ceil(missing / self._rate_per_s))


class Faults:
    """One listener's faults and limits. Every fault of a point draws every time, so that one does not shift another."""

    def __init__(self, listener: ListenerConfig, clock: Clock) -> None:
        self._random = random.Random(f"{listener.seed}/{listener.arm}")
        self._by_point: dict[str, list[Fault]] = {}
        for fault in listener.faults:
            self._by_point.setdefault(fault.at, []).append(fault)
        self._smtp = listener.protocol == "smtp"
        self._per_connection = listener.limit.messages_per_connection
        self.idle_s = listener.limit.idle_s
        self._bucket = _bucket(listener.limit, clock)

    def meet(self, point: str, messages: int) -> Action:
        """What happens at this point, after `messages` on the connection; PASS for nothing."""
        action = self._draw(point)
        if point in ("mail", "request") and not (action.refuses or action.drop):
            return self._limited(messages) or action
        return action

    def last(self, messages: int) -> bool:
        """Whether a connection that has carried this many messages accepts no more."""
        return 0 < self._per_connection <= messages

    @property
    def rate(self) -> RateLimit | None:
        """What is left of the limit's rate; None where there is none."""
        return self._bucket.rate() if self._bucket else None

    def keep_alive(self, messages: int) -> str:
        """What a Keep-Alive header promises after so many messages (RFC 2068 §19.7.1.1); empty where there is no limit."""
        timeout = [f"timeout={int(self.idle_s)}"] if self.idle_s else []
        left = [f"max={self._per_connection - messages}"] if self._per_connection else []
        return ", ".join(timeout + left)

    def _draw(self, point: str) -> Action:
        faults = self._by_point.get(point)
        if not faults:
            return PASS
        met = [fault for fault in faults if self._random.random() < fault.probability]
        delay_s = sum(drawn_s(fault.delay, self._random) for fault in met if fault.delay)
        first = next((fault for fault in met if fault.drop or fault.reply or fault.status or fault.answer), None)
        if first is None:
            return Action(delay_s)
        return Action(delay_s, first.reply, first.status, first.answer, first.retry_after_s, first.drop)

    def _limited(self, messages: int) -> Action | None:
        if self._smtp and self.last(messages):
            return Action(reply=f"421 4.3.2 This connection has carried its {messages} messages")
        wait_s = self._bucket.take() if self._bucket else 0.0
        if wait_s == 0.0:
            return None
        seconds = math.ceil(wait_s)
        if self._smtp:
            return Action(reply=f"450 4.7.1 Rate limit exceeded, try again after {seconds} seconds")
        return Action(limited_s=seconds)


def faults_of(listener: ListenerConfig, clock: Clock) -> Faults | None:
    """None if nothing can go wrong; the limit on message size is not handled here."""
    free = replace(listener.limit, message_bytes=0) == Limit()
    return None if free and not listener.faults else Faults(listener, clock)


def drawn_s(delay: Delay, source: random.Random) -> float:
    """One wait, in seconds."""
    match delay.distribution:
        case "constant":
            wait_ms = delay.a
        case "uniform":
            wait_ms = source.uniform(delay.a, delay.b)
        case "exponential":
            wait_ms = source.expovariate(1.0) * delay.a
        case "lognormal":
            wait_ms = delay.a * math.exp(source.gauss(0.0, delay.b))
        case unknown:
            raise ValueError(f"unknown distribution of a delay: {unknown}")
    return wait_ms * _S_PER_MS


def _bucket(limit: Limit, clock: Clock) -> TokenBucket | None:
    return TokenBucket(limit.rate_per_s, limit.burst, clock) if limit.rate_per_s else None
