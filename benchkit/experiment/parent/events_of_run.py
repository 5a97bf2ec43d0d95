"""The events of a run: the journals of its webhook receivers → the table `events`, joined to the sends."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchkit.errors import DamagedRun
from benchkit.events.event_rows import KnownSends, Row, merged
from benchkit.experiment.parent.body_parser import open_run
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run
from benchkit.store.events import Journal, read_events, read_journals, remove_journals, write_events

NS_PER_MS = 1_000_000
CLOCK_ERROR_MS = 120_000  # between a run's name and its clock; more is another boot of the machine


@dataclass(frozen=True, slots=True)
class Collected:
    """`unverified` and `foreign`: POSTs by source and reason. `killed_ms`: the last sign of life of a receiver that was killed.

    `stored`: whether there were events, and the run's table of events was written.
    """

    rows: tuple[Row, ...]
    unverified: Mapping[str, int] = field(default_factory=dict)
    foreign: Mapping[str, int] = field(default_factory=dict)
    killed_ms: tuple[int, ...] = ()
    stored: bool = False


def collect_events(folder: Path, mail: Iterable[Event] = (), received_ms: int = 0) -> Collected:
    """Adds the received events, and those of `mail`, to the table; then removes the journals. Raises StoreError."""
    run, journals, before = open_run(folder), read_journals(folder), read_events(folder)
    received = [*_received(journals), *((received_ms, event) for event in mail)]
    rows = merged(known_sends(run, _clock(journals, run)), received, before)
    if received:
        write_events(folder, rows)
    remove_journals(journals)
    return Collected(
        tuple(rows),
        _counted(journals, "unverified"),
        _counted(journals, "foreign"),
        tuple(journal.killed_ms for journal in journals if journal.killed_ms is not None),
        bool(received),
    )


def known_sends(run: Run, clock_ms: int | None) -> KnownSends:
    """`clock_ms`: what to add to CLOCK_MONOTONIC to get Unix time; None if unknown."""
    messages, manifest = run.messages, run.manifest
    sends, arms = messages["send"].tolist(), messages["arm"].tolist()
    by_server_id: dict[str, list[int]] = defaultdict(list)
    for send, server_id in zip(sends, messages["server_id"].tolist(), strict=True):
        if server_id:
            by_server_id[server_id.strip("<>")].append(send)
    hashes = [int(each) for each in manifest.recipient_hashes]
    single = [count == 1 for count in manifest.recipients]
    one = zip(sends, messages["message"].tolist(), strict=True)
    recipients = {send: hashes[message] for send, message in one if message < len(hashes) and single[message]}
    accepted = {}
    if clock_ms is not None:
        outcomes = zip(sends, messages["outcome"].tolist(), messages["ended_ns"].tolist(), strict=True)
        accepted = {
            send: ended_ns // NS_PER_MS + clock_ms
            for send, outcome, ended_ns in outcomes
            if outcome == OutcomeKind.ACCEPTED
        }
    return KnownSends(manifest.token, dict(zip(sends, arms, strict=True)), by_server_id, recipients, accepted)


def _received(journals: Iterable[Journal]) -> Iterator[tuple[int, Event]]:
    """Entries of a damaged journal that are not events are left out."""
    for journal in journals:
        for entry in journal.entries:
            values = entry.get("event")
            if isinstance(values, dict):
                try:
                    kinds = {"kind": EventKind(values["kind"]), "bounce": Bounce(values["bounce"])}
                    yield int(entry["received_ms"]), Event(**values | kinds)
                except (TypeError, ValueError, KeyError):
                    continue


def _clock(journals: Iterable[Journal], run: Run) -> int | None:
    """The first clock offset that fits the run: monotonic time of another boot is meaningless."""
    if not run.manifest.starts:
        return None
    created = datetime.fromisoformat(run.manifest.created_utc)
    created_ms = round((created if created.tzinfo else created.replace(tzinfo=UTC)).timestamp() * 1_000)
    started_ms = run.manifest.starts[0].started_ns // NS_PER_MS
    for entry in (entry for journal in journals for entry in journal.entries):
        offset = entry.get("clock_ms")
        if isinstance(offset, int) and abs(started_ms + offset - created_ms) <= CLOCK_ERROR_MS:
            return offset
    return None


def _counted(journals: Iterable[Journal], what: str) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for entry in (entry for journal in journals for entry in journal.entries):
        if what in entry:
            found[f"{entry.get('source')}: {entry[what]}"] += 1
    return dict(found)


def suppressed_hashes(folder: Path) -> Mapping[int, str]:
    """Recipients that bounced for good, complained or unsubscribed in a stored run: address hash → what happened."""
    rows: list[dict[str, Any]] = read_events(folder)
    if not rows:
        raise DamagedRun(f"{folder} holds no events: collect them with benchkit events")
    wanted = {EventKind.COMPLAINED.value: "complained", EventKind.UNSUBSCRIBED.value: "unsubscribed"}
    found = {}
    for row in rows:
        hard = row["kind"] == EventKind.BOUNCED.value and row["bounce"] == Bounce.HARD.value
        if row["recipient_hash"] and (hard or row["kind"] in wanted):
            found[row["recipient_hash"]] = wanted.get(
                row["kind"], f"bounced {row['enhanced'] or row['code'] or ''}".strip()
            )
    return found
