"""`benchkit events RUN`: what became of a run's messages, and a receiver that goes on collecting it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from benchkit.cli.answer import keep_again
from benchkit.errors import BenchkitError, InputError, Mistake, reason
from benchkit.model.counts import counted

if TYPE_CHECKING:
    from benchkit.events.webhook_receiver import WebhookSecret
    from benchkit.events.webhooks import Webhook
    from benchkit.experiment.parent.events_of_run import Collected
    from benchkit.model.event import Event

ADDRESS = "127.0.0.1:8025"
_AN_EXAMPLE = "mailgun=MAILGUN_SIGNING_KEY"
MOST_NAMES = 3  # of files in a message


def events(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a stored run.")],
    listen: Annotated[
        bool, typer.Option("--listen", help="Receive webhooks until Ctrl-C, and add them to the run.")
    ] = False,
    address: Annotated[
        str, typer.Option("--address", metavar="HOST:PORT", help="With --listen: where. Port 0 is a free one.")
    ] = ADDRESS,
    secrets: Annotated[
        list[str] | None,
        typer.Option(
            "--secret",
            metavar="PROVIDER=VARIABLE",
            help="With --listen: the environment variable that holds a provider's webhook secret; may be given again.",
        ),
    ] = None,
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="With --listen: the public address, which Mandrill signs.")
    ] = "",
    seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", help="With --listen: end after this time.")
    ] = None,
    mail: Annotated[
        Path | None,
        typer.Option(
            "--mail", metavar="DIR", help="Add bounces and complaints from this folder, Maildir or mbox file."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Show what became of a run's messages. Collects webhooks, bounces and complaints."""
    from benchkit.experiment.parent.events_of_run import collect_events
    from benchkit.store import read_manifest

    read_manifest(run)
    if seconds is not None and seconds <= 0:
        raise InputError(Mistake("--for", "must be a number of seconds above 0"))
    if listen:
        _listen(run, address, _secrets(secrets or [], url), seconds)
    found = collect_events(run, _mail_events(mail), round(time.time() * 1_000))
    if found.stored:
        keep_again(run)
    _show(run, found, as_json=as_json)


def _show(folder: Path, found: Collected, *, as_json: bool) -> None:
    from benchkit.experiment.parent.body_parser import open_run
    from benchkit.stats.deliverability import deliverability

    run = open_run(folder)
    known = deliverability(run)
    apart = {"unverified": found.unverified, "foreign": found.foreign}
    if as_json:
        from benchkit.model.outside_text import json_text
        from benchkit.report.deliverability_json import events_json
        from benchkit.report.summary_json import plain

        typer.echo(json_text(plain(events_json(run.manifest.run, known, apart, found.killed_ms))), nl=False)
        return
    from rich.console import Console

    from benchkit.report.content.events_page import events_page
    from benchkit.report.terminal import render_page

    render_page(events_page(known, apart, found.killed_ms), Console())


def _secrets(given: list[str], url: str) -> dict[str, WebhookSecret]:
    from benchkit.events.webhook_receiver import WebhookSecret
    from benchkit.events.webhooks import WEBHOOKS

    found = {}
    for text in given:
        name, _, variable = text.partition("=")
        if not name or not variable:
            raise InputError(Mistake("--secret", f"{text!r} is not PROVIDER=VARIABLE: write it as in {_AN_EXAMPLE}"))
        webhook: Webhook = WEBHOOKS[name]
        if not os.environ.get(variable):
            raise InputError(
                Mistake("--secret", f"the environment variable {variable!r} is not set: it holds the secret of {name}")
            )
        if fault := webhook.secret_fault(os.environ[variable]):
            raise InputError(
                Mistake("--secret", (f"{name}: the secret in {variable} cannot verify webhooks. It must be {fault}"))
            )
        found[name] = WebhookSecret(os.environ[variable], f"{url.rstrip('/')}/{name}" if url else "")
        if name == "mandrill" and not url:
            raise InputError(Mistake("--url", f"is needed: {webhook.name} signs the public address that it posts to"))
    if url and not _is_web_address(url):
        raise InputError(Mistake("--url", f"{url!r} is not a web address: write it as in https://hooks.example.com"))
    if url and "mandrill" not in found:
        raise InputError(Mistake("--url", "has no effect: only Mandrill signs the public address; leave it out"))
    if not found:
        raise InputError(Mistake("--secret", f"is needed with --listen, as in: --secret {_AN_EXAMPLE}"))
    return found


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # "[" without "]"
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url


