"""A stored run: the manifest (run.json) and its tables. The verbs of benchkit meet only here.

Tables are mappings of column name → numpy array, all of one length, in each worker's order of recording; a long one reads a
column from the disk whenever it is asked for (InBatches). Times are nanoseconds of CLOCK_MONOTONIC, absolute. Every planned
send that was started has one row in `messages`, or one in `in_doubt`; any other planned send was never started. The columns,
with their types, are listed in model/tables.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from benchkit.model.tables import SCHEMA_VERSION

CHILDREN_LOG = "children.log"  # what the processes of a run printed by accident; a run without it has no such file
LAG_NS = 10_000_000  # a loop that stood still for longer is recorded

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
    KILLED = "killed"  # never stored: its manifest says "running", and no process holds the run (store/run_lock.py)


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
    render: str = "client"  # or "provider": a template that it fills in
    sandbox: str = ""  # the provider's test mode that it was in, in words
    failover: str = ""  # the arm by whose way it sends what its server does not take
    profile: str = ""  # the relay or API that the embedded server behaved as
    repeats_safely: bool = False  # by idempotency keys: a second attempt is no second mail
    dkim: str = ""  # "d=shop.example s=mail rsa-2048" where the arm signs
    signing_us: float | None = None  # of one signature, made before the clock: the median over the batch
    signature_bytes: float | None = None  # of its header field, the mean
    request_us: float | None = None  # to make the request of one message, before the clock; an API's only
    in_send_us: float | None = None  # of that work what is left within its send: identity, signature, joining


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
class StartRecord:
    """One start of the sink and the workers. Processes by name: "sink", "worker 0".

    `pinned` holds the cores that a process was bound to, empty where it was bound to none; `ran_on` those that it was seen on.
    """

    condition: int
    start: int  # from 0, the number of the pass
    started_ns: int
    pinned: Mapping[str, Sequence[int]] = field(default_factory=dict)
    ran_on: Mapping[str, Sequence[int]] = field(default_factory=dict)


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
    retry: Mapping[str, Any] = field(default_factory=dict)  # model/retry.py; empty where each message is tried once
    overhead_us: Mapping[str, float] = field(default_factory=dict)
    host: Mapping[str, Any] = field(default_factory=dict)
    certificate: str = ""  # what `benchkit certify` found on this machine, in words
    warnings: tuple[str, ...] = ()
    broke_because: str = ""  # of a broken run: which process died, or what it reported; empty where not recorded
    altered_kept: int = 0  # mails in altered.txt: what arrived and was not what was sent
    looked: tuple[int, ...] = ()  # until = "decided": measured blocks at which the run was looked at while it went on
    decided: int | None = None  # … and after which it ended, because every contrast was decided; None where it went on
    registered: str = ""  # digest of what was laid down before the first send (model/registration.py)
    starts: tuple[StartRecord, ...] = ()  # in the order of the run; empty where not recorded
    cost: Mapping[str, Any] = field(default_factory=dict)  # prices of the scenario (model/cost.CostSpec)
    family: str = "each"  # what `confidence` is of: each contrast, or all of them together
    schema: int = SCHEMA_VERSION

    def label_of(self, arm: str, condition: str) -> str:
        """An arm in a line of text: with its condition where the run has more than one."""
        return f"{arm} ({condition})" if len(self.conditions) > 1 else arm


@dataclass(frozen=True, slots=True)
class Run:
    """A run as loaded by store.load_run. `recovered` is true where it was read from a spool that no one closed."""

    path: Path
    manifest: Manifest
    messages: Table
    phases: Table
    arrivals: Table
    recovered: bool = False
    wire: Table = field(default_factory=dict)  # no rows without a lab
    cells: Table = field(default_factory=dict)  # no rows in runs that did not record them, as of `lags`
    lags: Table = field(default_factory=dict)
    in_doubt: Table = field(default_factory=dict)  # no rows where every send that was started has a record
    events: Table = field(default_factory=dict)  # no rows where none were collected
    placements: Table = field(default_factory=dict)  # no rows where no test mailbox was read
