"""The DNS behind one function: `await ask(name, type)`; live, from zone files, or from a recording.

async with open_live(["192.0.2.53"]) as ask: ...        live, one cache for every domain of the call
ask = from_zone(["shop.zone"], origin="shop.example")   a zone before it is published
async with open_each() as at: ...  at("192.0.2.53")     one server by itself, as an `Ask`
async with open_validating(now_s=…) as make: ...        an `Ask` that validates DNSSEC itself
Snapshot(Budget(ask))                                   what an audit of one domain asks by: limits, one answer a question
Snapshot(recorder.of(domain, Budget(ask)))              … and written down: recorder = Recorder(); recorder.save(path)
Snapshot(Replay(path).of(domain))                       … and offline
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from benchkit.model.clock import Clock, MonotonicClock
from benchkit.model.dns import Ask
from benchkit.resolver.addresses import DNS_PORT, plain_server, servers_of
from benchkit.resolver.addresses import system_servers as system_servers
from benchkit.resolver.limits import Budget as Budget
from benchkit.resolver.limits import Snapshot as Snapshot
from benchkit.resolver.live import LiveAsk
from benchkit.resolver.live import Timeouts as Timeouts
from benchkit.resolver.recording import AnswerRecorder as AnswerRecorder
from benchkit.resolver.recording import Replay as Replay
from benchkit.resolver.validating import ValidatingAsk
from benchkit.resolver.zone import ZoneAsk as ZoneAsk
from benchkit.resolver.zone import from_zone as from_zone
from benchkit.resolver.zone_file import ZoneFault as ZoneFault
from benchkit.resolver.zone_file import ZoneFaultKind as ZoneFaultKind

TIMEOUTS = Timeouts()


@asynccontextmanager
async def open_live(
    servers: Sequence[str] = (),
    *,
    timeouts: Timeouts = TIMEOUTS,
    clock: Clock | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Ask]:
    """An `Ask` over these servers, by default the machine's own; one cache for as long as it is open. Raises InputError."""
    ask = LiveAsk(servers_of(servers, tls), clock or MonotonicClock(), timeouts)
    try:
        yield ask
    finally:
        await ask.close()


@asynccontextmanager
async def open_validating(
    servers: Sequence[str] = (),
    *,
    now_s: float,
    clock: Clock | None = None,
    tls: ssl.SSLContext | None = None,
    anchors: Mapping[str, tuple[str, ...]] | None = None,
) -> AsyncIterator[Callable[[], Ask]]:
    """Makes an `Ask` for each domain that validates DNSSEC itself, from the root's keys or `anchors`. Raises InputError."""
    chosen = servers_of(servers, tls)
    try:
        yield lambda: ValidatingAsk(chosen, clock or MonotonicClock(), now_s=now_s, anchors=anchors)
    finally:
        for server in chosen:
            server.close()


@asynccontextmanager
async def open_each(
    *, port: int = DNS_PORT, timeouts: Timeouts = TIMEOUTS, clock: Clock | None = None
) -> AsyncIterator[Callable[[str], Ask]]:
    """Gives each address an `Ask` of its own: what that one server says, whatever others say."""
    asks: dict[str, LiveAsk] = {}

    def at(address: str) -> Ask:
        if address not in asks:
            asks[address] = LiveAsk([plain_server(address, port)], clock or MonotonicClock(), timeouts)
        return asks[address]

    try:
        yield at
    finally:
        for ask in asks.values():
            await ask.close()
