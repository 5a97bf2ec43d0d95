"""`benchkit doctor`: what a provider shows from here, or what this machine lacks. Sends no mail and logs in nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchkit.cli.files import check_suffix, writing
from benchkit.errors import ExitCode, InputError, Mistake

if TYPE_CHECKING:
    import ssl

    from benchkit.audit.connect_probe.submission_ports import SubmissionPort
    from benchkit.profiles import Profile
    from benchkit.report.content.doctor_page import ProviderFindings
    from benchkit.report.content.page import Page

_USUAL = (587, 465, 2525, 25, 443)  # networks block some of them
_TLS_FIRST = (465, 443)
_HTTPS = 443


@dataclass(frozen=True, slots=True)
class _Target:
    """`ports` with whether TLS comes first."""

    title: str
    host: str
    ports: tuple[tuple[int, bool], ...]
    api_host: str = ""


def doctor(
    provider: Annotated[
        str, typer.Option(metavar="NAME", help="A provider, as ses, or a profile file: connects to it.")
    ] = "",
    region: Annotated[str, typer.Option(metavar="NAME", help="Its region, where hosts have one: eu-central-1.")] = "",
    host: Annotated[str, typer.Option(metavar="HOST", help="Any SMTP server instead of a provider.")] = "",
    port: Annotated[
        list[int] | None, typer.Option(min=1, max=65535, metavar="N", help="Only these ports; repeat it.")
    ] = None,
    tls_port: Annotated[
        list[int] | None, typer.Option(min=1, max=65535, metavar="N", help="Ports with TLS from the first byte.")
    ] = None,
    ca_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Authorities to trust, in PEM.")] = None,
    timeout_s: Annotated[float, typer.Option("--timeout", min=0.1, max=60, metavar="S", help="For each port.")] = 10.0,
    save: Annotated[Path | None, typer.Option(metavar="FILE", help="Write what was seen as a profile (TOML).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout and nothing else.")] = False,
) -> None:
    """Check what a provider offers from this machine. Ports, TLS, extensions, RTT; alone: what this machine lacks."""
    check_suffix(save, ".toml")
    if not (provider or host):
        _check_machine(as_json=as_json)
        return
    target = _target(provider, host, region, port or (), tls_port or ())
    found = asyncio.run(_look(target, timeout_s, _trust(ca_file)))
    if save is not None:
        _save(save, found)
    if as_json:
        _print_json(found)
    else:
        from benchkit.model.clock import utc_now
        from benchkit.report.content.doctor_page import provider_page

        _print(provider_page(found, utc_now()))
    if not any(each.after_tls is not None for each in found.ports):
        raise typer.Exit(ExitCode.UNREACHABLE)


def _target(provider: str, host: str, region: str, ports: Sequence[int], tls_ports: Sequence[int]) -> _Target:
    """Raises InputError."""
    given = (*((number, False) for number in ports), *((number, True) for number in tls_ports))
    if host:
        if provider:
            raise InputError(Mistake("--host", "replaces --provider: give one of them"))
        usual = tuple((number, number in _TLS_FIRST) for number in _USUAL if number != _HTTPS)
        return _Target(host, host, given or usual)
    from benchkit.profiles import load_profile

    profile = load_profile(provider)
    if profile.smtp is None or profile.smtp.host.value is None:
        raise InputError(Mistake(provider, "the profile has no SMTP host: give --host"))
    api_host = profile.api.host.value if profile.api else ""
    hosts = [_in_region(name, region) for name in (profile.smtp.host.value, api_host or "")]
    return _Target(profile.title, hosts[0], given or _ports(profile), hosts[1])


def _in_region(host: str, region: str) -> str:
    if "{region}" in host and not region:
        raise InputError(
            Mistake("--region", (f"is missing, and the host name needs it ({host}): give it as --region eu-central-1"))
        )
    return host.replace("{region}", region)


def _ports(profile: Profile) -> tuple[tuple[int, bool], ...]:
    """The profile's first, then the usual ones."""
    relay = profile.smtp
    assert relay is not None
    usual = {number: number in _TLS_FIRST for number in _USUAL}
    known = dict.fromkeys(relay.starttls_ports.value or (), False) | dict.fromkeys(
        relay.implicit_ports.value or (), True
    )
    return tuple({**known, **usual, **known}.items())


