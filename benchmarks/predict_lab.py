"""What `benchkit predict` says of each relay and API, beside the lab: one-off and kept at 5, 30 and 120 ms, wire client.

The goal: within ±10 %, or 2 ms. The embedded server behaves as the profile says. `BENCHKIT_PACED=1` adds mail every 15 s at the
relays whose idle time is known; it takes minutes.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchkit.batch import compose
from benchkit.experiment.parent.body_parser import open_run
from benchkit.experiment.parent.run_experiment import run_experiment
from benchkit.model.load import Arrivals, LoadModel, LoadSpec
from benchkit.model.message import Address
from benchkit.model.scenario import (
    ArmSpec,
    ConnectionPolicy,
    Limit,
    MessageSpec,
    NetworkSpec,
    Scenario,
    Security,
    VerdictSpec,
)
from benchkit.profiles import Profile, load_profile, profile_names
from benchkit.profiles.prediction import MailShape, PredictedTime, TimeRange, Use, predict
from benchkit.providers import PROVIDERS
from benchkit.stats.analysis import analyse

RTTS_MS = (5.0, 30.0, 120.0)
BLOCKS, GAP_S, PACED = 8, 15.0, 4
_MESSAGE = MessageSpec(
    Address("Shop", "shop@shop.example"), 1, 1, subject="Your receipt", text_bytes=3000,
    to=(Address("", "reader@customer.example"),),
)  # fmt: skip
Key = tuple[str, str, Use]


def arms(use: Use) -> Iterator[tuple[Key, ArmSpec]]:
    """The best way that each profile allows; of a relay whose EHLO is unknown there is no best way to try."""
    policy = ConnectionPolicy(1 if use is Use.ONE_OFF else 0)
    for name in profile_names():
        profile = load_profile(name)
        relay = profile.smtp
        if relay is not None and relay.after_tls.value is not None and (use is not Use.PACED or relay.idle_s.claims):
            security = Security.IMPLICIT if relay.implicit_ports.value else Security.STARTTLS
            dialogue = next(time.how for time in predict(profile, MailShape(TimeRange(1, 1)))).rpartition(", ")[2]
            login = "plain" if "plain" in (relay.logins.value or ("plain",)) else "login"
            yield (
                (name, "smtp", use),
                _arm(f"{name} smtp", "smtp", policy, security, profile, auth=login, dialogue=dialogue),
            )
        if profile.api is not None and profile.provider in PROVIDERS.names() and use is not Use.PACED:
            yield (name, "api", use), _arm(f"{name} api", "api", policy, Security.IMPLICIT, profile)


def _arm(
    name: str, transport: str, policy: ConnectionPolicy, security: Security, profile: Profile, auth: str = "",
    dialogue: str = "step",
) -> ArmSpec:  # fmt: skip
    provider = profile.provider if transport == "api" else ""
    unlimited = (
        Limit(rate_per_s=1000.0, burst=1000) if transport == "api" else Limit()
    )  # what is asked is the time, not the limit
    return ArmSpec(
        name, transport, "wire", policy, security, provider=provider, auth=auth, dialogue=dialogue, profile=profile.name,
        limit=unlimited,
    )  # fmt: skip


def measured(use: Use) -> dict[tuple[Key, float], float]:
    """Median service time in ms, by way and RTT."""
    found = list(arms(use))
    paced = use is Use.PACED
    load = LoadSpec(
        LoadModel.OPEN if paced else LoadModel.TALK, 1 if paced else BLOCKS, PACED if paced else 1, 0 if paced else 1, 1,
        1 / GAP_S if paced else 0.0, Arrivals.CONSTANT if paced else Arrivals.POISSON, 1,
    )  # fmt: skip
    specs = tuple(replace(arm, baseline=number == 0) for number, (_, arm) in enumerate(found))
    scenario = Scenario(
        "predict-lab",
        "",
        Path("predict-lab.toml"),
        "",
        _MESSAGE,
        load,
        NetworkSpec(rtt_ms=RTTS_MS),
        specs,
        VerdictSpec(),
    )
    with tempfile.TemporaryDirectory() as folder:
        ended = run_experiment(scenario, compose(_MESSAGE), {}, Path(folder), lambda sent, planned: None)
        summary = analyse(open_run(ended.folder))
    times = [arm.service_ms["p50"].value for arm in summary.arms]
    keys = [(key, rtt_ms) for rtt_ms in RTTS_MS for key, _ in found]
    return {key: time for key, time in zip(keys, times, strict=True) if time is not None}


def predicted(key: Key, rtt_ms: float) -> PredictedTime:
    name, transport, use = key
    times = predict(load_profile(name), MailShape(TimeRange(rtt_ms, rtt_ms), size_bytes=3600))
    return next(time for time in times if (time.transport, time.use) == (transport, use))


def main() -> None:
    uses = [Use.ONE_OFF, Use.KEPT, *([Use.PACED] if os.environ.get("BENCHKIT_PACED") else [])]
    missed, within, ways = [], 0, set()
    for use in uses:
        for (key, rtt_ms), time_ms in measured(use).items():
            expected = predicted(key, rtt_ms)
            span = expected.total_ms or expected.network_ms
            off = max(span.low - time_ms, time_ms - span.high, 0.0)
            ways.add(key[:2])
            if off <= max(2.0, 0.1 * time_ms):
                within += 1
            else:
                missed.append(
                    f"{key[0]} {key[1]} {use} at {rtt_ms:g} ms: {time_ms:.1f} ms, predicted {span.low:.1f} to {span.high:.1f}"
                )
    relays, apis = (sum(transport == one for _, transport in ways) for one in ("smtp", "api"))
    print(f"{within} of {within + len(missed)} predictions within 10 % or 2 ms; {relays} relays, {apis} APIs")  # noqa: T201
    for line in missed:
        print(f"  {line}")  # noqa: T201
