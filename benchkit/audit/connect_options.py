"""Leave to open connections (`--connect`): to the MX hosts and to the MTA-STS policy's host, and to nobody else."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import datetime

from benchkit.clock import utc_now
from benchkit.connect_probe.mta_sts_policy import HTTPS_PORT
from benchkit.connect_probe.starttls import SMTP_PORT, TIMEOUT_S


@dataclass(frozen=True, slots=True)
class ConnectOptions:
    """The standards' ports, and the system's authorities where `trust` is None; `now` is what certificates are held against."""

    smtp_port: int = SMTP_PORT
    https_port: int = HTTPS_PORT
    timeout_s: float = TIMEOUT_S
    trust: ssl.SSLContext | None = None
    now: datetime = field(default_factory=utc_now)
