"""Answers for as long as their TTL says (RFC 1035 §3.2.1), denials for as long as their SOA says (RFC 2308 §5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Generic, TypeVar

from benchkit.model.clock import Clock
from benchkit.model.dns import Answer
from benchkit.resolver.retry_budget import NS_PER_S

K = TypeVar("K")
LIMIT = 100_000  # answers; the oldest go first


class Cache(Generic[K]):
    """What is got back costs no query; the records keep the TTL that the zone gave them, for that is what a report is about."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[K, tuple[int, Answer]] = {}

    def get(self, key: K) -> Answer | None:
        until_ns, answer = self._entries.get(key, (0, None))
        return replace(answer, queries=0) if answer and self._clock.now_ns() < until_ns else None

    def put(self, key: K, answer: Answer, ttl_s: int) -> None:
        self._entries.pop(key, None)
        self._entries[key] = (self._clock.now_ns() + ttl_s * NS_PER_S, answer)
        if len(self._entries) > LIMIT:
            del self._entries[next(iter(self._entries))]
