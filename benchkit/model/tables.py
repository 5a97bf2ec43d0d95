"""The tables of a stored run, one list: each column with its type, the schema since which every run has it, and its default.

Whatever writes, reads or checks a table walks this list. In a run of an earlier schema a column that is lacking holds its
default; a run that lacks a column of its own schema is damaged. A new column raises the schema's number. `CELLS` and `LAGS` say
what the generator itself was doing, `WIRE` what the lab's link saw from outside ("out" is client → server).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SCHEMA_VERSION = 2  # of run.json and of the tables; every earlier one is read too


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: int8 to int64, bool, string, binary, or binary16 (exactly 16 bytes). `default` matters only where `since` > 1."""

    name: str
    kind: str
    since: int = 1
    default: Any = None


@dataclass(frozen=True, slots=True)
class TableLayout:
    """`since` as for a column; `in_lab_only`: other runs do not have it."""

    name: str
    columns: tuple[Column, ...]
    since: int = 1
    in_lab_only: bool = False

    @property
    def kinds(self) -> Mapping[str, str]:
        """Column name → kind."""
        return {column.name: column.kind for column in self.columns}


MESSAGES = TableLayout(
    "messages",
    (
        Column("send", "int64"),  # the row's number in the plan
        Column("block", "int32"),  # warm-up blocks come first
        Column("warmup", "bool"),
        Column("condition", "int16"),  # index into Manifest.conditions
        Column("arm", "int16"),  # index into Manifest.arms
        Column("message", "int32"),  # index into the batch
        Column("sender", "int16"),  # virtual sender within the arm; worker = sender modulo the number of workers
        Column("intended_ns", "int64"),  # open load: by the schedule; closed loop: equal to started_ns
        Column("started_ns", "int64"),
        Column("ended_ns", "int64"),  # the outcome was known
        Column("closed_ns", "int64"),  # the connection was closed after this message; 0 where it stayed open
        Column("connection", "int32"),  # number of the connection within the run, from 0; -1 where none was made
        Column("nth", "int32"),  # the message's place on its connection, from 0
        Column("turns", "int16"),  # round trips up to the outcome, with set-up where this message paid for it
        Column("turns_to_close", "int16"),
        Column("bytes_out", "int64"),  # of the decrypted stream
        Column("bytes_in", "int64"),
        Column("retransmits", "int32", 2, 0),  # of the kernel's TCP_INFO, as the next three: while the message was sent
        Column("segments_out", "int32", 2, 0),  # 0 without a socket (null), or where the kernel did not tell
        Column("segments_in", "int32", 2, 0),
        Column("min_rtt_us", "int32", 2, -1),  # the smallest round trip of the connection so far; -1 where not known
        Column("outcome", "int8"),  # OutcomeKind
        Column("code", "int16"),  # SMTP reply code or HTTP status, 0 where none
        Column("enhanced", "string"),
        Column("text", "string"),  # of failures and refused recipients; otherwise empty
        Column("refused", "int32"),  # recipients refused although the message was accepted
        Column("refused_hash", "int64", 2, 0),  # … and which (model/envelope.py)
    ),
)
PHASES = TableLayout(
    "phases",
    (
        Column("send", "int64"),
        Column("phase", "int8"),  # Phase
        Column("started_ns", "int64"),
        Column("ended_ns", "int64"),
    ),
)
ARRIVALS = TableLayout(
    "arrivals",
    (
        Column("send", "int64"),  # -1 where what arrived carries no identity of this run
        Column("arm", "int16"),  # of the listener where it arrived
        Column("digest", "binary"),  # of the canonical content; empty where it is no mail, None where its body was lost
        Column("arrived_ns", "int64"),
        Column("bytes", "int64"),
        Column("recipients", "int32"),  # of the envelope
        Column("recipients_hash", "int64", 2, 0),  # … and which (model/envelope.py)
        Column("sender_hash", "int64", 2, 0),  # of the envelope sender …
        Column("sender_known", "bool", 2, False),  # … where the receiving side has one
    ),
)
CELLS = TableLayout(
    "cells",  # one row a measured cell and worker
    (
        Column("condition", "int16"),
        Column("block", "int32"),
        Column("arm", "int16"),
        Column("worker", "int16"),
        Column("started_ns", "int64"),
        Column("ended_ns", "int64"),
        Column("cpu_ns", "int64"),  # user and system time of the worker's process, all its threads
        Column("spare_ns", "int64"),  # of it: spent on watching the clock for the next intended start
        Column("queued_ns", "int64"),  # the loop's thread was ready to run and had no core; -1 where not known
    ),
    since=2,
)
LAGS = TableLayout(
    "lags",  # one row each time that a worker's loop stood still for longer than LAG_NS, in a measured cell
    (
        Column("condition", "int16"),
        Column("worker", "int16"),
        Column("due_ns", "int64"),  # a timer was to be called …
        Column("called_ns", "int64"),  # … and was
        Column("cpu_ns", "int64"),  # what the loop's thread computed since the call before
    ),
    since=2,
)
WIRE = TableLayout(
    "wire",  # one row a TCP connection
    (
        Column("condition", "int16"),
        Column("arm", "int16"),  # -1 where it went to no arm's listener
        Column("client_port", "int32"),
        Column("server_port", "int32"),
        Column("packets_out", "int64"),
        Column("packets_in", "int64"),
        Column("bytes_out", "int64"),  # of IP packets
        Column("bytes_in", "int64"),
        Column("payload_out", "int64"),  # what TCP carried, each byte once
        Column("payload_in", "int64"),
        Column("syns", "int32"),
        Column("retransmits", "int32"),
        Column("turns", "int32"),  # the handshake, and each time the server said something new after the client did
    ),
    in_lab_only=True,
)
TABLES = (MESSAGES, PHASES, ARRIVALS, CELLS, LAGS, WIRE)
