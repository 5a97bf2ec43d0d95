"""One run into the receiving lab, through every way that the tests ask about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.errors import InputError
from benchkit.events.placement import Placement
from benchkit.experiment.parent.placements_of_run import collect_placements
from benchkit.experiment.parent.run_experiment import run_experiment
from benchkit.experiment.receiving_lab import MAILBOX, receiving_lab
from benchkit.experiment.receiving_lab.software import find_software
from benchkit.model.run import Run
from benchkit.scenario import load
from tests.peers.requirements import lacking
from tests.receiving_lab.ways import WAYS, scenario_text

ZONE = Path(__file__).parents[2] / "scenarios" / "zones" / "same-mail-two-paths.zone"


@dataclass(frozen=True, slots=True)
class Received:
    """`mails`: by arm, then by message of the batch."""

    run: Run
    mails: Mapping[str, Mapping[int, Placement]]


@pytest.fixture(scope="session")
def received(tmp_path_factory: pytest.TempPathFactory) -> Received:
    try:
        find_software()
    except InputError as error:
        lacking(str(error))
    folder = tmp_path_factory.mktemp("receiving-lab")
    path = folder / "lab.toml"
    path.write_text(scenario_text(WAYS, ZONE), "utf-8")
    plan = load(path, known_names(), ())
    batch = compose(plan.message)
    assert plan.receiving_lab is not None
    with receiving_lab(plan, plan.receiving_lab) as lab:
        ended = run_experiment(lab.scenario, batch, {}, folder, lambda _sent, _planned: None, relay=lab.relay)
        found = collect_placements(ended.folder, lab.scenario.mailboxes, batch, {MAILBOX: lab.password})
    run = found.run
    of_send = dict(zip(*(run.messages[name].tolist() for name in ("send", "message")), strict=True))
    arms = dict(zip(*(run.messages[name].tolist() for name in ("send", "arm")), strict=True))
    mails: dict[str, dict[int, Placement]] = {arm.name: {} for arm in run.manifest.arms}
    for send, (placement, *more) in found.by_send.items():
        assert not more, "a mail arrived twice"
        mails[run.manifest.arms[arms[send]].name][of_send[send]] = placement
    return Received(run, mails)
