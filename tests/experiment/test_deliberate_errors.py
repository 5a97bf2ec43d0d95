"""The self-test's own test: deliberate errors in the measuring code, and who catches each.

Two clients come in by entry points and do more on the wire than they should. The other errors are made in what a sound
certification run has stored, exactly as the erroneous code would have stored it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from benchkit.experiment.certify import scenarios, self_test
from benchkit.experiment.certify.attempts import Busyness
from benchkit.experiment.certify.scenarios import DIALOGUES
from benchkit.model.certificate import CertificationCheck
from benchkit.model.run import Run, Table
from benchkit.model.trace import Phase

pytestmark = pytest.mark.usefixtures("needs_lab")

KEPT = next(dialogue for dialogue in DIALOGUES if dialogue.turns == 4)
NEW = next(dialogue for dialogue in DIALOGUES if dialogue.turns == 11)
CLIENTS = {  # name → what the client does before each message, behind the back of the measurement or not
    "one_turn_more": "await self._smtp.noop()",
    "reopened": "await super().close(Trace()); await super().connect(Trace())",
}
_CLIENT = """
from benchkit.model.trace import Trace
from benchkit.transports.smtp_aiosmtplib import Client as Right

class Client(Right):
    async def send(self, prepared, identity, trace):
        self._smtp.trace = trace
        {extra}
        return await super().send(prepared, identity, trace)
"""
DIALOGUES_HERE = (KEPT, *(replace(KEPT, arm=replace(KEPT.arm, name=name, client=name)) for name in CLIENTS))


class Measured(NamedTuple):
    swept: Run
    delayed: Run


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    folder = tmp_path_factory.mktemp("clients")
    package = folder / "deliberate-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: deliberate\nVersion: 1\n")
    points = "\n".join(f"smtp_{name} = deliberate_{name}:Client" for name in CLIENTS)
    (package / "entry_points.txt").write_text(f"[benchkit.transport]\n{points}\n")
    for name, extra in CLIENTS.items():
        (folder / f"deliberate_{name}.py").write_text(_CLIENT.format(extra=extra))
    results = tmp_path_factory.mktemp("results")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
        patch.syspath_prepend(str(folder))
        yield Measured(
            _run(scenarios.sweep(DIALOGUES_HERE, (2.0, 40.0), 4), results),
            _run(scenarios.delays(NEW.arm, 8), results),
        )


def _run(scenario: Any, results: Path) -> Run:
    return self_test._run(scenario, results, lambda what: None, "")


def failed(measured: Measured) -> set[tuple[str, str]]:
    checks = [*self_test.swept_checks(measured.swept, DIALOGUES_HERE), *self_test.delayed_checks(measured.delayed)]
    return {(check.name, check.subject) for check in checks if not check.passed}


def with_rtt(factor: float) -> Callable[[Measured], Measured]:
    def change(measured: Measured) -> Measured:
        manifest = measured.swept.manifest
        wrong = tuple(replace(one, rtt_ms=(one.rtt_ms or 0.0) * factor) for one in manifest.conditions)
        return measured._replace(swept=replace(measured.swept, manifest=replace(manifest, conditions=wrong)))

    return change


def rows(table: Table, chosen: Any) -> dict[str, Any]:
    return {name: column[chosen] for name, column in table.items()}


def every_fiftieth_dropped(measured: Measured) -> Measured:
    kept = np.arange(len(measured.swept.messages["send"])) % 50 != 0
    return measured._replace(swept=replace(measured.swept, messages=rows(measured.swept.messages, kept)))


def one_row_twice(measured: Measured) -> Measured:
    again = np.append(np.arange(len(measured.swept.messages["send"])), 7)
    return measured._replace(swept=replace(measured.swept, messages=rows(measured.swept.messages, again)))


def times_scaled(factor: float) -> Callable[[Measured], Measured]:
    """A clock that runs too fast in the worker: every stamp of it, from the first one on."""

    def scaled(run: Run) -> Run:
        first = int(run.messages["started_ns"].min())

        def stamps(table: Table) -> dict[str, Any]:
            changed = {
                name: (first + (column - first) * factor).astype(np.int64)
                for name, column in table.items()
                if name.endswith("_ns") and name in ("intended_ns", "started_ns", "ended_ns")
            }
            return {**table, **changed}

        return replace(run, messages=stamps(run.messages), phases=stamps(run.phases))

    return lambda measured: Measured(*(scaled(run) for run in measured))


def durations_scaled(factor: float) -> Callable[[Measured], Measured]:
    """Every phase and every message, each from its own beginning."""

    def scaled(table: Table) -> dict[str, Any]:
        ended_ns = table["started_ns"] + ((table["ended_ns"] - table["started_ns"]) * factor).astype(np.int64)
        return {**table, "ended_ns": ended_ns}

    return lambda measured: Measured(
        *(replace(run, messages=scaled(run.messages), phases=scaled(run.phases)) for run in measured)
    )


def stamp_one_step_late(measured: Measured) -> Measured:
    """DATA is marked where its reply has come, so that its time counts as RCPT's."""
    phases = {name: np.array(column) for name, column in measured.delayed.phases.items()}
    data, rcpt = phases["phase"] == Phase.DATA, phases["phase"] == Phase.RCPT
    order = np.argsort(phases["send"], kind="stable")
    ends = dict(zip(phases["send"][data].tolist(), phases["ended_ns"][data].tolist(), strict=True))
    assert len(order)
    phases["ended_ns"][rcpt] = [ends[send] for send in phases["send"][rcpt].tolist()]
    phases["started_ns"][data] = phases["ended_ns"][data]
    return measured._replace(delayed=replace(measured.delayed, phases=phases))


