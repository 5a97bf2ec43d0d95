"""`benchkit run`: check, plan, ask where real mail would leave, send, store, print the verdict."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchkit.cli.answer import answer, exit_code
from benchkit.cli.lab_beside import LabBeside, lab_beside
from benchkit.errors import ExitCode
from benchkit.model.counts import counted
from benchkit.model.plain_number import significant

if TYPE_CHECKING:
    from benchkit.cli.progress import RunProgress
    from benchkit.experiment.parent.events_beside import EventsBeside
    from benchkit.experiment.parent.run_experiment import RunEnd
    from benchkit.model.message import Batch
    from benchkit.model.receiving import RelayTarget
    from benchkit.model.scenario import Scenario
    from benchkit.model.secret import Secret
    from benchkit.model.summary import Summary


def run(
    scenario: Annotated[
        Path, typer.Argument(metavar="SCENARIO", help="The scenario, a TOML file (`benchkit init` writes one).")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan, and what would stop the run; send nothing.")
    ] = False,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Override a key of the file: load.blocks=5, arm.0.auth=plain."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the run's folder is made.")] = Path("results"),
    as_json: Annotated[bool, typer.Option("--json", help="Print summary.json on stdout and nothing else.")] = False,
    pcap: Annotated[
        bool,
        typer.Option(
            "--pcap", help="Keep the packets of the network link: link-0.pcap and so on, one for each condition."
        ),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="A threshold with too few messages counts as crossed (exit code 99).")
    ] = False,
    send: Annotated[
        bool, typer.Option("--send", help="Real mail may leave this machine, if the scenario allows it.")
    ] = False,
) -> None:
    """Send a batch in every way, and say which to choose."""
    from benchkit.batch import compose
    from benchkit.cli.names import known_names
    from benchkit.experiment.plan.request_check import check_requests
    from benchkit.scenario import load

    plan = load(scenario, known_names(), overrides or ())
    if pcap:
        plan = _captured(plan)
    batch = compose(plan.message)
    check_requests(plan, batch)
    if dry_run:
        _show_plan(plan, batch, out, as_json=as_json)
        _check_readiness(plan, batch)
        return
    with lab_beside(plan) as lab, _events_beside(plan, batch) as beside:
        ended = run_plan(lab.scenario, batch, out, send=send, relay=lab.relay)
        stopped = ended.relay_stopped or _collect_what_arrived(lab, beside, batch, ended.folder)
    summary = answer(ended.folder, as_json=as_json, keep=True)
    typer.echo(f"stored in {ended.folder}", err=True)
    raise typer.Exit(ExitCode.INTERRUPTED if stopped else _code_of(ended, summary, strict=strict))


def _code_of(ended: RunEnd, summary: Summary, *, strict: bool) -> int:
    from benchkit.model.run import RunStatus

    broken = ended.status is RunStatus.BROKEN  # also where the disk had no room left to say so
    return ExitCode.INVALID_RUN if broken else exit_code(summary, strict=strict)


def run_plan(plan: Scenario, batch: Batch, out: Path, *, send: bool, relay: RelayTarget | None = None) -> RunEnd:
    """Asks where real mail would leave, sends and stores; errors go to stderr."""
    from benchkit.experiment.parent.run_experiment import run_experiment
    from benchkit.model.outside_text import escape_control_chars

    send = send or _typed_yes(plan, batch)
    with _progress(plan, batch) as progress:
        ended = run_experiment(
            plan,
            batch,
            _secrets(plan),
            out,
            progress,
            dkim_keys=_dkim_keys(plan),
            send=send,
            on_start=progress.begins,
            relay=relay,
            draining=_say_that_it_drains,
        )
    if ended.trouble:
        typer.echo(f"benchkit: {escape_control_chars(ended.trouble, lines=False)}", err=True)
    return ended


def _say_that_it_drains() -> None:
    typer.echo(
        "benchkit: stops when the messages under way have their answers. Ctrl-C again ends them at once: "
        "whether they arrived is then unknown.",
        err=True,
    )


def _events_beside(plan: Scenario, batch: Batch) -> AbstractContextManager[EventsBeside | None]:
    from contextlib import nullcontext

    if plan.events is None:
        return nullcontext()
    from benchkit.experiment.parent.events_beside import events_beside
    from benchkit.scenario import reveal

    return events_beside(plan, batch, {name: reveal(ref, os.environ) for name, ref in plan.events.secrets.items()})


def _collect_what_arrived(lab: LabBeside, beside: EventsBeside | None, batch: Batch, folder: Path) -> bool:
    """Whether the user has ended the wait; the run is stored in any case."""
    from benchkit.experiment.parent.stopping import interruptible

    try:
        with interruptible():
            if beside is not None:
                _collect(beside, folder)
            if lab.scenario.mailboxes:
                _read_mailboxes(lab, batch, folder)
    except KeyboardInterrupt:
        typer.echo(
            "benchkit: stopped before all webhooks and test mailboxes were read. The run is stored",
            err=True,
        )
        return True
    return False


def _collect(beside: EventsBeside, folder: Path) -> None:
    """What has become of the mail is shown by `benchkit events`; a run is a run without it too."""
    from benchkit.errors import reason

    def tell(wait_s: float) -> None:
        typer.echo(f"benchkit: waits {significant(wait_s)} s for webhooks; Ctrl-C ends the wait …", err=True)

    try:
        found = beside.collect(folder, tell)
        typer.echo(f"{counted(len(found.rows), 'event')}: benchkit events {folder}", err=True)
    except OSError as error:
        typer.echo(f"benchkit: the events could not be collected: {reason(error)}", err=True)


def _read_mailboxes(lab: LabBeside, batch: Batch, folder: Path) -> None:
    """A mailbox that cannot be read leaves the run as it is."""
    from benchkit.errors import BenchkitError
    from benchkit.experiment.parent.placements_of_run import collect_placements
    from benchkit.scenario import reveal

    mailboxes = lab.scenario.mailboxes
    longest_s = max(one.wait_s for one in mailboxes)
    typer.echo(
        f"benchkit: waits for mail in the test mailboxes, at most {significant(longest_s)} s; Ctrl-C ends the wait …",
        err=True,
    )
    try:
        secrets = {one.name: reveal(one.password, os.environ) for one in mailboxes if one.password is not None}
        found = collect_placements(folder, mailboxes, batch, {**secrets, **lab.secrets})
    except BenchkitError as error:
        typer.echo(f"benchkit: {error}", err=True)
        return
    typer.echo(f"{counted(len(found.rows), 'mail')} in the test mailboxes: benchkit report {folder}", err=True)


def _captured(scenario: Scenario) -> Scenario:
    """Raises InputError where the scenario has no lab link."""
    from dataclasses import replace

    from benchkit.errors import InputError, Mistake
    from benchkit.model.scenario import NetworkSpec

    if scenario.network == NetworkSpec():
        message = "keeps the packets of the network link, and this scenario has no link: add [network] rtt_ms = 10"
        raise InputError(Mistake("--pcap", message))
    return replace(scenario, network=replace(scenario.network, capture=True))


def _noise(scenario: Scenario, results: Path) -> float | None:
    """What the last run of this scenario there found; None without one that can be read."""
    import json

    from benchkit.stats.precision import noise_of

    for path in sorted(results.glob("*/summary.json"), reverse=True):
        try:
            summary = json.loads(path.read_text("utf-8"))
            if summary["scenario"] == scenario.name and summary["valid"]:
                return noise_of(summary["contrasts"], starts=scenario.load.restarts > 1)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def _show_plan(scenario: Scenario, batch: Batch, out: Path, *, as_json: bool) -> None:
    from benchkit.experiment.plan.preview import preview

    plan = preview(scenario, batch, _noise(scenario, out))
    if as_json:
        from dataclasses import asdict

        from benchkit.model.outside_text import json_text

        typer.echo(json_text(asdict(plan)), nl=False)
        return
    from rich.console import Console

    from benchkit.report.plan import render_plan

    render_plan(plan, Console())


def _check_readiness(scenario: Scenario, batch: Batch) -> None:
    """Raises InputError with everything that would stop the run before its first send, but for a missing --send."""
    from dataclasses import replace

    from benchkit.errors import InputError, Mistake
    from benchkit.experiment.parent.signed_batches import sign_batches
    from benchkit.experiment.plan.send_permission import check_permission

    first = replace(batch, messages=batch.messages[:1])  # one signature shows whether the key signs
    mistakes: list[Mistake] = []
    for check in (
        lambda: check_permission(scenario, batch, send=True),
        lambda: _secrets(scenario),
        lambda: sign_batches(scenario, first, _dkim_keys(scenario), {}),
    ):
        try:
            check()
        except InputError as error:
            mistakes += error.mistakes
    if mistakes:
        raise InputError(*mistakes)


def _typed_yes(scenario: Scenario, batch: Batch) -> bool:
    """Whether a person at a terminal says yes to real mail; anything else than the word is a no.

    Raises InputError for what the scenario lacks, before the question.
    """
    from benchkit.experiment.plan.send_permission import check_permission, hosts_that_need_permission

    if not hosts_that_need_permission(scenario, batch):
        return False
    check_permission(scenario, batch, send=True)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    from rich.console import Console

    from benchkit.experiment.plan.preview import preview
    from benchkit.report.plan import render_plan

    render_plan(preview(scenario, batch), Console(stderr=True))
    answered: str = typer.prompt("Send this mail? Type yes", default="no", err=True)
    return answered.strip() == "yes"


def _secrets(scenario: Scenario) -> dict[int, Secret]:
    from benchkit.scenario import reveal

    return {
        number: reveal(arm.password, os.environ) for number, arm in enumerate(scenario.arms) if arm.password is not None
    }


def _dkim_keys(scenario: Scenario) -> dict[int, Secret]:
    from benchkit.scenario import reveal_key

    return {
        number: reveal_key(arm.dkim.key, os.environ) for number, arm in enumerate(scenario.arms) if arm.dkim is not None
    }


def _progress(scenario: Scenario, batch: Batch) -> AbstractContextManager[RunProgress]:
    from benchkit.cli.progress import progress_display
    from benchkit.experiment.plan.preview import expected_progress, preview

    return progress_display(preview(scenario, batch).duration_s, expected_progress(scenario, batch))
