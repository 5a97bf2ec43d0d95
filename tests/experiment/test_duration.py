"""The estimate of a run's time: round trips times RTT, condition by condition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.experiment.plan.preview import expected_progress, preview
from benchkit.model.message import Batch
from benchkit.model.scenario import Scenario
from benchkit.profiles import load_profile
from benchkit.scenario import load
from tests.experiment.conftest import ARMS

Text = Callable[..., str]
Plan = Callable[..., tuple[Scenario, Batch]]


@pytest.fixture
def plan(tmp_path: Path, text: Text) -> Plan:
    def make(*arms: str, **parts: str) -> tuple[Scenario, Batch]:
        path = tmp_path / "scenario.toml"
        path.write_text(text(*arms, **parts), "utf-8")
        scenario = load(path, known_names())
        return scenario, compose(scenario.message)

    return make


def test_the_network_decides(plan: Plan) -> None:
    """200 sends: 11 round trips and QUIT, and 1."""
    blocks = "blocks = 19\nmessages_per_block = 10\nwarmup_blocks = 1"
    near = preview(*plan("smtp fresh", "api", load=blocks))
    far = preview(*plan("smtp fresh", "api", load=blocks, extra="network.rtt_ms = 20\n"))
    assert near.round_trips == far.round_trips == 200 * (11 + 1) + 200
    assert near.duration_s is not None
    assert near.duration_s < 4
    assert far.duration_s == pytest.approx(near.duration_s + far.round_trips * 0.020, rel=0.01)


def test_senders_of_an_arm_wait_at_the_same_time(plan: Plan) -> None:
    def trips(senders: int) -> int:
        several = f'model = "throughput"\nconcurrency = {senders}\nblocks = 10\nmessages_per_block = 20'
        return preview(*plan("smtp", load=several)).round_trips

    assert trips(10) == pytest.approx(trips(1) / 10, rel=0.05)


@pytest.mark.parametrize(
    ("arm", "more", "extra_s"),
    [
        ("smtp", 'fault = [{ at = "content", delay_ms = 100 }]', 200 * 0.1),
        ("smtp", 'fault = [{ at = "content", delay_ms = 100, probability = 0.5 }]', 200 * 0.05),
        ("smtp", 'fault = [{ at = "banner", delay_ms = 100 }]', 0.1),
        ("smtp fresh", 'fault = [{ at = "banner", delay_ms = 100 }]', 200 * 0.1),
        (
            "api",
            'fault = [{ at = "response", delay_ms = { distribution = "uniform", low = 50, high = 150 } }]',
            200 * 0.1,
        ),
        ("api", 'fault = [{ at = "request", status = 503 }]', 0),
    ],
)
def test_the_waits_of_an_embedded_server_are_in_it(arm: str, more: str, extra_s: float, plan: Plan) -> None:
    blocks = "blocks = 19\nmessages_per_block = 10\nwarmup_blocks = 1"
    quick, slow = (preview(*plan(f"x|{ARMS[arm]}{text}\n", load=blocks)).duration_s for text in ("", more))
    assert quick is not None
    assert slow == pytest.approx(quick + extra_s, rel=0.01)


def test_a_profile_of_a_slow_api_takes_its_time(plan: Plan) -> None:
    blocks = "blocks = 19\nmessages_per_block = 10\nwarmup_blocks = 1"
    quick, slow = (preview(*plan(f"x|{ARMS['api']}{text}\n", load=blocks)) for text in ("", 'profile = "mailgun"'))
    profiled = load_profile("mailgun").api
    assert profiled is not None
    assert profiled.accept_p50_ms.value is not None
    assert quick.duration_s is not None
    assert slow.duration_s is not None
    assert slow.duration_s >= quick.duration_s + 200 * profiled.accept_p50_ms.value / 1000
    assert slow.arms[0].notes == ("the server behaves as the profile mailgun",)


def test_an_open_load_takes_what_its_schedule_takes(plan: Plan) -> None:
    slow = 'model = "open"\nrate_per_s = 10\narrivals = "constant"\nblocks = 4\nmessages_per_block = 100\nwarmup_blocks = 1'
    assert preview(*plan("smtp", "api", load=slow)).duration_s == pytest.approx(2 * 5 * 10, abs=2)


def test_no_one_knows_the_rtt_of_another_server(plan: Plan) -> None:
    allowed = 'allow_hosts = ["*"]\nallow_recipients = ["*"]\nmax_messages = 1000\n'
    away = 'away|transport = "smtp"\nclient = "wire"\nserver = { host = "smtp.example.com", port = 587 }\n'
    scenario, batch = plan(away, extra=allowed)
    assert preview(scenario, batch).duration_s is None
    assert expected_progress(scenario, batch) is None
    assert preview(scenario, batch).round_trips > 0


def test_where_returned_mail_would_go(plan: Plan) -> None:
    away = 'relay|transport = "smtp"\nclient = "wire"\nserver = { host = "127.0.0.1", port = 25 }\n'
    scenario, batch = plan(away)
    assert preview(scenario, batch).return_paths == ()
    messages = tuple(replace(message, envelope_from="me@gmail.com") for message in batch.messages)
    assert preview(scenario, Batch(messages)).return_paths == ("me@gmail.com",)
    embedded, _ = plan("smtp")
    assert preview(embedded, Batch(messages)).return_paths == ()


def test_progress_counts_conditions_by_their_time(plan: Plan) -> None:
    scenario, batch = plan("smtp", extra="network.rtt_ms = [0, 100]\n")
    passed_s = expected_progress(scenario, batch)
    assert passed_s is not None
    planned = 56
    total_s = passed_s(planned, planned)
    assert total_s == pytest.approx(preview(scenario, batch).duration_s)
    assert passed_s(0, planned) == 0
    assert passed_s(planned // 2, planned) < total_s / 3, "the near condition is quickly over"
