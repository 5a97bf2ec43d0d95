"""`benchkit sink`: the embedded servers by themselves, for trying a client of one's own against them."""

from __future__ import annotations

import json
import secrets
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from benchkit.cli.files import writing

if TYPE_CHECKING:
    from benchkit.model.endpoint import ListenerConfig


def sink(
    smtp: Annotated[Literal["none", "starttls", "implicit"], typer.Option(help="TLS of the SMTP server.")] = "starttls",
    api: Annotated[str, typer.Option(metavar="NAME", help="The provider whose API is spoken.")] = "mailgun",
    api_security: Annotated[Literal["none", "implicit"], typer.Option(help="TLS of the API.")] = "none",
    auth: Annotated[bool, typer.Option("--auth", help="SMTP asks for AUTH.")] = False,
    ca_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the certificate authority to this file.")
    ] = None,
) -> None:
    """Run the embedded SMTP and API servers on loopback until Ctrl-C. Prints their addresses as JSON."""
    import uvloop

    from benchkit.model.endpoint import ListenerConfig
    from benchkit.model.scenario import Security
    from benchkit.providers import PROVIDERS

    PROVIDERS[api]  # an unknown one is the user's mistake, said now
    password = secrets.token_hex(16)
    listeners = (
        ListenerConfig(0, "smtp", Security(smtp), username="benchkit", password=password, auth_required=auth),
        ListenerConfig(
            1, "api", Security(api_security), provider=api, username="benchkit", password=password, auth_required=True
        ),
    )
    uvloop.run(_serve(listeners, ca_file))


async def _serve(listeners: tuple[ListenerConfig, ...], ca_file: Path | None) -> None:
    from benchkit.sink import MemoryLedger, Sink

    ledger = MemoryLedger()
    servers = Sink(listeners, ledger)
    ports = await servers.start()
    try:
        if ca_file is not None:
            with writing(ca_file):
                ca_file.write_text(servers.ca_pem, "utf-8")  # noqa: ASYNC240 (no one is connected yet)
        typer.echo(json.dumps(_listening(listeners, ports), indent=1))
        await _told_to_stop()
    finally:
        await servers.stop()
    typer.echo(f"{len(ledger.arrivals)} messages arrived", err=True)


def _listening(listeners: Sequence[ListenerConfig], ports: Sequence[int]) -> list[dict[str, object]]:
    return [
        {"protocol": listener.protocol, "host": "127.0.0.1", "port": port, "security": listener.security.value}
        | {"username": listener.username, "password": listener.password, "provider": listener.provider}
        for listener, port in zip(listeners, ports, strict=True)
    ]


async def _told_to_stop() -> None:
    import asyncio

    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
