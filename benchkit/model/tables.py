"""The tables of a stored run, one list: each column with its type, what it holds, since which schema, and its default.

Whatever writes, reads, checks or explains a table uses this list. In a run of an earlier schema a missing column holds its
default; a run that lacks a column of its own schema is damaged. A new column raises the schema's number. `CELLS` and `LAGS` say
what the generator itself was doing, `WIRE` what the lab's link saw from outside ("out" is client → server).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SCHEMA_VERSION = 4  # of run.json and of the tables; every earlier one is read too


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: int8 to int64, bool, string, binary, or binary16 (exactly 16 bytes). `default` matters only where `since` > 1.

    `about` says what the column holds, for a reader: notebooks and docs/notebooks.md show it.
    """

    name: str
    kind: str
    since: int = 1
    default: Any = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """`since` as for a column; `optional`: a run that has nothing of it does not have the table."""

    name: str
    columns: tuple[Column, ...]
    since: int = 1
    optional: bool = False

    @property
    def kinds(self) -> Mapping[str, str]:
        """Column name → kind."""
        return {column.name: column.kind for column in self.columns}


MESSAGES = TableLayout(
    "messages",
    (
        Column("send", "int64", about="number of the send in the plan, from 0; joins the tables"),
        Column("block", "int32", about="number of the block, from 0; warm-up blocks come first"),
        Column("warmup", "bool", about="whether the block is warm-up: recorded, and left out of every statistic"),
        Column("condition", "int16", about="network condition, as an index into run.json's conditions"),
        Column("arm", "int16", about="way of sending, as an index into run.json's arms"),
        Column("message", "int32", about="message of the batch, from 0: every arm sends the same batch"),
        Column("sender", "int16", about="virtual sender within the arm; its worker is this number modulo the workers"),
        Column("intended_ns", "int64", about="when it was due: by the schedule (open load), else started_ns"),
        Column("started_ns", "int64", about="when its sending began"),
        Column("ended_ns", "int64", about="when its outcome was known"),
        Column("closed_ns", "int64", about="when the connection was closed after it; 0 where it stayed open"),
        Column("connection", "int32", about="number of the connection within the run, from 0; -1 where none was made"),
        Column("nth", "int32", about="its place among the messages of its connection, from 0"),
        Column(
            "turns",
            "int16",
            about="round trips until its outcome, with the set-up of its connection if it waited for that",
        ),
        Column("turns_to_close", "int16", about="round trips that closing the connection took"),
        Column("bytes_out", "int64", about="bytes sent, before encryption"),
        Column("bytes_in", "int64", about="bytes received, after decryption"),
        Column("retransmits", "int32", 2, 0, about="TCP segments sent again meanwhile, by the kernel's TCP_INFO"),
        Column("segments_out", "int32", 2, 0, about="TCP segments sent meanwhile; 0 where the kernel did not tell"),
        Column("segments_in", "int32", 2, 0, about="TCP segments received meanwhile; 0 where the kernel did not tell"),
        Column(
            "min_rtt_us",
            "int32",
            2,
            -1,
            about="smallest round-trip time of the connection so far, in microseconds; -1 where not known",
        ),
        Column("outcome", "int8", about="how the send ended, as a number: 0 accepted, any other a failure"),
        Column("code", "int16", about="SMTP reply code or HTTP status; 0 where none came"),
        Column("enhanced", "string", about="enhanced status code (RFC 3463), such as 4.2.1; empty where none came"),
        Column("text", "string", about="what the server said of a failure or a refused recipient; otherwise empty"),
        Column("refused", "int32", about="recipients refused although the message was accepted"),
        Column("refused_hash", "int64", 2, 0, about="which recipients were refused (model/envelope.py)"),
        Column("server_id", "string", 3, "", about="the server's own id of it: an API's, or SMTP's \"queued as\""),
        Column(
            "retry_after_s", "int32", 3, -1, about="when to try again, in seconds, as the server said; -1 if not said"
        ),
        Column(
            "rate_limit", "int32", 3, -1, about="requests that the server allows in a window; -1 where it did not say"
        ),
        Column("rate_remaining", "int32", 3, -1, about="of these, how many were left; -1 where it did not say"),
        Column("rate_reset_s", "int32", 3, -1, about="seconds until all were free again; -1 where it did not say"),
        Column(
            "attempts",
            "int16",
            4,
            1,
            about="how often it was tried; its times, round trips and bytes are of all attempts",
        ),
    ),
)
PHASES = TableLayout(
    "phases",
    (
        Column("send", "int64", about="the send that it belongs to"),
        Column("phase", "int8", about="the phase, as a number"),
        Column("started_ns", "int64", about="when it began"),
        Column("ended_ns", "int64", about="when it ended"),
    ),
)
ARRIVALS = TableLayout(
    "arrivals",
    (
        Column("send", "int64", about="the send that arrived; -1 where what arrived carries no identity of this run"),
        Column("arm", "int16", about="arm whose listener it arrived at, as an index into run.json's arms"),
        Column("digest", "binary", about="digest of the canonical content; empty: no mail; null: its body was lost"),
        Column("arrived_ns", "int64", about="when the server had all of it"),
        Column("bytes", "int64", about="size of what arrived"),
        Column("recipients", "int32", about="recipients of the envelope"),
        Column("recipients_hash", "int64", 2, 0, about="which recipients (model/envelope.py)"),
        Column("sender_hash", "int64", 2, 0, about="which envelope sender (model/envelope.py)"),
        Column("sender_known", "bool", 2, False, about="whether the receiving side has an envelope sender"),
    ),
)
CELLS = TableLayout(
    "cells",  # one row a measured cell and worker
    (
        Column("condition", "int16", about="network condition, as an index into run.json's conditions"),
        Column("block", "int32", about="number of the block"),
        Column("arm", "int16", about="way of sending, as an index into run.json's arms"),
        Column("worker", "int16", about="number of the worker process"),
        Column("started_ns", "int64", about="when the cell began"),
        Column("ended_ns", "int64", about="when the cell ended"),
        Column("cpu_ns", "int64", about="user and system time of the worker's process, all its threads"),
        Column("spare_ns", "int64", about="of cpu_ns: spent on watching the clock for the next intended start"),
        Column("queued_ns", "int64", about="the loop's thread was ready to run and had no core; -1 where not known"),
    ),
    since=2,
)
LAGS = TableLayout(
    "lags",  # one row each time that a worker's loop stood still for longer than LAG_NS, in a measured cell
    (
        Column("condition", "int16", about="network condition, as an index into run.json's conditions"),
        Column("worker", "int16", about="number of the worker process"),
        Column("due_ns", "int64", about="when a timer was due"),
        Column("called_ns", "int64", about="when it was called"),
        Column("cpu_ns", "int64", about="what the loop's thread computed since the call before"),
    ),
    since=2,
)
WIRE = TableLayout(
    "wire",  # one row a TCP connection, in a lab
    (
        Column("condition", "int16", about="network condition, as an index into run.json's conditions"),
        Column("arm", "int16", about="way of sending; -1 where the connection went to no arm's listener"),
        Column("client_port", "int32", about="TCP port of the client"),
        Column("server_port", "int32", about="TCP port of the server"),
        Column("packets_out", "int64", about="IP packets from client to server"),
        Column("packets_in", "int64", about="IP packets from server to client"),
        Column("bytes_out", "int64", about="bytes of IP packets from client to server"),
        Column("bytes_in", "int64", about="bytes of IP packets from server to client"),
        Column("payload_out", "int64", about="bytes that TCP carried to the server, each once"),
        Column("payload_in", "int64", about="bytes that TCP carried to the client, each once"),
        Column("syns", "int32", about="packets that open a connection"),
        Column("retransmits", "int32", about="packets that repeat what was sent before"),
        Column("turns", "int32", about="round trips: the handshake, and each answer of the server"),
    ),
    optional=True,
)
IN_DOUBT = TableLayout(
    "in_doubt",  # one row a send that was started and has no record, because its process died or still runs
    (
        Column("send", "int64", about="number of the send in the plan"),
        Column("arm", "int16", about="number of the arm in run.json, from 0"),
    ),
    optional=True,
)
TABLES = (MESSAGES, PHASES, ARRIVALS, CELLS, LAGS, WIRE, IN_DOUBT)

