"""The connections of an audit as one seam, live or as they went when they were recorded, and the permission to open them."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from benchkit.audit.connect_probe.https_file import (
    HTTPS_PORT,
    TIMEOUT_S,
    HttpsAccess,
    HttpsFile,
    WantedFile,
    fetch_file,
    fetch_policy,
)
from benchkit.audit.connect_probe.starttls import SMTP_PORT, MailServer, probe
from benchkit.model.clock import utc_now


class Probes(Protocol):
    """Never raises for what a server does; an address that must not be connected to is a value too."""

    async def mail_server(self, address: str, host: str) -> MailServer: ...

    async def policy_file(self, domain: str, addresses: Sequence[str]) -> HttpsFile: ...

    async def https_file(self, wanted: WantedFile, addresses: Sequence[str]) -> HttpsFile: ...


@dataclass(frozen=True, slots=True)
class LiveProbes:
    """The standards' ports, and the system's authorities where `trust` is None."""

    smtp_port: int = SMTP_PORT
    https_port: int = HTTPS_PORT
    timeout_s: float = TIMEOUT_S
    trust: ssl.SSLContext | None = None
    allow_private: bool = False

    async def mail_server(self, address: str, host: str) -> MailServer:
        return await probe(
            address,
            host,
            port=self.smtp_port,
            timeout_s=self.timeout_s,
            trust=self.trust,
            allow_private=self.allow_private,
        )

    async def policy_file(self, domain: str, addresses: Sequence[str]) -> HttpsFile:
        return await fetch_policy(domain, addresses, self._https)

    async def https_file(self, wanted: WantedFile, addresses: Sequence[str]) -> HttpsFile:
        return await fetch_file(wanted, addresses, self._https)

    @property
    def _https(self) -> HttpsAccess:
        return HttpsAccess(self.https_port, self.timeout_s, self.trust, self.allow_private)


@dataclass(frozen=True, slots=True)
class ConnectOptions:
    """`now` is what certificates are held against."""

    probes: Probes = field(default_factory=LiveProbes)
    now: datetime = field(default_factory=utc_now)