def delay_at_the_wrong_step(measured: Measured) -> Measured:
    """The sink waits at RCPT where it should at MAIL, and the other way round."""
    phases = {name: np.array(column) for name, column in measured.delayed.phases.items()}
    mail, rcpt = phases["phase"] == Phase.MAIL, phases["phase"] == Phase.RCPT
    phases["phase"][mail], phases["phase"][rcpt] = Phase.RCPT, Phase.MAIL
    return measured._replace(delayed=replace(measured.delayed, phases=phases))


def with_durations(run: Run, transport: str, factor: float) -> Run:
    """What one transport's measuring code stores, scaled; the other's is right."""
    arms = [number for number, arm in enumerate(run.manifest.arms) if arm.transport == transport]
    sends = run.messages["send"][np.isin(run.messages["arm"], arms)]

    def scaled(table: Table) -> dict[str, Any]:
        spent = table["ended_ns"] - table["started_ns"]
        mine = np.isin(table["send"], sends)
        return {
            **table,
            "ended_ns": np.where(mine, table["started_ns"] + (spent * factor).astype(np.int64), table["ended_ns"]),
        }

    return replace(run, messages=scaled(run.messages), phases=scaled(run.phases))


def api_durations_scaled(measured: Measured) -> Measured:
    return Measured(*(with_durations(run, "api", 0.97) for run in measured))


def wait_counted_as_the_request(measured: Measured) -> Measured:
    """HTTP's first byte is marked, and what came before it called the writing of the request."""
    phases = {name: np.array(column) for name, column in measured.delayed.phases.items()}
    phases["phase"][phases["phase"] == Phase.WAIT] = Phase.REQUEST
    return measured._replace(delayed=replace(measured.delayed, phases=phases))


