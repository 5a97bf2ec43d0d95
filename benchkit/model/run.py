"""A stored run: the manifest (run.json) and its tables. The verbs of benchkit meet only here.

Tables are mappings of column name → numpy array, all of one length, in each worker's order of recording; a long one reads a
column from the disk whenever it is asked for (InBatches). Times are nanoseconds of CLOCK_MONOTONIC, absolute. Every planned
send that was started has one row in `messages`; a planned send without a row was never started. The columns, with their
types, are listed below and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

SCHEMA_VERSION = 1

MESSAGE_COLUMNS = {
    "send": "int64",  # the row's number in the plan
    "block": "int32",  # warm-up blocks come first
    "warmup": "bool",
    "condition": "int16",  # index into Manifest.conditions
    "arm": "int16",  # index into Manifest.arms
    "message": "int32",  # index into the batch
    "sender": "int16",  # virtual sender within the arm; it belongs to worker `sender` modulo the number of workers
    "intended_ns": "int64",  # open load: by the schedule; closed loop: equal to started_ns
    "started_ns": "int64",
    "ended_ns": "int64",  # the outcome was known
    "closed_ns": "int64",  # the connection was closed after this message; 0 where it stayed open
    "connection": "int32",  # number of the connection within the run, from 0; -1 where none was made
    "nth": "int32",  # the message's place on its connection, from 0
    "turns": "int16",  # network round trips up to the outcome, connection set-up included where this message paid it
    "turns_to_close": "int16",
    "bytes_out": "int64",  # of the decrypted stream
    "bytes_in": "int64",
    "retransmits": "int32",  # of the kernel's TCP_INFO, as the three that follow: what the message's connection did meanwhile
    "segments_out": "int32",  # 0 where there is no socket (null), or the kernel did not tell
    "segments_in": "int32",
    "min_rtt_us": "int32",  # the smallest round trip of the connection so far; -1 where not known
    "outcome": "int8",  # OutcomeKind
    "code": "int16",  # SMTP reply code or HTTP status, 0 where none
    "enhanced": "string",
    "text": "string",  # of failures; empty for what was accepted
    "refused": "int32",  # recipients refused although the message was accepted
    "refused_hash": "int64",  # … and which (model/envelope.py)
}
PHASE_COLUMNS = {
    "send": "int64",
    "phase": "int8",  # Phase
    "started_ns": "int64",
    "ended_ns": "int64",
}
ARRIVAL_COLUMNS = {
    "send": "int64",  # -1 where what arrived carries no identity of this run
    "arm": "int16",  # of the listener where it arrived
    "digest": "binary16",  # of the canonical content; empty where it is no mail, None where its body was lost
    "arrived_ns": "int64",
    "bytes": "int64",
    "recipients": "int32",  # of the envelope
    "recipients_hash": "int64",  # … and which (model/envelope.py)
    "sender_hash": "int64",  # of the envelope sender …
    "sender_known": "bool",  # … where the receiving side has one
}
# What a column holds in runs that were recorded before it existed. `None`: such a run says nothing about it.
DEFAULTS: Mapping[str, Any] = {
    "retransmits": 0, "segments_out": 0, "segments_in": 0, "min_rtt_us": -1, "closed_ns": 0, "turns_to_close": 0,
    "refused": 0, "refused_hash": 0, "recipients": 0, "recipients_hash": 0, "sender_hash": 0, "sender_known": False,
    "spare_ns": 0, "queued_ns": -1, "worker": 0, "sender": 0, "bytes": 0,
}  # fmt: skip

WIRE_COLUMNS = {  # one row a TCP connection, as the lab's link saw it from outside; "out" is client → server
    "condition": "int16",
    "arm": "int16",  # -1 where it went to no arm's door
    "client_port": "int32",
    "server_port": "int32",
    "packets_out": "int64",
    "packets_in": "int64",
    "bytes_out": "int64",  # of IP packets
    "bytes_in": "int64",
    "payload_out": "int64",  # what TCP carried, each byte once
    "payload_in": "int64",
    "syns": "int32",
    "retransmits": "int32",
    "turns": "int32",  # the handshake, and each time the server said something new after the client did
}

CELL_COLUMNS = {  # one row a measured cell and worker: what the generator itself was doing meanwhile
    "condition": "int16",
    "block": "int32",
    "arm": "int16",
    "worker": "int16",
    "started_ns": "int64",
    "ended_ns": "int64",
    "cpu_ns": "int64",  # user and system time of the worker's process, all its threads
    "spare_ns": "int64",  # of it: spent on watching the clock for the next intended start
    "queued_ns": "int64",  # the loop's thread was ready to run and had no core; -1 where the kernel does not tell
}
LAG_COLUMNS = {  # one row each time that a worker's loop stood still for longer than LAG_NS, in a measured cell
    "condition": "int16",
    "worker": "int16",
    "due_ns": "int64",  # a timer was to be called …
    "called_ns": "int64",  # … and was
    "cpu_ns": "int64",  # what the loop's thread computed since the call before
}
LAG_NS = 10_000_000

Table = Mapping[str, Any]


@runtime_checkable
class InBatches(Protocol):
    """A table too long to be held: each look at a column reads it from the disk, and `batches` gives some columns in parts."""

    def batches(self, *names: str) -> Iterator[Table]: ...


class RunStatus(StrEnum):
    """`RUNNING` in a stored run means that the parent was killed: what is there was recovered from the spool."""

    RUNNING = "running"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    BROKEN = "broken"  # one of its processes died or reported a defect


@dataclass(frozen=True, slots=True)
class ArmRecord:
    """What a report needs to know of an arm, as it was run."""

    name: str
    transport: str
    client: str
    connection: str  # "fresh", "reuse", "100 messages"
    security: str
    auth: str
    provider: str
    baseline: bool
    embedded: bool
    aa_of: int = -1  # index of an earlier arm that sends in the same way: an A/A pair
    expects_faults: bool = False
    setup_turns: int | None = None  # by the table of method.md §2; None in runs that did not record it
    message_turns: float | None = None  # the mean over the batch, on a connection that is ready
    client_congestion: str | None = None  # TCP congestion control in force on its sockets; None where not recorded
    server_congestion: str | None = None  # … on those of the embedded server
    nodelay: bool | None = None  # TCP_NODELAY on the client's sockets
    pacing_limit: int | None = None  # SO_MAX_PACING_RATE there, in bytes/s; 0 where nothing limits it
    congestion: str | None = None  # what both ends were told to use; what was in force is above
    messages_per_request: int = 1  # at most; an API's only


@dataclass(frozen=True, slots=True)
class ConditionRecord:
    """One network condition. `rtt_ms` is the smallest that the kernel measured, None where unknown.

    `asked` is the lab's link as the scenario wants it (lab/spec.py); `link` is what that link counted: packets, bytes, of the
    packets those lost by chance and those that found the queue full, and those that a capture file (link-0.pcap …) holds.
    """

    name: str
    rtt_ms: float | None = None
    lab: bool = False
    note: str = ""
    asked: Mapping[str, float | None] = field(default_factory=dict)
    link: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """run.json. `scenario_text` is the TOML as written; `host` what was true while measuring (conditions/)."""

    run: str
    token: str
    scenario: str
    question: str
    scenario_text: str
    created_utc: str
    status: RunStatus
    load: Mapping[str, Any]
    blocks: int
    warmup_blocks: int
    messages_per_block: int
    rope: tuple[float, float]
    confidence: float
    thresholds: Sequence[Mapping[str, Any]]
    arms: tuple[ArmRecord, ...]
    conditions: tuple[ConditionRecord, ...]
    digests: tuple[str, ...]  # hex, by message index
    batch_digest: str
    batch_bytes: tuple[int, ...]  # MIME bytes by message index
    recipients: tuple[int, ...] = ()  # of the envelope, by message index; empty where not recorded
    recipient_hashes: tuple[str, ...] = ()  # … and which (model/envelope.py), as decimal numbers: JSON's have 53 bits
    sender_hashes: tuple[str, ...] = ()  # of the envelope sender, by message index
    overhead_us: Mapping[str, float] = field(default_factory=dict)
    host: Mapping[str, Any] = field(default_factory=dict)
    certificate: str = ""  # what `benchkit certify` found on this machine, in words
    warnings: tuple[str, ...] = ()
    started: tuple[int, ...] = ()  # sends that were started, by store/started.py's places; empty where not recorded
    altered_kept: int = 0  # mails in altered.txt: what arrived and was not what was sent
    family: str = "each"  # what `confidence` is of: each contrast, or all of them together
    schema: int = SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Run:
    """A run as loaded by store.load_run. `recovered` is true where it was read from a spool that nobody closed."""

    path: Path
    manifest: Manifest
    messages: Table
    phases: Table
    arrivals: Table
    recovered: bool = False
    wire: Table = field(default_factory=dict)  # no rows without a lab
    cells: Table = field(default_factory=dict)  # no rows in runs that did not record them, as of `lags`
    lags: Table = field(default_factory=dict)
