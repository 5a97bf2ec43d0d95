"""What `benchkit predict` says of each relay and API, beside the lab: one-off, kept and paced mail at 5, 30 and 120 ms.

The goal: within ±10 %, or 2 ms. The client is `wire`. The embedded server behaves as the profile says, but takes the profile's
median time for every message: with its spread, eight sends would compare luck. Paced mail, every 15 s, is measured by twelve
processes at a time, each with a link of its own. Takes about 15 minutes; BENCHKIT_USES=one-off,kept leaves the paced mail out.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
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
BLOCKS, GAP_S, PACED, AT_ONCE, STAGGER_S = 8, 15.0, 3, 12, 1.3
SPREAD = ("accept_p90_ms", "accept_p95_ms", "accept_p99_ms")
_MESSAGE = MessageSpec(
    Address("Shop", "shop@shop.example"), 1, 1, subject="Your receipt", text_bytes=3000,
    to=(Address("", "reader@customer.example"),),
)  # fmt: skip
Key = tuple[str, str, Use]


def arms(use: Use, folder: Path) -> Iterator[tuple[Key, ArmSpec]]:
    """The best way that each profile allows; of a relay whose EHLO is unknown there is no best way to try."""
    policy = ConnectionPolicy(1 if use is Use.ONE_OFF else 0)
    for name in profile_names():
        profile, path = load_profile(name), _without_spread(name, folder)
        relay = profile.smtp
        if relay is not None and relay.after_tls.value is not None:
            security = Security.IMPLICIT if relay.implicit_ports.value else Security.STARTTLS
            dialogue = next(each.how for each in predict(profile, MailShape(TimeRange(1, 1)))).rpartition(", ")[2]
            login = "plain" if "plain" in (relay.logins.value or ("plain",)) else "login"
            yield (
                (name, "smtp", use),
                _arm(f"{name} smtp", "smtp", policy, security, path, auth=login, dialogue=dialogue),
            )
        if profile.api is not None and profile.provider in PROVIDERS.names():
            yield (name, "api", use), _api_arm(name, policy, profile, path)


def measured(found: Sequence[tuple[Key, ArmSpec]]) -> dict[tuple[Key, float], float]:
    """Median service time in ms, by way and RTT."""
    paced = found[0][0][2] is Use.PACED
    load = LoadSpec(
        LoadModel.OPEN if paced else LoadModel.TALK, 1 if paced else BLOCKS, PACED if paced else 1, 0 if paced else 1, 1,
        1 / GAP_S if paced else 0.0, Arrivals.CONSTANT if paced else Arrivals.POISSON, 1,
    )  # fmt: skip
    specs = tuple(replace(arm, baseline=number == 0) for number, (_, arm) in enumerate(found))
    network = NetworkSpec(rtt_ms=RTTS_MS)
    scenario = Scenario("predict-lab", "", Path("predict-lab.toml"), "", _MESSAGE, load, network, specs, VerdictSpec())
    with tempfile.TemporaryDirectory() as folder:
        ended = run_experiment(scenario, compose(_MESSAGE), {}, Path(folder), lambda sent, planned: None)
        summary = analyse(open_run(ended.folder))
    times = [arm.service_ms["p50"].value for arm in summary.arms]
    keys = [(key, rtt_ms) for rtt_ms in RTTS_MS for key, _ in found]
    return {key: time_ms for key, time_ms in zip(keys, times, strict=True) if time_ms is not None}


def predicted(key: Key, rtt_ms: float) -> PredictedTime:
    name, transport, use = key
    times = predict(load_profile(name), MailShape(TimeRange(rtt_ms, rtt_ms), size_bytes=3600, gap_s=GAP_S))
    return next(each for each in times if (each.transport, each.use) == (transport, use))


def main() -> None:
    uses = [Use(name) for name in os.environ.get("BENCHKIT_USES", "one-off,kept,paced").split(",")]
    missed, within = [], 0
    ways: set[tuple[str, str]] = set()
    for use in uses:
        for (key, rtt_ms), time_ms in _all(use).items():
            expected = predicted(key, rtt_ms)
            span = expected.total_ms or expected.network_ms
            off_ms = max(span.low - time_ms, time_ms - span.high, 0.0)
            ways.add(key[:2])
            if off_ms <= max(2.0, 0.1 * time_ms):
                within += 1
            else:
                missed.append(
                    f"{key[0]} {key[1]} {use} at {rtt_ms:g} ms: {time_ms:.1f} ms, predicted {span.low:.1f} to {span.high:.1f}"
                )
    relays, apis = (sum(transport == one for _, transport in ways) for one in ("smtp", "api"))
    print(f"{within} of {within + len(missed)} predictions within 10 % or 2 ms; {relays} relays, {apis} APIs")  # noqa: T201
    for line in missed:
        print(f"  {line}")  # noqa: T201


def _all(use: Use) -> dict[tuple[Key, float], float]:
    with tempfile.TemporaryDirectory() as folder:
        found = list(arms(use, Path(folder)))
        if use is not Use.PACED:
            return measured(found)
        with multiprocessing.get_context("spawn").Pool(AT_ONCE, maxtasksperchild=1) as pool:
            parts = pool.map(_measured_alone, [(place, way) for place, way in enumerate(found)], chunksize=1)
    return {key: time_ms for part in parts for key, time_ms in part.items()}


def _measured_alone(placed: tuple[int, tuple[Key, ArmSpec]]) -> dict[tuple[Key, float], float]:
    place, way = placed
    time.sleep(place % AT_ONCE * STAGGER_S)  # their sends are to fall between each other's
    return measured([way])


def _without_spread(name: str, folder: Path) -> str:
    """The path of a copy of the profile that knows only the median of the time to accept."""
    text = files("benchkit.profiles").joinpath(f"{name}.toml").read_text("utf-8")
    path = folder / f"{name}.toml"
    path.write_text("\n".join(line for line in text.splitlines() if not line.startswith(SPREAD)), "utf-8")
    return str(path)


def _api_arm(name: str, policy: ConnectionPolicy, profile: Profile, path: str) -> ArmSpec:
    arm = _arm(f"{name} api", "api", policy, Security.IMPLICIT, path)
    return replace(
        arm, provider=profile.provider, limit=Limit(rate_per_s=1000.0, burst=1000)
    )  # its rate is not the question


def _arm(
    name: str, transport: str, policy: ConnectionPolicy, security: Security, profile: str, auth: str = "",
    dialogue: str = "step",
) -> ArmSpec:  # fmt: skip
    return ArmSpec(name, transport, "wire", policy, security, auth=auth, dialogue=dialogue, profile=profile)


if __name__ == "__main__":
    main()
