"""An embedded server that behaves like a profile: what it offers, its limits, and how long it takes to accept.

Unknown values stay as in benchkit's own server; of contradicting claims the first counts. The arm's own limits and faults are
added.
"""

from __future__ import annotations

import math
from dataclasses import replace

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Delay, Fault, Limit
from benchkit.profiles import ApiFacts, Fact, Profile, RelayFacts

_QUANTILES = (
    ("accept_p90_ms", 1.2816),
    ("accept_p95_ms", 1.6449),
    ("accept_p99_ms", 2.3263),
)  # of the normal distribution


def with_profile(listener: ListenerConfig, profile: Profile) -> ListenerConfig:
    """Raises ValueError if the profile has nothing on that protocol."""
    if listener.protocol == "smtp":
        if profile.smtp is None:
            raise ValueError(f"profile {profile.name!r} has no SMTP relay")
        return _relay(listener, profile.smtp)
    if profile.api is None:
        raise ValueError(f"profile {profile.name!r} has no API")
    return _api(listener, profile.api)


def _relay(listener: ListenerConfig, relay: RelayFacts) -> ListenerConfig:
    rate = relay.messages_per_s.value or 0.0
    limit = Limit(
        messages_per_connection=relay.messages_per_connection.value or 0,
        idle_s=relay.idle_s.value or 0.0,
        message_bytes=relay.message_bytes.value or 0,
        rate_per_s=rate,
        burst=max(1, math.ceil(rate)),
    )
    waits = _wait("content", relay.accept_ms)
    return replace(
        listener,
        extensions=_extensions(relay.after_tls, relay),
        extensions_before_tls=_extensions(relay.before_tls, relay),
        mechanisms=tuple(name.upper() for name in relay.logins.value or ()),
        limit=_merged(listener.limit, limit),
        faults=(*listener.faults, *waits),
    )


def _api(listener: ListenerConfig, api: ApiFacts) -> ListenerConfig:
    rate = api.requests_per_s.value or 0.0
    limit = Limit(
        messages_per_connection=api.requests_per_connection.value or 0,
        idle_s=api.idle_s.value or 0.0,
        message_bytes=api.message_bytes.value or 0,
        rate_per_s=rate,
        burst=max(1, math.ceil(rate)),
    )
    return replace(
        listener,
        limit=_merged(listener.limit, limit),
        faults=(*listener.faults, *_wait("response", api.accept_p50_ms, _sigma(api))),
    )


def _extensions(offered: Fact[tuple[str, ...]], relay: RelayFacts) -> tuple[str, ...]:
    if offered.value is None:
        return ()
    return (*offered.value, *(["SIZE"] if relay.message_bytes.claims else []))


def _merged(own: Limit, profiled: Limit) -> Limit:
    """Each limit that the arm sets, otherwise the profile's."""
    by_rate = own if own.rate_per_s else profiled
    return Limit(
        own.messages_per_connection or profiled.messages_per_connection,
        by_rate.rate_per_s,
        by_rate.burst,
        own.idle_s or profiled.idle_s,
        own.message_bytes or profiled.message_bytes,
    )


def _wait(point: str, median_ms: Fact[float], sigma: float = 0.0) -> tuple[Fault, ...]:
    if median_ms.value is None:
        return ()
    delay = Delay("lognormal", median_ms.value, sigma) if sigma else Delay("constant", median_ms.value)
    return (Fault(point, delay=delay),)


def _sigma(api: ApiFacts) -> float:
    """Sigma of the lognormal distribution with this median: the mean over the known upper quantiles; 0 without one."""
    median = api.accept_p50_ms.value
    upper = [(getattr(api, name).value, z) for name, z in _QUANTILES]
    found = [math.log(value / median) / z for value, z in upper if value and median and value > median]
    return sum(found) / len(found) if found else 0.0
