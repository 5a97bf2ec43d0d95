"""The tables of a stored run, one list: each column with its type, what it holds, since which schema, and its default.

Whatever writes, reads, checks or explains a table uses this list. In a run of an earlier schema a missing column holds its
default; a run that lacks a column of its own schema is damaged. A new column raises the schema's number. `CELLS` and `LAGS` say
what the generator itself was doing, `WIRE` what the lab's link saw from outside ("out" is client → server).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SCHEMA_VERSION = 5  # of run.json and of the tables; every earlier one is read too


@dataclass(frozen=True, slots=True)
class StoredColumn:
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
    columns: tuple[StoredColumn, ...]
    since: int = 1
    optional: bool = False

    @property
    def kinds(self) -> Mapping[str, str]:
        """Column name → kind."""
        return {column.name: column.kind for column in self.columns}


MESSAGES = TableLayout(
    "messages",
    (
        StoredColumn("send", "int64", about="number of the send in the plan, from 0; joins the tables"),
        StoredColumn("block", "int32", about="number of the block, from 0; warm-up blocks come first"),
        StoredColumn("warmup", "bool", about="whether the block is warm-up: recorded, and left out of every statistic"),
        StoredColumn("condition", "int16", about="network condition, as an index into run.json's conditions"),
        StoredColumn("arm", "int16", about="way of sending, as an index into run.json's arms"),
        StoredColumn("message", "int32", about="message of the batch, from 0: every arm sends the same batch"),
        StoredColumn(
            "sender", "int16", about="virtual sender within the arm; its worker is this number modulo the workers"
        ),
        StoredColumn("intended_ns", "int64", about="when it was due: by the schedule (open load), else started_ns"),
        StoredColumn("started_ns", "int64", about="when its sending began"),
        StoredColumn("ended_ns", "int64", about="when its outcome was known"),
        StoredColumn("closed_ns", "int64", about="when the connection was closed after it; 0 where it stayed open"),
        StoredColumn(
            "connection", "int32", about="number of the connection within the run, from 0; -1 where none was made"
        ),
        StoredColumn("nth", "int32", about="its place among the messages of its connection, from 0"),
        StoredColumn(
            "turns",
            "int16",
            about="round trips until its outcome, with the set-up of its connection if it waited for that",
        ),
        StoredColumn("turns_to_close", "int16", about="round trips that closing the connection took"),
        StoredColumn("bytes_out", "int64", about="bytes sent, before encryption"),
        StoredColumn("bytes_in", "int64", about="bytes received, after decryption"),
        StoredColumn("retransmits", "int32", 2, 0, about="TCP segments sent again meanwhile, by the kernel's TCP_INFO"),
        StoredColumn(
            "segments_out", "int32", 2, 0, about="TCP segments sent meanwhile; 0 where the kernel did not tell"
        ),
        StoredColumn(
            "segments_in", "int32", 2, 0, about="TCP segments received meanwhile; 0 where the kernel did not tell"
        ),
        StoredColumn(
            "min_rtt_us",
            "int32",
            2,
            -1,
            about="smallest round-trip time of the connection so far, in microseconds; -1 where not known",
        ),
        StoredColumn("outcome", "int8", about="how the send ended, as a number: 0 accepted, any other a failure"),
        StoredColumn("code", "int16", about="SMTP reply code or HTTP status; 0 where none came"),
        StoredColumn(
            "enhanced", "string", about="enhanced status code (RFC 3463), such as 4.2.1; empty where none came"
        ),
        StoredColumn(
            "text", "string", about="what the server said of a failure or a refused recipient; otherwise empty"
        ),
        StoredColumn("refused", "int32", about="recipients refused although the message was accepted"),
        StoredColumn("refused_hash", "int64", 2, 0, about="which recipients were refused (model/envelope.py)"),
        StoredColumn(
            "server_id", "string", 3, "", about="the server's own id of it: an API's, or SMTP's \"queued as\""
        ),
        StoredColumn(
            "retry_after_s", "int32", 3, -1, about="when to try again, in seconds, as the server said; -1 if not said"
        ),
        StoredColumn(
            "rate_limit", "int32", 3, -1, about="requests that the server allows in a window; -1 where it did not say"
        ),
        StoredColumn("rate_remaining", "int32", 3, -1, about="of these, how many were left; -1 where it did not say"),
        StoredColumn(
            "rate_reset_s", "int32", 3, -1, about="seconds until all were free again; -1 where it did not say"
        ),
        StoredColumn(
            "attempts",
            "int16",
            4,
            1,
            about="how often it was tried; its times, round trips and bytes are of all attempts",
        ),
        StoredColumn(
            "failed_over", "bool", 5, False, about="whether the last attempt went the way of the arm's `failover`"
        ),
    ),
)
PHASES = TableLayout(
    "phases",
    (
        StoredColumn("send", "int64", about="the send that it belongs to"),
        StoredColumn("phase", "int8", about="the phase, as a number"),
        StoredColumn("started_ns", "int64", about="when it began"),
        StoredColumn("ended_ns", "int64", about="when it ended"),
    ),
)
ARRIVALS = TableLayout(
    "arrivals",
    (
        StoredColumn(
            "send", "int64", about="the send that arrived; -1 where what arrived carries no identity of this run"
        ),
        StoredColumn("arm", "int16", about="arm whose listener it arrived at, as an index into run.json's arms"),
        StoredColumn(
            "digest", "binary", about="digest of the canonical content; empty: no mail; null: its body was lost"
        ),
        StoredColumn("arrived_ns", "int64", about="when the server had all of it"),
        StoredColumn("bytes", "int64", about="size of what arrived"),
        StoredColumn("recipients", "int32", about="recipients of the envelope"),
        StoredColumn("recipients_hash", "int64", 2, 0, about="which recipients (model/envelope.py)"),
        StoredColumn("sender_hash", "int64", 2, 0, about="which envelope sender (model/envelope.py)"),
        StoredColumn("sender_known", "bool", 2, False, about="whether the receiving side has an envelope sender"),
    ),
)
CELLS = TableLayout(
    "cells",  # one row a measured cell and worker
    (
        StoredColumn("condition", "int16", about="network condition, as an index into run.json's conditions"),
        StoredColumn("block", "int32", about="number of the block"),
        StoredColumn("arm", "int16", about="way of sending, as an index into run.json's arms"),
        StoredColumn("worker", "int16", about="number of the worker process"),
        StoredColumn("started_ns", "int64", about="when the cell began"),
        StoredColumn("ended_ns", "int64", about="when the cell ended"),
        StoredColumn("cpu_ns", "int64", about="user and system time of the worker's process, all its threads"),
        StoredColumn("spare_ns", "int64", about="of cpu_ns: spent on watching the clock for the next intended start"),
        StoredColumn(
            "queued_ns", "int64", about="the loop's thread was ready to run and had no core; -1 where not known"
        ),
    ),
    since=2,
)
LAGS = TableLayout(
    "lags",  # one row each time that a worker's loop stood still for longer than LAG_NS, in a measured cell
    (
        StoredColumn("condition", "int16", about="network condition, as an index into run.json's conditions"),
        StoredColumn("worker", "int16", about="number of the worker process"),
        StoredColumn("due_ns", "int64", about="when a timer was due"),
        StoredColumn("called_ns", "int64", about="when it was called"),
        StoredColumn("cpu_ns", "int64", about="what the loop's thread computed since the call before"),
    ),
    since=2,
)
WIRE = TableLayout(
    "wire",  # one row a TCP connection, in a lab
    (
        StoredColumn("condition", "int16", about="network condition, as an index into run.json's conditions"),
        StoredColumn("arm", "int16", about="way of sending; -1 where the connection went to no arm's listener"),
        StoredColumn("client_port", "int32", about="TCP port of the client"),
        StoredColumn("server_port", "int32", about="TCP port of the server"),
        StoredColumn("packets_out", "int64", about="IP packets from client to server"),
        StoredColumn("packets_in", "int64", about="IP packets from server to client"),
        StoredColumn("bytes_out", "int64", about="bytes of IP packets from client to server"),
        StoredColumn("bytes_in", "int64", about="bytes of IP packets from server to client"),
        StoredColumn("payload_out", "int64", about="bytes that TCP carried to the server, each once"),
        StoredColumn("payload_in", "int64", about="bytes that TCP carried to the client, each once"),
        StoredColumn("syns", "int32", about="packets that open a connection"),
        StoredColumn("retransmits", "int32", about="packets that repeat what was sent before"),
        StoredColumn("turns", "int32", about="round trips: the handshake, and each answer of the server"),
    ),
    optional=True,
)
IN_DOUBT = TableLayout(
    "in_doubt",  # one row a send that was started and has no record, because its process died or still runs
    (
        StoredColumn("send", "int64", about="number of the send in the plan"),
        StoredColumn("arm", "int16", about="number of the arm in run.json, from 0"),
    ),
    optional=True,
)
TABLES = (MESSAGES, PHASES, ARRIVALS, CELLS, LAGS, WIRE, IN_DOUBT)

# Beside the run's own tables: events come as long as someone listens, also after the run was closed. No address is stored.
EVENTS = TableLayout(
    "events",  # one row an event, however often and in whatever order it came
    (
        StoredColumn("send", "int64", about="send that it is about; -1 where it is about none of this run"),
        StoredColumn("arm", "int16", about="arm of the send, as an index into run.json's arms; -1 without one"),
        StoredColumn("kind", "string", about="accepted, deferred, delivered, bounced, rejected, opened, clicked, …"),
        StoredColumn("bounce", "string", about="of a bounce: hard or soft; otherwise empty"),
        StoredColumn(
            "at_ms", "int64", about="when it happened, by its source: Unix time in milliseconds; 0 where not said"
        ),
        StoredColumn(
            "after_ms", "int64", about="at_ms less the time at which the send was accepted; -1 where not known"
        ),
        StoredColumn("received_ms", "int64", about="when it first came in, by this machine: Unix time in milliseconds"),
        StoredColumn("source", "string", about="the provider, or dsn, arf or mdn for a mail about the mail"),
        StoredColumn("event_id", "string", about="the source's own id of the event; empty where it gives none"),
        StoredColumn("message_id", "string", about="the id that the server gave the message when it accepted it"),
        StoredColumn("recipient_hash", "int64", about="which recipient (model/envelope.py); 0 where not named"),
        StoredColumn("recipient_domain", "string", about="domain of the recipient"),
        StoredColumn("code", "int16", about="the receiver's SMTP reply code; 0 where not said"),
        StoredColumn("enhanced", "string", about="the receiver's enhanced status code (RFC 3463)"),
        StoredColumn("reason", "string", about="what the receiver said, without addresses"),
        StoredColumn(
            "machine", "int8", about="of an open or a click: 1 where its agent is a program's, -1 where not known"
        ),
        StoredColumn("times", "int32", about="how often it came in"),
    ),
    optional=True,
)
PLACEMENTS = TableLayout(
    "placements",  # one row a mail that was found in a test recipient's mailbox
    (
        StoredColumn("send", "int64", about="send that it came from; -1 where it is of none of this run"),
        StoredColumn("arm", "int16", about="arm of the send, as an index into run.json's arms; -1 without one"),
        StoredColumn("place", "string", about="inbox, junk or other"),
        StoredColumn("folder", "string", about="folder that it lies in, as the mailbox calls it"),
        StoredColumn(
            "arrived_ms", "int64", about="when it was delivered there: Unix time in milliseconds; 0 where not known"
        ),
        StoredColumn("resolution_ms", "int32", about="how exact arrived_ms is: INTERNALDATE has whole seconds"),
        StoredColumn(
            "after_ms", "int64", about="arrived_ms less the time at which the send was accepted; -1 where not known"
        ),
        StoredColumn("spf", "string", about="the receiver's own result; empty where it gives none"),
        StoredColumn("dkim", "string", about="the receiver's own result; empty where it gives none"),
        StoredColumn("dmarc", "string", about="the receiver's own result; empty where it gives none"),
        StoredColumn("filter", "string", about="spam filter that wrote into the mail: rspamd, SpamAssassin, Microsoft"),
        StoredColumn("score", "string", about="its points; empty where it gives none"),
        StoredColumn("symbols", "string", about="its symbols with their points, as JSON"),
        StoredColumn("hops", "int16", about="Received fields"),
        StoredColumn("hops_with_tls", "int16", about="of these, with TLS"),
        StoredColumn("hops_without_tls", "int16", about="of these, without; the others do not tell"),
        StoredColumn("return_path", "string", about="domain of the envelope sender, as the last server wrote it"),
        StoredColumn(
            "changes", "string", about="what changed on the way, as JSON: kinds and subjects; null where not known"
        ),
    ),
    optional=True,
)
COLLECTED = (EVENTS, PLACEMENTS)
