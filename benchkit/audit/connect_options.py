"""Permission to open connections (`--connect`): to the MX hosts, and to the hosts of the files that records name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from benchkit.audit.connect_probe.probes import LiveProbes, Probes
from benchkit.model.clock import utc_now


@dataclass(frozen=True, slots=True)
class ConnectOptions:
    """`now` is what certificates are held against."""

    probes: Probes = field(default_factory=LiveProbes)
    now: datetime = field(default_factory=utc_now)
