"""POSTs of providers → entries for the journal: verified events, and a count of what was not verified or not understood.

A provider posts to `/<its name>`. HEAD and GET are answered with 200: Mandrill probes with HEAD, and others look first.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchkit.errors import StoreError
from benchkit.events.webhook_receiver.http_server import HttpConnection
from benchkit.events.webhooks import WEBHOOKS, Unverified
from benchkit.events.webhooks.webhook import WebhookArrival
from benchkit.model.exchange import Request

Keep = Callable[[Sequence[Mapping[str, Any]]], None]


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """What verifies a provider's POSTs. `url`: its public address, which Mandrill signs."""

    secret: str = field(repr=False)
    url: str = ""


class Receiver:
    """`keep` writes entries down before it returns; raising StoreError makes the provider send them again."""

    def __init__(
        self, secrets: Mapping[str, WebhookSecret], keep: Keep, now_s: Callable[[], float] = time.time
    ) -> None:
        self._secrets = secrets
        self._keep = keep
        self._now_s = now_s
        self._server: asyncio.Server | None = None
        self.counts: Counter[str] = Counter()  # events, unverified, foreign (not understood)

    async def start(self, host: str, port: int) -> int:
        """The port that it listens on. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: HttpConnection(self.answer), host, port)
        chosen: int = self._server.sockets[0].getsockname()[1]
        return chosen

    async def stop(self) -> None:
        if self._server:
            self._server.close()

    def answer(self, request: Request) -> int:
        """The status for one request."""
        name = request.target.partition("?")[0].strip("/")
        if name not in self._secrets:
            return 404
        if request.method in ("GET", "HEAD"):
            return 200
        if request.method != "POST":
            return 405
        return self._take(name, request)

    def _take(self, name: str, request: Request) -> int:
        webhook, known = WEBHOOKS[name], self._secrets[name]
        now_s = self._now_s()
        try:
            webhook.verify(request, known.secret, WebhookArrival(known.url, int(now_s)))
            events = webhook.parse(request)
        except Unverified as why:
            return self._kept({"unverified": str(why), "source": name, "received_ms": round(now_s * 1_000)}, status=401)
        except ValueError as why:
            return self._kept(
                {"foreign": str(why)[:200], "source": name, "received_ms": round(now_s * 1_000)}, status=200
            )
        entries = [{"event": asdict(event), "received_ms": round(now_s * 1_000)} for event in events]
        return self._kept(*entries, status=200)

    def _kept(self, *entries: Mapping[str, Any], status: int) -> int:
        try:
            self._keep(entries)
        except StoreError:
            return 503  # the provider tries again
        for entry in entries:
            self.counts[next(name for name in ("event", "unverified", "foreign") if name in entry)] += 1
        return status
