"""The answers that an API gave under each idempotency key: a repeated request gets the same answer and is not a second mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from benchkit.model.exchange import ApiRefusal, Request, Response

_MOST = 10_000  # the newest: a client tries again soon, or not at all


@dataclass(frozen=True, slots=True)
class AnsweredKeys:
    """The keys of one listener. `reads_key` and `other_body` as in providers/routed_server.py."""

    reads_key: Callable[[Request], tuple[str, Request]]
    other_body: tuple[int, str, str] | None
    _known: dict[str, tuple[bytes, Response]] = field(default_factory=dict)

    @classmethod
    def of(cls, server: Any) -> AnsweredKeys | None:
        """None if the API has no idempotency keys."""
        reads_key = getattr(server, "reads_key", None)
        return None if reads_key is None else cls(reads_key, server.other_body)

    def answer(self, request: Request, take: Callable[[Request], Response]) -> Response:
        """The earlier answer, or what `take` answers. Raises ApiRefusal for another mail under the same key."""
        key, bare = self.reads_key(request)
        if not key:
            return take(request)
        digest = blake2b(bare.body, digest_size=16).digest()
        known = self._known.get(key)
        if known is None:
            response = take(bare)
            if response.status < 300:
                self._keep(key, digest, response)
            return response
        if known[0] != digest and self.other_body is not None:
            raise ApiRefusal(*self.other_body)
        return known[1]

    def _keep(self, key: str, digest: bytes, response: Response) -> None:
        self._known[key] = (digest, response)
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