def ended_before_the_last_reply(measured: Measured) -> Measured:
    """A message is called accepted when its content has left, and not when the reply has come."""
    messages, phases = measured.swept.messages, measured.swept.phases
    content = phases["phase"] == Phase.CONTENT
    begun = dict(zip(phases["send"][content].tolist(), phases["started_ns"][content].tolist(), strict=True))
    pairs = zip(messages["send"].tolist(), messages["ended_ns"].tolist(), strict=True)
    ended_ns = np.array([begun.get(send, ended) for send, ended in pairs], dtype=np.int64)
    return measured._replace(swept=replace(measured.swept, messages={**messages, "ended_ns": ended_ns}))


def arms_change_places(measured: Measured) -> Measured:
    """Rows of the first two arms bear each other's number in every other block."""
    messages = measured.swept.messages
    swapped = (messages["block"] % 2 == 1) & (messages["arm"] < 2)
    arm = np.where(swapped, 1 - messages["arm"], messages["arm"]).astype(messages["arm"].dtype)
    return measured._replace(swept=replace(measured.swept, messages={**messages, "arm": arm}))


def failure_called_accepted(measured: Measured) -> Measured:
    """What never arrived stands as accepted."""
    arrivals = measured.swept.arrivals
    kept = np.arange(len(arrivals["send"])) != 5
    return measured._replace(swept=replace(measured.swept, arrivals=rows(arrivals, kept)))


def as_it_was(measured: Measured) -> Measured:
    return measured


ERRORS: dict[str, tuple[Callable[[Measured], Measured], tuple[str, str]]] = {
    "a round trip too many": (as_it_was, ("turns", "one_turn_more")),
    "a kept connection silently reopened": (as_it_was, ("wire", "reopened")),
    "RTT read 5 % too long": (with_rtt(1.05), ("link", "40 ms link")),
    "RTT read 5 % too short": (with_rtt(0.95), ("link", "40 ms link")),
    "every 50th sample dropped": (every_fiftieth_dropped, ("every message", "all dialogues")),
    "one row written twice": (one_row_twice, ("every message", "all dialogues")),
    "all times 3 % too long": (times_scaled(1.03), ("clock", "worker ÷ sink")),
    "all durations 3 % too short": (durations_scaled(0.97), ("injected delay", "data")),
    "a phase stamped one step late": (stamp_one_step_late, ("injected delay", "rcpt")),
    "the sink's delay at the wrong step": (delay_at_the_wrong_step, ("injected delay", "mail")),
    "an API's durations 3 % too short": (api_durations_scaled, ("injected delay", "wait")),
    "an API's wait counted as its request": (wait_counted_as_the_request, ("injected delay", "wait")),
    "ended before the last reply": (ended_before_the_last_reply, ("slope", KEPT.arm.name)),
    "two arms change places": (arms_change_places, ("turns", KEPT.arm.name)),
    "a failure called accepted": (failure_called_accepted, ("every message", "all dialogues")),
}
SOUND = {"turns": KEPT.arm.name, "wire": KEPT.arm.name}  # of the arm beside the deliberate ones


@pytest.mark.parametrize("error", ERRORS)
def test_who_catches_it(error: str, measured: Measured) -> None:
    change, (check, subject) = ERRORS[error]
    without, found = failed(measured), failed(change(measured))
    assert (check, subject) in found
    if change is as_it_was:
        assert (check, SOUND[check]) not in found
    elif check == "every message":
        assert found - without == {(check, subject)} or (check, subject) not in without
    else:
        shown = [one for one in _checks_of(measured) if (one.name, one.subject) == (check, subject)]
        assert all(one.passed for one in shown) or _machine_was_busy(measured), shown


def _checks_of(measured: Measured) -> list[CertificationCheck]:
    return [*self_test.swept_checks(measured.swept, DIALOGUES_HERE), *self_test.delayed_checks(measured.delayed)]


def _machine_was_busy(measured: Measured) -> bool:
    from benchkit.experiment.conditions.machine_load import load_average
    from benchkit.stats.clock_ratio import queued_share

    return bool(Busyness(queued_share(measured), 0.0, load_average(), len(os.sched_getaffinity(0))).too_busy)
