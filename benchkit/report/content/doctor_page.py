"""What `benchkit doctor` found out about a provider from here, as a page; and about this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from benchkit.audit.connect_probe.submission_ports import PortState, SubmissionPort
from benchkit.model.host_names import is_loopback
from benchkit.model.plain_number import significant
from benchkit.report.content.page import Page, Section, Sentence, Span, Tone, sentence

_TONES = {
    PortState.OPEN: Tone.GOOD,
    PortState.CLOSED: Tone.BAD,
    PortState.SILENT: Tone.BAD,
    PortState.NO_TLS: Tone.WARNING,
}


@dataclass(frozen=True, slots=True)
class ProviderFindings:
    """`rtt_ms` and `api_rtt_ms` None where nothing answered; `api_error` empty where it did, or there is no API."""

    title: str
    host: str
    ports: Sequence[SubmissionPort]
    rtt_ms: float | None
    api_host: str = ""
    api_rtt_ms: float | None = None
    api_error: str = ""


@dataclass(frozen=True, slots=True)
class MachineCheck:
    name: str
    fine: bool
    result: str


def provider_page(found: ProviderFindings, now: datetime) -> Page:
    return Page(
        f"{found.title} from here",
        (
            Section("answer", f"{found.title} ({found.host}) from here", tuple(_answers(found))),
            Section("ports", "Ports", (*map(_port, found.ports), *_remarks(found.ports, now))),
        ),
    )


def machine_page(checks: Sequence[MachineCheck]) -> Page:
    rows = tuple(
        sentence(
            f"{'ok' if check.fine else 'missing'}: {check.name}: {check.result}",
            Tone.GOOD if check.fine else Tone.WARNING,
            item=True,
        )
        for check in checks
    )
    return Page("This machine", (Section("machine", "This machine", rows),))


def _answers(found: ProviderFindings) -> Iterator[Sentence]:
    open_ports = [port for port in found.ports if port.state is PortState.OPEN]
    if open_ports:
        yield sentence(f"The server accepts mail over TLS on port {_listed(open_ports)}.", Tone.GOOD, item=True)
    else:
        yield sentence("No port takes mail with TLS from here.", Tone.BAD, item=True)
    yield from (sentence(result, Tone.WARNING, item=True) for result in _obstacles(found))
    if found.rtt_ms is not None:
        yield sentence(f"Round-trip time to the relay: {significant(found.rtt_ms, 3)} ms.", item=True)
    if found.api_host:
        result = f": {found.api_error}" if found.api_rtt_ms is None else f": {significant(found.api_rtt_ms, 3)} ms"
        yield sentence(f"Round-trip time to the API at {found.api_host}{result}.", item=True)
    yield sentence("No mail was sent and no account was used.", Tone.FAINT, item=True)


def _obstacles(found: ProviderFindings) -> Iterator[str]:
    """Why a port takes no mail, and what to do: a refusal comes from the host, an answer that does not come may be blocked."""
    closed = [port for port in found.ports if port.state is PortState.CLOSED]
    if refused := [port for port in closed if port.refused]:
        where = "this machine" if is_loopback(found.host) else found.host
        yield (
            f"Nothing listens on port {_listed(refused)} of {where}: the connection was refused. Check the port, and that the "
            "server runs."
        )
    if unanswered := [port for port in closed if not port.refused]:
        yield f"Port {_listed(unanswered)} cannot be reached: this network may block it. Try another port or network."
    if silent := [port for port in found.ports if port.state is PortState.SILENT]:
        yield f"Port {_listed(silent)} accepts connections, but no SMTP server answers: check the port and its kind of TLS."
    if plain := [port for port in found.ports if port.state is PortState.NO_TLS]:
        yield f"Port {_listed(plain)} speaks SMTP without TLS: do not log in there."


def _port(port: SubmissionPort) -> Sentence:
    parts = [
        f"{port.port} ({'TLS first' if port.implicit else 'STARTTLS'}): ",
        f", {port.tls_version}" if port.tls_version else "",
    ]
    spans = [Span(parts[0]), Span(port.state.value, _TONES[port.state]), Span(parts[1])]
    if port.error and port.state is not PortState.OPEN:
        spans.append(Span(f", {port.error}"))
    for when, lines in (("before", port.before_tls), ("after", port.after_tls)):
        if lines is not None:
            spans.append(Span(f"; {when} TLS: {', '.join(lines) or 'nothing'}"))
    return Sentence(tuple(spans), item=True)


def _remarks(ports: Sequence[SubmissionPort], now: datetime) -> Iterator[Sentence]:
    for port in ports:
        if port.distrust:
            yield sentence(f"Port {port.port}: the certificate is not trusted ({port.distrust}).", Tone.BAD)
        elif port.certificate is not None and port.certificate.not_after is not None:
            days = (port.certificate.not_after - now).days
            yield sentence(
                f"Port {port.port}: certificate for {', '.join(port.certificate.names[:3])}, valid for {days} more days.",
                Tone.WARNING if days < 14 else Tone.FAINT,
            )


def _listed(ports: Sequence[SubmissionPort]) -> str:
    return ", ".join(str(port.port) for port in ports)
