"""One run into the receiving lab, through every way that the tests ask about. The lab stands until the session ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.errors import InputError
from benchkit.events.mailboxes import ImapAccount, read_imap
from benchkit.events.placement import Placement
from benchkit.experiment.parent.placements_of_run import Placed, collect_placements
from benchkit.experiment.parent.run_experiment import run_experiment
from benchkit.experiment.parent.stopping import signals_given_back
from benchkit.experiment.receiving_lab import MAILBOX, RunningLab, receiving_lab
from benchkit.experiment.receiving_lab.software import find_software
from benchkit.model.identity import find_identity
from benchkit.model.run import Run
from benchkit.scenario import load
from tests.peers.requirements import lacking
from tests.receiving_lab.ways import WAYS, scenario_text

ZONE = Path(__file__).parents[2] / "scenarios" / "zones" / "same-mail-two-paths.zone"


@dataclass(frozen=True, slots=True)
class Received:
    """By arm, then by message of the batch: `mails`, and `octets` as they lie in the mailbox."""

    run: Run
    lab: RunningLab
    mails: Mapping[str, Mapping[int, Placement]]
    octets: Mapping[str, Mapping[int, bytes]]


@contextmanager
def sent_into_lab(folder: Path, text: str) -> Iterator[Received]:
    """What a scenario's arms bring there; the lab stands as long as the block. Without the software the test is skipped."""
    try:
        find_software()
    except InputError as error:
        lacking(str(error))
    path = folder / "lab.toml"
    path.write_text(text, "utf-8")
    plan = load(path, known_names(), ())
    batch = compose(plan.message)
    assert plan.receiving_lab is not None
    with receiving_lab(plan, plan.receiving_lab) as lab:
        with signals_given_back():
            ended = run_experiment(lab.scenario, batch, {}, folder, lambda _sent, _planned: None, relay=lab.relay)
        found = collect_placements(ended.folder, lab.scenario.mailboxes, batch, {MAILBOX: lab.password})
        yield _received(lab, found)


@pytest.fixture(scope="session")
def received(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Received]:
    with sent_into_lab(tmp_path_factory.mktemp("receiving-lab"), scenario_text(WAYS, ZONE)) as found:
        yield found


def _received(lab: RunningLab, found: Placed) -> Received:
    run, arms, messages = found.run, {}, {}
    for send, arm, message in zip(*(run.messages[name].tolist() for name in ("send", "arm", "message")), strict=True):
        arms[send], messages[send] = run.manifest.arms[arm].name, message
    mails: dict[str, dict[int, Placement]] = {arm.name: {} for arm in run.manifest.arms}
    octets: dict[str, dict[int, bytes]] = {name: {} for name in mails}
    for send, (placement, *more) in found.by_send.items():
        assert not more, "a mail arrived twice"
        mails[arms[send]][messages[send]] = placement
    for send, mail in _by_send(lab, run.manifest.token):
        octets[arms[send]][messages[send]] = mail
    return Received(run, lab, mails, octets)


def _by_send(lab: RunningLab, token: str) -> Iterator[tuple[int, bytes]]:
    mailbox = lab.scenario.mailboxes[0]
    account = ImapAccount(mailbox.host, mailbox.port, mailbox.username, lab.password.reveal(), mailbox.security)
    for mail in read_imap(account, f"bk{token}-"):
        identity = find_identity(mail.octets)
        assert identity is not None
        yield identity[2], mail.octets
