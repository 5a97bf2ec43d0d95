"""Faults and limits as pure decisions: tables, a manual clock, seeds; no socket."""

from __future__ import annotations

import random
import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.clock import ManualClock
from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Delay, Fault, Limit, Security
from benchkit.sink.faults import PASS, Action, Faults, TokenBucket, drawn_s, faults_of

SECOND_NS = 1_000_000_000


def listener(*faults: Fault, protocol: str = "smtp", arm: int = 0, seed: int = 1, **limit: Any) -> ListenerConfig:
    return ListenerConfig(arm, protocol, Security.NONE, faults=faults, limit=Limit(**limit), seed=seed)


def faults(*given_: Fault, **options: Any) -> Faults:
    return Faults(listener(*given_, **options), ManualClock())


def test_nothing_wrong_costs_nothing() -> None:
    assert faults_of(listener(), ManualClock()) is None
    assert faults_of(listener(Fault("mail", drop=True)), ManualClock()) is not None
    assert faults_of(listener(rate_per_s=1.0), ManualClock()) is not None


BUSY = Fault("mail", reply="450 4.2.1 busy")
MET = {
    "another point": ((BUSY,), "rcpt", PASS),
    "a reply": ((BUSY,), "mail", Action(reply="450 4.2.1 busy")),
    "a status": ((Fault("request", status=503, retry_after_s=2),), "request", Action(status=503, retry_after_s=2)),
    "a drop": ((Fault("content", drop=True),), "content", Action(drop=True)),
    "a delay": ((Fault("data", delay=Delay("constant", 20)),), "data", Action(0.02)),
    "delays add up": ((Fault("data", delay=Delay("constant", 20)),) * 2, "data", Action(0.04)),
    "a delayed reply": (
        (Fault("mail", delay=Delay("constant", 5)), BUSY, Fault("mail", drop=True)),
        "mail",
        Action(0.005, reply="450 4.2.1 busy"),
    ),
    "never": ((Fault("mail", 0.0, drop=True),), "mail", PASS),
}


@pytest.mark.parametrize(("given_", "point", "action"), MET.values(), ids=MET)
def test_what_is_met(given_: tuple[Fault, ...], point: str, action: Action) -> None:
    assert faults(*given_).meet(point, 0) == action


def drops(count: int, *others: Fault, **options: Any) -> list[bool]:
    found = faults(Fault("content", 0.3, drop=True), *others, **options)
    return [found.meet("content", 0).drop for _ in range(count)]


def test_a_probability_is_kept() -> None:
    assert 0.27 < statistics.fmean(drops(5000)) < 0.33


def test_the_seed_and_the_arm_decide() -> None:
    assert drops(50) == drops(50)
    assert drops(50) != drops(50, seed=2)
    assert drops(50) != drops(50, arm=1)


@pytest.mark.parametrize(
    ("delay", "mean_s"),
    [
        (Delay("constant", 20), 0.020),
        (Delay("uniform", 10, 30), 0.020),
        (Delay("exponential", 20), 0.020),
        (Delay("exponential", 0), 0.0),
        (Delay("lognormal", 20, 0.0), 0.020),
        (Delay("lognormal", 20, 0.5), 0.020 * 1.1331),  # e^(0.5²/2)
    ],
)
def test_delays_have_their_means(delay: Delay, mean_s: float) -> None:
    source = random.Random(3)
    waits = [drawn_s(delay, source) for _ in range(4000)]
    assert statistics.fmean(waits) == pytest.approx(mean_s, rel=0.05)
    assert min(waits) >= 0.0


def test_an_unknown_distribution_is_an_error() -> None:
    with pytest.raises(ValueError, match="cauchy"):
        drawn_s(Delay("cauchy", 1), random.Random(1))


# (seconds gone by, what take() then gives), for 2 tokens a second and a burst of 3
BUCKET = [
    *[(0.0, 0.0)] * 3, (0.0, 0.5), (0.25, 0.25), (0.25, 0.0), (0.0, 0.5),
    (60.0, 0.0), *[(0.0, 0.0)] * 2, (0.0, 0.5),
]  # fmt: skip


def test_a_token_bucket() -> None:
    clock = ManualClock()
    bucket = TokenBucket(2.0, 3, clock)
    for gone_s, wait_s in BUCKET:
        clock.advance(int(gone_s * SECOND_NS))
        assert bucket.take() == pytest.approx(wait_s)


@given(st.lists(st.integers(0, 2 * SECOND_NS), min_size=1, max_size=50), st.floats(0.1, 100), st.integers(1, 20))
def test_a_bucket_never_lets_more_through_than_it_may(gaps_ns: list[int], rate_per_s: float, burst: int) -> None:
    clock = ManualClock()
    bucket = TokenBucket(rate_per_s, burst, clock)
    taken = 0
    for gap_ns in gaps_ns:
        clock.advance(gap_ns)
        taken += bucket.take() == 0.0
    assert taken <= burst + sum(gaps_ns) / SECOND_NS * rate_per_s + 1e-6


def test_over_the_rate() -> None:
    smtp = faults(rate_per_s=0.5)
    assert smtp.meet("mail", 0) == PASS
    assert smtp.meet("mail", 0) == Action(reply="450 4.7.1 Rate limit exceeded, try again after 2 seconds")
    assert smtp.meet("rcpt", 0) == PASS
    api = faults(protocol="api", rate_per_s=0.5)
    assert api.meet("request", 0) == PASS
    assert api.meet("request", 0) == Action(limited_s=2)


def test_what_a_fault_refuses_takes_no_token() -> None:
    found = faults(Fault("mail", 0.5, reply="450 4.2.1 busy"), rate_per_s=0.001, burst=3)
    replies = [found.meet("mail", 0).reply[:9] for _ in range(40)]
    assert replies.count("") == 3
    assert {"450 4.2.1", "450 4.7.1"} <= set(replies)


def test_messages_of_a_connection() -> None:
    found = faults(messages_per_connection=2)
    assert [found.meet("mail", n).reply[:3] for n in (0, 1, 2)] == ["", "", "421"]
    assert [found.last(n) for n in (0, 1, 2)] == [False, False, True]
    assert not faults(rate_per_s=1.0).last(10**6)
    assert faults(protocol="api", messages_per_connection=2).meet("request", 2) == PASS
