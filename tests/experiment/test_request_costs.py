"""What requests cost to make is measured for each API arm, and only for those."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.experiment.parent.request_costs import request_costs
from benchkit.scenario import load

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_each_api_arm_has_its_costs() -> None:
    scenario = load(SCENARIOS / "personalised-at-provider.toml", known_names())
    batch = compose(replace(scenario.message, count=24))
    costs = request_costs(scenario, batch, {})
    assert set(costs) == {number for number, arm in enumerate(scenario.arms) if arm.transport == "api"}
    assert all(found["request_us"] > 0 and found["in_send_us"] > 0 for found in costs.values())


def test_an_arm_with_a_batch_of_its_own_is_measured_on_it() -> None:
    scenario = load(SCENARIOS / "ses-smtp-or-api.toml", known_names())
    batch = compose(replace(scenario.message, count=2))
    empty = replace(batch, messages=())
    (first, *_) = request_costs(scenario, batch, {})
    of_arms = dict.fromkeys(range(len(scenario.arms)), batch)
    assert request_costs(scenario, empty, of_arms)[first]["in_send_us"] > 0
