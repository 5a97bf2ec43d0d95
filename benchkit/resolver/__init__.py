"""The DNS behind one question: `await ask(name, type)`; live, from zone files, or from a recording."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from benchkit.clock import Clock, MonotonicClock
from benchkit.model.dns import Ask
from benchkit.resolver.addresses import servers_of
from benchkit.resolver.addresses import system_servers as system_servers
from benchkit.resolver.live import LiveAsk
from benchkit.resolver.live import Patience as Patience
from benchkit.resolver.zone import from_zone as from_zone

PATIENCE = Patience()


@asynccontextmanager
async def open_live(
    servers: Sequence[str] = (),
    *,
    patience: Patience = PATIENCE,
    clock: Clock | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Ask]:
    """An `Ask` over these servers, by default the machine's own; one cache for as long as it is open. Raises InputError."""
    ask = LiveAsk(servers_of(servers, tls), clock or MonotonicClock(), patience)
    try:
        yield ask
    finally:
        await ask.close()
