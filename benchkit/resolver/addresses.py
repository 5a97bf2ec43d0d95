"""How a server is written: `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:53`, `tls://192.0.2.1#dns.example`,
`https://dns.example/dns-query`; and which servers this machine uses.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from benchkit.errors import InputError, Mistake
from benchkit.resolver.https import HttpsServer
from benchkit.resolver.names import wire_name
from benchkit.resolver.servers import DnsServer, PlainServer, TlsServer

DNS_PORT, TLS_PORT, HTTPS_PORT = 53, 853, 443
RESOLV_CONF = Path("/etc/resolv.conf")
FORMS = 'write "192.0.2.1", "192.0.2.1:5353", "[2001:db8::1]:53", "tls://192.0.2.1#name" or "https://name/dns-query"'


def system_servers(path: Path = RESOLV_CONF) -> tuple[str, ...]:
    """The `nameserver` lines of resolv.conf(5); without any, the local host, as the C library does."""
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    words = (line.split() for line in lines)
    found = tuple(word[1] for word in words if len(word) > 1 and word[0] == "nameserver")
    return tuple(f"[{address}]" if ":" in address else address for address in found) or ("127.0.0.1",)


def server_of(text: str, context: ssl.SSLContext | None = None) -> DnsServer:
    """The server that a text names; raises InputError. `context` verifies TLS, by default against the system's authorities."""
    try:
        return _server_of(text, context)
    except ValueError as error:
        raise InputError(Mistake("DNS server", f"{text!r} names no server ({error}); {FORMS}")) from error


def plain_server(address: str, port: int = DNS_PORT) -> DnsServer:
    """The server at an address that a zone names; raises ValueError for what is not an address."""
    return PlainServer(str(ipaddress.ip_address(address)), port)


def _server_of(text: str, context: ssl.SSLContext | None) -> DnsServer:
    if "://" not in text:
        parts = urlsplit(f"dns://{_bracketed(text)}")
        return PlainServer(_address(parts), parts.port or DNS_PORT)
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("it has a blank, or a character that no URL has")
    parts = urlsplit(text)
    if parts.username is not None:
        raise ValueError("a user name is not sent")
    if parts.scheme == "tls":
        verify = context or ssl.create_default_context()
        return TlsServer(_address(parts), parts.port or TLS_PORT, parts.fragment, verify)
    if parts.scheme == "https":
        _check_host(parts.hostname or "")
        return HttpsServer(parts, parts.port or HTTPS_PORT, context or ssl.create_default_context())
    raise ValueError(f"unknown scheme {parts.scheme!r}")


def _check_host(host: str) -> None:
    """Raises ValueError for what is neither an address nor a host name: Python would fail on it with each question."""
    if ":" in host:
        ipaddress.ip_address(host)
    elif (name := wire_name(host)) is None or len(name) < 2:
        raise ValueError("no host name" if host else "no host")


def _bracketed(text: str) -> str:
    return f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text


def _address(parts: SplitResult) -> str:
    if parts.hostname is None or parts.path:
        raise ValueError("no address")
    return str(ipaddress.ip_address(parts.hostname))


def servers_of(texts: Sequence[str], context: ssl.SSLContext | None = None) -> list[DnsServer]:
    """The servers of a call, the machine's own where none is given."""
    return [server_of(text, context) for text in texts or system_servers()]