def _listen(folder: Path, address: str, secrets: dict[str, WebhookSecret], seconds: float | None) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise InputError(Mistake("--address", f"{address!r} is not HOST:PORT: write it as in 127.0.0.1:8025"))
    try:
        asyncio.run(_receive(folder, host.strip("[]"), int(port), secrets, seconds))
    except BenchkitError:
        raise
    except UnicodeError:  # a label that is empty or too long (RFC 1035 §2.3.4)
        raise InputError(Mistake("--address", f"{host!r} is not a host name")) from None
    except OSError as error:
        raise InputError(Mistake("--address", f"{address} cannot be listened on: {reason(error)}")) from None


async def _receive(
    folder: Path, host: str, port: int, secrets: dict[str, WebhookSecret], seconds: float | None
) -> None:
    from benchkit.events.webhook_receiver import Receiver
    from benchkit.store.events import BEAT_S, JournalWriter

    journal = JournalWriter(folder)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    try:
        journal.append([{"clock_ms": round(time.time() * 1_000) - time.perf_counter_ns() // 1_000_000}])
        receiver = Receiver(secrets, journal.append)
        try:
            chosen = await receiver.start(host, port)
        except (OSError, UnicodeError):
            journal.path.unlink()  # nothing came in
            raise
        shown = f"[{host}]" if ":" in host else host  # RFC 3986 §3.2.2
        for provider in secrets:
            typer.echo(f"listening for {provider} on http://{shown}:{chosen}/{provider}", err=True)
        until = loop.time() + seconds if seconds else float("inf")
        while not stop.is_set() and loop.time() < until:
            journal.beat()
            try:
                await asyncio.wait_for(stop.wait(), min(BEAT_S, max(0.01, until - loop.time())))
            except TimeoutError:
                continue
        await receiver.stop()
    finally:
        journal.close()


def _mail_events(path: Path | None) -> list[Event]:
    """Of every mail in the folder; a message counts other mails and names files that are not mails.

    Raises InputError where there is content, and none of it is a mail: the user named the wrong folder.
    """
    if path is None:
        return []
    from benchkit.cli.mail_folder import begins_with_field, mails_of
    from benchkit.events.bounce_mail import read_bounce

    events: list[Event] = []
    others = mails = 0
    left_out: dict[Path, bytes] = {}
    for file, octets in mails_of(path):
        if not begins_with_field(octets):
            left_out[file] = octets
            continue
        found = read_bounce(octets)
        mails, others = mails + 1, others + (not found)
        events += found
    if others:
        typer.echo(f"benchkit: {path}: no bounce or complaint in {counted(others, 'mail')}", err=True)
    if left_out:
        problem = _no_mail(path, list(left_out))
        if not mails and any(octets.strip() for octets in left_out.values()):
            raise InputError(Mistake(str(path), f"{problem}. Give --mail a folder of mails, a Maildir or an mbox file"))
        typer.echo(f"benchkit: {path} {problem}", err=True)
    return events


def _no_mail(path: Path, left_out: list[Path]) -> str:
    why = "files that do not begin with a header field are left out"
    if path.is_file():
        return f"holds no mail: {why}"
    names = ", ".join(str(file.relative_to(path)) for file in left_out[:MOST_NAMES])
    more = f" and {len(left_out) - MOST_NAMES:,} more" if len(left_out) > MOST_NAMES else ""
    return f"holds {counted(len(left_out), 'file')} without a mail ({names}{more}): {why}"
