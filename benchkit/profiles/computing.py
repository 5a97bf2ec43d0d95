"""Time at both ends besides the network and the server's acceptance: benchkit's own figures, or those of a stored run.

A run tells it where the lines of service time against RTT begin: an arm with new connections beside one that keeps its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchkit.model.prediction import ArmModel, combined
from benchkit.model.run import ArmRecord, Manifest
from benchkit.model.summary import Estimate


@dataclass(frozen=True, slots=True)
class Computing:
    """Milliseconds for a new connection with TLS, and for each message; `source` and `date` say where they are from.

    The intervals are of a stored run, over all its ways of sending; None where nothing shows the error.
    """

    connection_ms: float = 3.0
    message_ms: float = 0.7
    source: str = (
        "benchkit's wire client and embedded server on two shared cores of a virtual machine "
        "(AMD EPYC, Linux 6.18, Python 3.11)"
    )
    date: str = "2026-11-28"
    own_run: bool = False
    connection_interval_ms: tuple[float, float] | None = None
    message_interval_ms: tuple[float, float] | None = None


def computing_of(manifest: Manifest, models: Sequence[ArmModel]) -> Computing | None:
    """Medians over the run's ways of sending with TLS to the embedded server; None where it has no such pair of arms."""
    found = list(_pairs(manifest, models))
    if not found:
        return None
    connections, messages = zip(*found, strict=True)
    return Computing(
        _median(connections),
        _median(messages),
        _source(manifest),
        manifest.created_utc[:10],
        own_run=True,
        connection_interval_ms=_interval(connections),
        message_interval_ms=_interval(messages),
    )


def _median(found: Sequence[Estimate]) -> float:
    return median(each.value for each in found if each.value is not None)


def _interval(found: Sequence[Estimate]) -> tuple[float, float] | None:
    """It holds those of all ways: which one yours is like is unknown."""
    lows = [each.low for each in found if each.low is not None]
    highs = [each.high for each in found if each.high is not None]
    return (min(lows), max(highs)) if len(lows) == len(highs) == len(found) else None


def _pairs(manifest: Manifest, models: Sequence[ArmModel]) -> Iterator[tuple[Estimate, Estimate]]:
    """Of each way: what a new connection adds to a message at no RTT, and what a message takes on a kept one."""
    arms = {arm.name: arm for arm in manifest.arms}
    for model in models:
        if model.openings == 1.0 and model.other is not None and model.other_openings == 0.0 and _fits(arms[model.arm]):
            yield combined(1, model.line, -1, model.other).time_at(0), model.other.time_at(0)


def _fits(arm: ArmRecord) -> bool:
    """A server that waits on purpose, or one of another's, would add its own time."""
    waits = arm.expects_faults or bool(arm.profile) or bool(arm.failover)
    return arm.embedded and arm.security != "none" and not waits and arm.messages_per_request == 1


def _source(manifest: Manifest) -> str:
    host = manifest.host
    known = (str(host[name]) for name in ("kernel", "python") if name in host)
    cores = f"{host['cores']} cores" if "cores" in host else "this machine"
    return f"run {manifest.run} on {', '.join((cores, *known))}"
