"""`benchkit sink`: the embedded servers by themselves, for trying a client of one's own against them."""

from __future__ import annotations

import json
import secrets
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from benchkit.model.endpoint import Listener


def sink(
    smtp: Annotated[str, typer.Option(help="TLS of the SMTP server: none, starttls or implicit.")] = "starttls",
    api: Annotated[str, typer.Option(help="The provider whose API is spoken.")] = "mailgun",
    api_security: Annotated[str, typer.Option(help="TLS of the API: none or implicit.")] = "none",
    auth: Annotated[bool, typer.Option(help="Whether SMTP asks for AUTH.")] = False,
    ca_file: Annotated[Path | None, typer.Option(help="Write the certificate authority to this file.")] = None,
) -> None:
    """Run an SMTP and an API server on loopback until Ctrl-C. Where they listen is printed as JSON."""
    import uvloop

    from benchkit.errors import InputError, Mistake
    from benchkit.model.endpoint import Listener
    from benchkit.model.scenario import Security
    from benchkit.providers import PROVIDERS

    if smtp not in tuple(Security) or api_security not in (Security.NONE, Security.IMPLICIT):
        raise InputError(Mistake("--smtp, --api-security", "unknown TLS: say none, starttls (SMTP only) or implicit"))
    PROVIDERS[api]  # an unknown one is the user's mistake, said now
    password = secrets.token_hex(16)
    doors = (
        Listener(0, "smtp", Security(smtp), username="benchkit", password=password, auth_required=auth),
        Listener(
            1, "api", Security(api_security), provider=api, username="benchkit", password=password, auth_required=True
        ),
    )
    uvloop.run(_serve(doors, ca_file))


async def _serve(doors: tuple[Listener, ...], ca_file: Path | None) -> None:
    import asyncio

    from benchkit.sink import MemoryLedger, Sink

    ledger = MemoryLedger()
    servers = Sink(doors, ledger)
    ports = await servers.start()
    if ca_file is not None:
        ca_file.write_text(servers.ca_pem, "utf-8")  # noqa: ASYNC240 (nobody is connected yet)
    listening = [
        {"protocol": door.protocol, "host": "127.0.0.1", "port": port, "security": door.security.value}
        | {"username": door.username, "password": door.password, "provider": door.provider}
        for door, port in zip(doors, ports, strict=True)
    ]
    typer.echo(json.dumps(listening, indent=1))
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
    await servers.stop()
    typer.echo(f"{len(ledger.arrivals)} messages arrived", err=True)
