"""A file that a BIMI record names, fetched from the addresses that the DNS gives its host."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.connect_probe.https_file import HTTPS_PORT, HttpsFile, WantedFile
from benchkit.audit.domain_name import a_labels
from benchkit.audit.facts.mail_hosts import addresses
from benchkit.model.dns import Answer

LARGEST_FILE = 262_144  # octets
PATH, QUERY = "/%:@!$&'()*+,;=-._~", "/%?:@!$&'()*+,;=-._~"  # what RFC 3986 lets stand there
SVG_TYPES = ("image/svg+xml",)


@dataclass(frozen=True, slots=True)
class BimiFile:
    file: HttpsFile
    answers: tuple[Answer, ...]


async def bimi_file(context: AuditContext, url: str, *, svg: bool) -> BimiFile:
    """Only on HTTPS's own port: a record could name any other of a stranger's host. The caller has permission to connect."""
    connections = context.options.connections
    assert connections is not None
    wanted = _wanted(url, svg=svg)
    if wanted is None:
        return BimiFile(HttpsFile(url, error="not fetched: its address has another port, or no host"), ())
    host = await context.fact(addresses, wanted.host)
    return BimiFile(await connections.probes.https_file(wanted, host.texts), host.answers)


def _wanted(url: str, *, svg: bool) -> WantedFile | None:
    try:
        parts = urlsplit(url)
        host, port = a_labels((parts.hostname or "").rstrip(".")), parts.port or HTTPS_PORT
    except ValueError:
        return None
    if not host or not host.isascii() or port != HTTPS_PORT:
        return None
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~") + (
        f"?{quote(parts.query, safe='/%?:@=&-._~')}" if parts.query else ""
    )
    return WantedFile(host, path, SVG_TYPES if svg else (), LARGEST_FILE)