# Beside the run's own tables: events come as long as someone listens, also after the run was closed. No address is stored.
EVENTS = TableLayout(
    "events",  # one row an event, however often and in whatever order it came
    (
        Column("send", "int64", about="send that it is about; -1 where it is about none of this run"),
        Column("arm", "int16", about="arm of the send, as an index into run.json's arms; -1 without one"),
        Column("kind", "string", about="accepted, deferred, delivered, bounced, rejected, opened, clicked, …"),
        Column("bounce", "string", about="of a bounce: hard or soft; otherwise empty"),
        Column("at_ms", "int64", about="when it happened, by its source: Unix time in milliseconds; 0 where not said"),
        Column("after_ms", "int64", about="at_ms less the time at which the send was accepted; -1 where not known"),
        Column("received_ms", "int64", about="when it first came in, by this machine: Unix time in milliseconds"),
        Column("source", "string", about="the provider, or dsn or arf for a mail about the mail"),
        Column("event_id", "string", about="the source's own id of the event; empty where it gives none"),
        Column("message_id", "string", about="the id that the server gave the message when it accepted it"),
        Column("recipient_hash", "int64", about="which recipient (model/envelope.py); 0 where not named"),
        Column("recipient_domain", "string", about="domain of the recipient"),
        Column("code", "int16", about="the receiver's SMTP reply code; 0 where not said"),
        Column("enhanced", "string", about="the receiver's enhanced status code (RFC 3463)"),
        Column("reason", "string", about="what the receiver said, without addresses"),
        Column("machine", "int8", about="of an open or a click: 1 where its agent is a program's, -1 where not known"),
        Column("times", "int32", about="how often it came in"),
    ),
    optional=True,
)
PLACEMENTS = TableLayout(
    "placements",  # one row a mail that was found in a test recipient's mailbox
    (
        Column("send", "int64", about="send that it came from; -1 where it is of none of this run"),
        Column("arm", "int16", about="arm of the send, as an index into run.json's arms; -1 without one"),
        Column("place", "string", about="inbox, junk or other"),
        Column("folder", "string", about="folder that it lies in, as the mailbox calls it"),
        Column(
            "arrived_ms", "int64", about="when it was delivered there: Unix time in milliseconds; 0 where not known"
        ),
        Column("resolution_ms", "int32", about="how exact arrived_ms is: INTERNALDATE has whole seconds"),
        Column(
            "after_ms", "int64", about="arrived_ms less the time at which the send was accepted; -1 where not known"
        ),
        Column("spf", "string", about="the receiver's own result; empty where it gives none"),
        Column("dkim", "string", about="the receiver's own result; empty where it gives none"),
        Column("dmarc", "string", about="the receiver's own result; empty where it gives none"),
        Column("filter", "string", about="spam filter that wrote into the mail: rspamd, SpamAssassin, Microsoft"),
        Column("score", "string", about="its points; empty where it gives none"),
        Column("symbols", "string", about="its symbols with their points, as JSON"),
        Column("hops", "int16", about="Received fields"),
        Column("hops_with_tls", "int16", about="of these, with TLS"),
        Column("hops_without_tls", "int16", about="of these, without; the others do not tell"),
        Column("return_path", "string", about="domain of the envelope sender, as the last server wrote it"),
        Column("changes", "string", about="what changed on the way, as JSON: kinds and subjects; null where not known"),
    ),
    optional=True,
)
COLLECTED = (EVENTS, PLACEMENTS)
