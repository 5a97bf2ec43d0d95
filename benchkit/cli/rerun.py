"""A stored run's scenario and another one, run in turn, because results of another day are not a valid baseline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from benchkit.errors import InputError, Mistake

if TYPE_CHECKING:
    from benchkit.model.message import Batch
    from benchkit.model.run import Manifest
    from benchkit.model.scenario import Scenario

_SET = "# --set "
_OTHER_MAIL = "the baseline's mail is not what the stored run sent: its templates or files have changed"


def run_in_turn(baseline: Path, scenario: Path, pairs: int, out: Path, *, send: bool) -> tuple[list[Path], list[Path]]:
    """The folders of the runs: the baseline's, the scenario's. Which of a pair goes first alternates, so that drift cancels.

    Raises InputError where a scenario, or what the baseline's needs, is not there any more; KeyboardInterrupt after a run
    that the user ended.
    """
    from benchkit.cli.lab_beside import lab_beside
    from benchkit.cli.names import known_names
    from benchkit.cli.run import run_plan
    from benchkit.experiment.parent.stopping import signals_given_back
    from benchkit.model.run import RunStatus
    from benchkit.scenario import load
    from benchkit.store import read_manifest

    manifest = read_manifest(baseline)
    new = load(scenario, known_names())
    plans = (_stored(manifest, scenario), new)
    batches = [_batch(plan) for plan in plans]
    if batches[0].digest != manifest.batch_digest:
        typer.echo(f"benchkit: {_OTHER_MAIL}", err=True)
    found: tuple[list[Path], list[Path]] = ([], [])
    for number in range(pairs):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            typer.echo(f"pair {number + 1} of {pairs}: {('baseline', 'new')[side]} …", err=True)
            with lab_beside(plans[side]) as lab, signals_given_back():
                ended = run_plan(lab.scenario, batches[side], out, send=send, relay=lab.relay)
            if ended.status is RunStatus.INTERRUPTED:  # no further pair: the user wants an end
                raise KeyboardInterrupt
            found[side].append(ended.folder)
    return found


def _stored(manifest: Manifest, beside: Path) -> Scenario:
    """The baseline's scenario as it was run; its templates and files are looked for where the other scenario is."""
    from benchkit.cli.names import known_names
    from benchkit.scenario import load

    lines = manifest.scenario_text.splitlines(keepends=True)
    overrides = [line.removeprefix(_SET).strip() for line in lines if line.startswith(_SET)]
    text = "".join(line for line in lines if not line.startswith(_SET))
    copy = beside.parent / f".benchkit-{manifest.run}.toml"
    try:
        copy.write_text(text, "utf-8")
        return load(copy, known_names(), overrides)
    except InputError as error:
        where = f"the scenario of {manifest.run}"
        raise InputError(*(replace(mistake, where=where) for mistake in error.mistakes)) from None
    except OSError as error:
        message = f"the baseline's scenario cannot be copied: {error.strerror}"
        raise InputError(Mistake(str(beside), message)) from None
    finally:
        copy.unlink(missing_ok=True)


def _batch(plan: Scenario) -> Batch:
    from benchkit.batch import compose
    from benchkit.experiment.plan.request_check import check_requests

    batch = compose(plan.message)
    check_requests(plan, batch)
    return batch