def _trust(ca_file: Path | None) -> ssl.SSLContext | None:
    import ssl

    from benchkit.errors import reason

    if ca_file is None:
        return None
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except OSError as error:  # ssl.SSLError too
        raise InputError(Mistake(str(ca_file), f"cannot be read as PEM: {reason(error)}")) from None


async def _look(target: _Target, timeout_s: float, trust: ssl.SSLContext | None) -> ProviderFindings:
    """Raises TargetUnreachable where the name leads nowhere."""
    from benchkit.audit.connect_probe.submission_ports import PortState, look_at_ports
    from benchkit.report.content.doctor_page import ProviderFindings

    ports = await look_at_ports(
        target.host, await _address(target.host), target.ports, timeout_s=timeout_s, trust=trust
    )
    answering = next((each.port for each in ports if each.state is not PortState.CLOSED), None)
    rtt_ms, _ = (None, "") if answering is None else await _rtt_ms(target.host, answering, timeout_s)
    api_rtt_ms, error = await _rtt_ms(target.api_host, _HTTPS, timeout_s) if target.api_host else (None, "")
    return ProviderFindings(target.title, target.host, ports, rtt_ms, target.api_host, api_rtt_ms, error)


async def _address(host: str) -> str:
    import socket

    from benchkit.errors import TargetUnreachable
    from benchkit.model.unreachable import advice_on_error

    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise InputError(Mistake(host, "is not a host name: correct its spelling")) from None
    except OSError as error:
        raise TargetUnreachable(f"{host}: {error.strerror or error}: {advice_on_error(error)}") from None
    return str(found[0][4][0])


async def _rtt_ms(host: str, port: int, timeout_s: float) -> tuple[float | None, str]:
    from benchkit.experiment.conditions import FOREIGN_PROBES, probe

    try:
        return await asyncio.to_thread(probe, host, port, timeout_s, connections=FOREIGN_PROBES), ""
    except OSError as error:
        return None, error.strerror or str(error)


def _save(path: Path, found: ProviderFindings) -> None:
    from benchkit.model.clock import utc_now
    from benchkit.profiles.observed import ObservedServer, observed_profile

    seen = [
        ObservedServer(each.port, each.implicit, each.greeting, each.before_tls, each.after_tls)
        for each in found.ports
        if each.after_tls is not None
    ]
    if not seen:
        typer.echo(f"benchkit: {path} was not written: the server showed on no port what it offers with TLS", err=True)
        return
    with writing(path):
        path.write_text(observed_profile(found.title, found.host, seen, f"{utc_now():%Y-%m-%d}", found.rtt_ms), "utf-8")


def _print_json(found: ProviderFindings) -> None:
    from benchkit.model.outside_text import json_text

    document = {
        "schema": 1,
        "host": found.host,
        "rtt_ms": found.rtt_ms,
        "api_host": found.api_host,
        "api_rtt_ms": found.api_rtt_ms,
        "ports": [_port_json(each) for each in found.ports],
    }
    typer.echo(json_text(document), nl=False)


def _port_json(port: SubmissionPort) -> dict[str, object]:
    certificate = port.certificate
    return {
        "port": port.port,
        "implicit": port.implicit,
        "state": port.state.value,
        "error": port.error,
        "greeting": port.greeting,
        "before_tls": port.before_tls,
        "after_tls": port.after_tls,
        "tls_version": port.tls_version,
        "cipher": port.cipher,
        "trusted": None if certificate is None else not port.distrust,
        "certificate_names": [] if certificate is None else list(certificate.names),
        "certificate_not_after": certificate.not_after.isoformat() if certificate and certificate.not_after else None,
    }


def _check_machine(*, as_json: bool) -> None:
    from dataclasses import asdict

    from benchkit.experiment.parent.machine_checks import machine_checks
    from benchkit.experiment.parent.temp_folder import temporary_folder
    from benchkit.model.outside_text import json_text
    from benchkit.report.content.doctor_page import MachineCheck, machine_page

    with temporary_folder() as folder:
        checks = [MachineCheck(*check) for check in asyncio.run(machine_checks(folder / "log"))]
    if as_json:
        typer.echo(json_text({"schema": 1, "checks": [asdict(check) for check in checks]}), nl=False)
    else:
        _print(machine_page(checks))


def _print(page: Page) -> None:
    from rich.console import Console

    from benchkit.model.outside_text import escaped
    from benchkit.report.terminal import render_page

    render_page(escaped(page, lines=False), Console())
