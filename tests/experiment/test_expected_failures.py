"""What a plan expects of its faults: failing shares, failovers' round trips, and verdicts that it must not promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.experiment.plan.expected_failures import failing_share, own_failures, without_verdict
from benchkit.experiment.plan.preview import preview
from benchkit.model.plan import PlanSummary
from benchkit.model.scenario import Scenario
from benchkit.scenario import load
from tests.experiment.conftest import scenario_text
from tests.experiment.test_retries import API, SMTP

SMTP_ARM = SMTP.format(client="wire", connection="reuse")
API_ARM = API.format(client="wire", connection="reuse")
BLOCKS = "blocks = 12\nmessages_per_block = 20\nwarmup_blocks = 0"


def fault(at: str, what: str, probability: float = 0.1) -> str:
    return f'[[arm.fault]]\nat = "{at}"\n{what}\nprobability = {probability}\n'


BUSY, REFUSED = fault("mail", 'reply = "450 4.2.1 busy"'), fault("mail", 'reply = "550 5.1.1 no"')
UNAVAILABLE = fault("request", "status = 503")


def loaded(tmp_path: Path, *arms: str, extra: str = "") -> Scenario:
    path = tmp_path / "scenario.toml"
    path.write_text(scenario_text(*arms, load=BLOCKS) + extra, "utf-8")
    return load(path, known_names())


def planned(scenario: Scenario) -> PlanSummary:
    return preview(scenario, compose(scenario.message))


@pytest.mark.parametrize(
    ("faults", "temporary", "permanent"),
    [
        ("", 0.0, 0.0),
        (BUSY, 0.1, 0.0),
        (REFUSED, 0.0, 0.1),
        (BUSY + REFUSED, 0.1, 0.09),
        (fault("mail", "drop = true"), 0.1, 0.0),
        (fault("content", "drop = true"), 0.0, 0.1),
        (fault("mail", "delay_ms = 5"), 0.0, 0.0),
        (fault("banner", 'reply = "421 4.3.2 later"'), 0.0, 0.0),
    ],
)
def test_a_fault_fails_its_share_for_now_or_finally(
    faults: str, temporary: float, permanent: float, tmp_path: Path
) -> None:
    scenario = loaded(tmp_path, SMTP_ARM + faults, API_ARM)
    own = own_failures(scenario, scenario.arms[0])
    assert [own.temporary, own.permanent] == pytest.approx([temporary, permanent])


def test_only_what_is_refused_for_now_goes_the_other_way_and_may_fail_there(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, SMTP_ARM + 'failover = "api"\n' + BUSY + REFUSED, API_ARM + UNAVAILABLE)
    assert failing_share(scenario, scenario.arms[0]) == pytest.approx(0.09 + 0.1 * 0.1)


def test_each_attempt_fails_alike(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, SMTP_ARM + BUSY, API_ARM, extra="[retry]\nattempts = 3\n")
    assert failing_share(scenario, scenario.arms[0]) == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("smtp", "api", "expected"),
    [
        ("", "", ()),
        (BUSY, UNAVAILABLE, ()),
        (BUSY, "", ("smtp",)),
        ('failover = "api"\n' + BUSY, UNAVAILABLE, ("smtp",)),
        ('failover = "api"\n' + BUSY, "", ()),
    ],
)
def test_a_plan_promises_no_verdict_that_its_faults_withhold(
    smtp: str, api: str, expected: tuple[str, ...], tmp_path: Path
) -> None:
    scenario = loaded(tmp_path, SMTP_ARM + smtp, API_ARM + api)
    assert without_verdict(scenario) == expected
    plan = planned(scenario)
    assert plan.without_verdict == expected
    assert (plan.precision is None) == bool(expected), "the only contrast"


@pytest.mark.parametrize(("probability", "added"), [(0.1, 0.1 * 240 + 1), (0.5, 0.5 * 240 + 1), (1.0, 240 + 1)])
def test_the_round_trips_of_failovers_are_planned(probability: float, added: float, tmp_path: Path) -> None:
    """One request for each, and a connection of the other way."""
    busy = fault("mail", 'reply = "450 4.2.1 busy"', probability)
    without, with_it = (
        planned(loaded(tmp_path, SMTP_ARM + way + busy, API_ARM)).round_trips for way in ("", 'failover = "api"\n')
    )
    assert with_it - without == pytest.approx(added, abs=1.1)
