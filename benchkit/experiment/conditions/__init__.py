"""The conditions of a run: host, kernel, versions, TCP settings, resolver, round-trip time. Reading them changes nothing."""

from benchkit.experiment.conditions.host import describe_host, usable_cores
from benchkit.experiment.conditions.link import (
    FOREIGN_PROBES,
    PROBES,
    min_rtt_ms,
    probe,
    round_trips_ms,
    unreachable,
)

__all__ = [
    "FOREIGN_PROBES",
    "PROBES",
    "describe_host",
    "min_rtt_ms",
    "probe",
    "round_trips_ms",
    "unreachable",
    "usable_cores",
]
