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
    from benchkit.profiles.prediction import Computing, MailShape, PredictedTime


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
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout and nothing else.")] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Write one page with sliders for all these numbers; prints its path."
        ),
    ] = None,
) -> None:
    """Predict the time to accept by SMTP and by API. Sends nothing; unknown stays unknown."""
    from benchkit.profiles.prediction import Computing, MailShape, TimeRange

    check_suffix(html, ".html")
    if rtt_ms is None:
        message = f"is missing: give your round-trip time, as --rtt 30; `benchkit doctor --provider {profiles[0]}` measures it"
        raise InputError(Mistake("--rtt", message))
    chosen = _profiles(profiles)
    mail = MailShape(TimeRange(rtt_ms, rtt_ms), size, recipients, gap_s, messages_per_request)
    if html is not None:
        _write_page(html, chosen, mail)
    elif as_json:
        _print_json(chosen, mail)
    else:
        _show(chosen, mail, Computing())


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
        render_page(prediction_page(profile, mail, _times(profile, mail), computing), console)


def _write_page(path: Path, profiles: list[Profile], mail: MailShape) -> None:
    from benchkit.profiles.prediction import Computing
    from benchkit.report.content.prediction_page import predictions_page
    from benchkit.report.html import to_html

    text = to_html(predictions_page(profiles, mail, Computing()))
    with writing(path):
        path.write_text(text, "utf-8")
    typer.echo(path)


def _print_json(profiles: list[Profile], mail: MailShape) -> None:
    from benchkit.model.outside_text import json_text
    from benchkit.profiles.prediction import Computing
    from benchkit.report.prediction_json import prediction_json

    found = [prediction_json(profile, mail, _times(profile, mail), Computing()) for profile in profiles]
    typer.echo(json_text(found[0] if len(found) == 1 else found), nl=False)


def _times(profile: Profile, mail: MailShape) -> tuple[PredictedTime, ...]:
    from benchkit.profiles.prediction import predict as times_of

    try:
        return times_of(profile, mail)
    except ValueError as error:
        raise InputError(Mistake("--messages-per-request", f"{profile.title}: {error}")) from None
