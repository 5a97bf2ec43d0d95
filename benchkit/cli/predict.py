"""`benchkit predict`: what a mail takes to a provider, from its profile and theory; nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchkit.cli.files import check_suffix, writing
from benchkit.errors import InputError, Mistake

if TYPE_CHECKING:
    from benchkit.profiles import Profile
    from benchkit.profiles.computing import Computing
    from benchkit.profiles.prediction import MailShape, PredictedTime, TimeRange

_LIMITED = {  # by field of MailShape: the option, and one and several of what it counts
    "messages_per_request": ("--messages-per-request", "message in a request", "messages in a request"),
    "recipients": ("--recipients", "recipient of a message", "recipients of a message"),
    "size_bytes": ("--size", "byte in a message", "bytes in a message"),
}


def predict(
    profiles: Annotated[
        list[str],
        typer.Argument(metavar="PROFILE...", help="A provider, as ses or postmark; `all`; or a file, as relay.toml."),
    ],
    rtt_ms: Annotated[
        float | None,
        typer.Option("--rtt", min=0.0, max=10_000.0, metavar="MS", help="Your round-trip time to the provider."),
    ] = None,
    size: Annotated[int, typer.Option(min=1, max=50_000_000, metavar="BYTES", help="Size of a message.")] = 4000,
    recipients: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="Recipients of a message.")] = 1,
    gap_s: Annotated[
        float, typer.Option("--gap", min=0.0, max=86_400.0, metavar="S", help="Seconds between paced messages.")
    ] = 15.0,
    messages_per_request: Annotated[
        int, typer.Option(min=1, max=10_000, metavar="N", help="Messages in a request of the API.")
    ] = 1,
    computing_run: Annotated[
        Path | None,
        typer.Option(
            "--computing",
            metavar="RUN",
            help="Take the computing at both ends from a stored run of your own instead of benchkit's figures.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout and nothing else.")] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Write one page with sliders for all these numbers; prints its path."
        ),
    ] = None,
) -> None:
    """Predict the time to accept by SMTP and by API. Sends nothing; unknown stays unknown."""
    from benchkit.profiles.computing import Computing
    from benchkit.profiles.prediction import MailShape, TimeRange

    check_suffix(html, ".html")
    chosen = _profiles(profiles)
    rtt = _measured_rtt(chosen) if rtt_ms is None else TimeRange(rtt_ms, rtt_ms)
    mail = MailShape(rtt, size, recipients, gap_s, messages_per_request)
    computing = Computing() if computing_run is None else _measured(computing_run)
    if html is not None:
        _write_page(html, chosen, mail, computing)
    elif as_json:
        _print_json(chosen, mail, computing)
    else:
        _show(chosen, mail, computing)


def _measured_rtt(profiles: list[Profile]) -> TimeRange:
    """That of the one profile, if `benchkit doctor` wrote it. Raises InputError."""
    from benchkit.profiles.prediction import TimeRange

    if len(profiles) == 1 and profiles[0].rtt_ms.values:
        return TimeRange.over(profiles[0].rtt_ms.values)
    message = (
        "is missing: give your round-trip time, as --rtt 30; or name the profile that "
        f"`benchkit doctor --provider {profiles[0].name} --save seen.toml` writes, which holds it"
    )
    raise InputError(Mistake("--rtt", message))


def _measured(folder: Path) -> Computing:
    """Raises InputError where the run cannot tell it, StoreError where it is no run."""
    from benchkit.experiment.parent.body_parser import open_run
    from benchkit.profiles.computing import computing_of
    from benchkit.stats.analysis import analyse

    run = open_run(folder)
    found = computing_of(run.manifest, analyse(run).models)
    if found is None:
        message = (
            "does not show the computing at both ends: for that it needs two arms with TLS that differ only in the connection, "
            "fresh "
            "and reuse, at benchkit's own server without faults or a profile. scenarios/quickstart.toml has such arms"
        )
        raise InputError(Mistake(f"--computing {folder}", message))
    return found


def _profiles(names: Sequence[str]) -> list[Profile]:
    """Each once; `all` stands alone. Raises InputError."""
    from benchkit.profiles import load_profile, profile_names

    if "all" in names:
        if len(names) > 1:
            raise InputError(Mistake("all", "stands for every provider: name it alone, or name the providers"))
        return [load_profile(name) for name in profile_names()]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(Mistake(twice, "is named twice: name each provider once"))
    return [load_profile(name) for name in names]


def _show(profiles: list[Profile], mail: MailShape, computing: Computing) -> None:
    from rich.console import Console

    from benchkit.report.content.prediction_page import prediction_page
    from benchkit.report.terminal import render_page

    console = Console()
    for profile in profiles:
        render_page(prediction_page(profile, mail, _times(profile, mail, computing), computing), console)


def _write_page(path: Path, profiles: list[Profile], mail: MailShape, computing: Computing) -> None:
    from benchkit.report.content.prediction_page import predictions_page
    from benchkit.report.html import to_html

    text = to_html(predictions_page(profiles, mail, computing))
    with writing(path):
        path.write_text(text, "utf-8")
    typer.echo(path)


def _print_json(profiles: list[Profile], mail: MailShape, computing: Computing) -> None:
    from benchkit.model.outside_text import json_text
    from benchkit.report.prediction_json import prediction_json

    found = [prediction_json(profile, mail, _times(profile, mail, computing), computing) for profile in profiles]
    typer.echo(json_text(found[0] if len(found) == 1 else found), nl=False)


def _times(profile: Profile, mail: MailShape, computing: Computing) -> tuple[PredictedTime, ...]:
    from benchkit.profiles.prediction import predict as times_of

    _check_limits(profile, mail)
    return times_of(profile, mail, computing)


def _check_limits(profile: Profile, mail: MailShape) -> None:
    """Raises InputError where the provider does not take such a mail, or so many in a request."""
    from benchkit.model.counts import counted
    from benchkit.profiles.limits import limits_of

    for name, limit in limits_of(profile).items():
        if getattr(mail, name) > limit.most:
            option, one, several = _LIMITED[name]
            raise InputError(
                Mistake(
                    f"{option} {getattr(mail, name)}",
                    f"is more than {profile.title} takes: its {limit.holder} takes at most {counted(limit.most, one, several)}",
                )
            )
