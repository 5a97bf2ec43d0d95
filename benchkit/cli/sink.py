"""`benchkit sink`: the embedded servers by themselves, to try a mail program against them. Prints what arrives.

What they are is a small scenario of two embedded arms, made of the options (cli/sink_scenario.py), or any scenario's own.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from benchkit.cli.files import writing
from benchkit.errors import InputError, Mistake
from benchkit.model.counts import counted

if TYPE_CHECKING:
    from benchkit.model.endpoint import ListenerConfig

_NO_PORT = 0


def sink(
    smtp: Annotated[Literal["none", "starttls", "implicit"], typer.Option(help="TLS of the SMTP server.")] = "starttls",
    api: Annotated[str, typer.Option(metavar="NAME", help="The provider whose API is spoken.")] = "mailgun",
    api_security: Annotated[Literal["none", "implicit"], typer.Option(help="TLS of the API.")] = "none",
    auth: Annotated[bool, typer.Option("--auth", help="SMTP asks for AUTH.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="The API's port; 0: any.")] = _NO_PORT,
    smtp_port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="SMTP's port; 0: any.")] = _NO_PORT,
    secret: Annotated[
        str,
        typer.Option(
            envvar="BENCHKIT_SINK_SECRET",
            metavar="TEXT",
            help="Key of the API and password of SMTP; by default a new one.",
        ),
    ] = "",
    domain: Annotated[str, typer.Option(metavar="NAME", help="The only domain that the API knows (Mailgun).")] = "",
    fault: Annotated[
        list[str] | None,
        typer.Option(metavar="TOML", help="A fault of the API, as in a scenario: 'at=\"request\", status=503'."),
    ] = None,
    limit: Annotated[str, typer.Option(metavar="TOML", help="The API's limits: 'rate_per_s=5, burst=5'.")] = "",
    smtp_fault: Annotated[list[str] | None, typer.Option(metavar="TOML", help="A fault of the SMTP server.")] = None,
    smtp_limit: Annotated[str, typer.Option(metavar="TOML", help="The SMTP server's limits.")] = "",
    profile: Annotated[str, typer.Option(metavar="NAME", help="Both behave as this provider's.")] = "",
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Run the embedded servers of this scenario instead.")
    ] = None,
    ca_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the certificate authority to this file.")
    ] = None,
) -> None:
    """Run the embedded servers on loopback until Ctrl-C. Prints their addresses as JSON, then a line for each mail."""
    import uvloop

    from benchkit.cli.sink_scenario import ServerOptions, listeners_of_file, listeners_of_options

    if scenario is not None:
        listeners = listeners_of_file(scenario, secret)
    else:
        options = ServerOptions(
            api, api_security, smtp, auth, domain, tuple(fault or ()), limit, tuple(smtp_fault or ()), smtp_limit, profile
        )  # fmt: skip
        listeners = listeners_of_options(options, secret, {"smtp": smtp_port, "api": port})
    where = "--port or --smtp-port" if scenario is None else str(scenario)
    uvloop.run(_serve(listeners, ca_file, where))


@dataclass(slots=True)
class _PrintingLedger:
    """Each mail as a line of JSON as it arrives; a body is kept as long as its mails come."""

    listeners: dict[int, ListenerConfig]
    count: int = 0
    _rows: dict[tuple[int, bytes], str] = field(default_factory=dict)

    def body(self, key: bytes, arm: int, head: bytes, body: bytes) -> None:
        from benchkit.sink import parse_body

        listener = self.listeners[arm]
        try:
            mails = parse_body(listener.protocol, listener.provider, head, body)
            mails_or_fault: list[dict[str, object]] = [_summary(mail) for mail in mails]
        except ValueError as error:
            mails_or_fault = [{"fault": str(error)}]
        self._rows[arm, key] = json.dumps(mails_or_fault, ensure_ascii=False)

    def arrived(self, send: int, arm: int, key: bytes, arrived_ns: int, size: int, recipients: int) -> None:
        self.count += 1
        listener = self.listeners[arm]
        row = {"server": listener.provider or listener.protocol, "bytes": size}
        typer.echo(json.dumps(row | {"mails": json.loads(self._rows.get((arm, key), "[]"))}, ensure_ascii=False))


def _summary(mail: object) -> dict[str, object]:
    from benchkit.model.exchange import Received

    assert isinstance(mail, Received)
    content = mail.content
    return {
        "from": content.sender.addr, "envelope_from": mail.sender, "recipients": list(mail.recipients),
        "subject": content.subject, "attachments": [file.name for file in content.attachments],
        "digest": content.digest.hex(),
    }  # fmt: skip


async def _serve(listeners: tuple[ListenerConfig, ...], ca_file: Path | None, ports_from: str) -> None:
    """`ports_from`: where the user chose the ports, for an error message."""
    from benchkit.sink import Sink

    ledger = _PrintingLedger({listener.arm: listener for listener in listeners})
    servers = Sink(listeners, ledger)
    try:
        ports = await servers.start()
    except OSError as error:
        await servers.stop()
        raise InputError(Mistake(ports_from, f"cannot listen on that port: {error.strerror}; choose another")) from None
    try:
        if ca_file is not None:
            with writing(ca_file):
                ca_file.write_text(servers.ca_pem, "utf-8")  # noqa: ASYNC240 (no one is connected yet)
        typer.echo(json.dumps(_listening(listeners, ports), indent=1))
        await _stop_requested()
    finally:
        await servers.stop()
    typer.echo(f"{counted(ledger.count, 'message')} arrived", err=True)


def _listening(listeners: Sequence[ListenerConfig], ports: Sequence[int]) -> list[dict[str, object]]:
    return [
        {"protocol": listener.protocol, "host": "127.0.0.1", "port": port, "security": listener.security.value}
        | {"username": listener.username, "password": listener.password, "provider": listener.provider}
        for listener, port in zip(listeners, ports, strict=True)
    ]


async def _stop_requested() -> None:
    import asyncio

    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
