"""Events as they came in → rows of the table `events`: each once, joined to the run's sends, in an order of their own.

An event names benchkit's identity, or the id that the server gave the message, or neither: then it is about no send of the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchkit.model.envelope import address_hash
from benchkit.model.event import Event, EventKind
from benchkit.model.identity import find_identity

Row = dict[str, Any]
KEY = ("send", "source", "message_id", "recipient_hash", "kind", "event_id", "at_ms")
_ADDRESS = re.compile(r"<?[^\s<>@:;,()]{1,64}@[^\s<>:;,()]{1,255}>?")
ORDER = {kind: number for number, kind in enumerate(EventKind)}


@dataclass(frozen=True, slots=True)
class KnownSends:
    """A run's sends as events can name them. `recipients`: of a send with one recipient, which (model/envelope.py)."""

    token: str
    arms: Mapping[int, int]  # send → arm
    by_server_id: Mapping[str, Sequence[int]]
    recipients: Mapping[int, int] = field(default_factory=dict)
    accepted_ms: Mapping[int, int] = field(default_factory=dict)  # Unix time; empty where no clock was noted

    def find(self, event: Event) -> int:
        """-1 where it is about none of them, or about one of several that nothing tells apart."""
        found = find_identity(event.identity.encode("ascii", "replace"))
        if found and found[1] == self.token:
            return found[2] if found[2] in self.arms else -1
        sends = self.by_server_id.get(event.message_id, ()) if event.message_id and not found else ()
        if len(sends) > 1:  # one id for a whole batch: its recipients tell the messages apart
            wanted = address_hash(event.recipient)
            sends = [send for send in sends if self.recipients.get(send) == wanted]
        return sends[0] if len(sends) == 1 else -1


def merged(known: KnownSends, received: Iterable[tuple[int, Event]], before: Iterable[Row] = ()) -> list[Row]:
    """`received`: Unix milliseconds and event; `before`: the rows that were there. An event again changes only `times`."""
    rows: dict[tuple[Any, ...], Row] = {_key(row): dict(row) for row in before}
    for received_ms, event in received:
        row = _row(known, received_ms, event)
        kept = rows.setdefault(_key(row), row)
        if kept is not row:
            kept["times"] += 1
            kept["received_ms"] = min(kept["received_ms"], received_ms)
    return sorted(rows.values(), key=_place)


def _key(row: Row) -> tuple[Any, ...]:
    """An event with an id is the same whatever else it says: a provider may send it again with more in it."""
    if row["event_id"]:
        return row["source"], row["event_id"], row["recipient_hash"], row["kind"]
    return tuple(row[name] for name in KEY)


def _place(row: Row) -> tuple[Any, ...]:
    return (
        row["send"],
        row["at_ms"],
        ORDER[EventKind(row["kind"])],
        row["source"],
        row["event_id"],
        row["recipient_hash"],
    )


def _row(known: KnownSends, received_ms: int, event: Event) -> Row:
    send = known.find(event)
    return {
        "send": send,
        "arm": known.arms.get(send, -1),
        "kind": event.kind.value,
        "bounce": event.bounce.value,
        "at_ms": event.at_ms,
        "after_ms": _after(event.at_ms, known.accepted_ms.get(send)),
        "received_ms": received_ms,
        "source": event.source,
        "event_id": event.event_id,
        "message_id": event.message_id,
        "recipient_hash": address_hash(event.recipient) if event.recipient else 0,
        "recipient_domain": event.recipient.rpartition("@")[2].lower(),
        "code": event.code,
        "enhanced": event.enhanced,
        "reason": _ADDRESS.sub("<address>", event.reason),
        "machine": 1 if event.machine else -1,
        "times": 1,
    }


def _after(at_ms: int, accepted_ms: int | None) -> int:
    """-1 where one of the two is not known. Sources with whole seconds may seem to be early."""
    return max(0, at_ms - accepted_ms) if at_ms and accepted_ms is not None else -1
