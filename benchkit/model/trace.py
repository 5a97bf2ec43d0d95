"""What a transport records while it sends: absolute time stamps at phase edges, round trips, bytes. No subtraction here.

One `Trace` belongs to one virtual sender and is used again for each of its messages: the hot path allocates nothing.
A phase ends where the next begins, or where `finish` is called; edges are nanoseconds of one monotonic clock.
"""

from __future__ import annotations

from enum import IntEnum
from time import perf_counter_ns
from typing import NamedTuple


class Phase(IntEnum):
    """Phases by the numbers that the tables store, which never change; their order is that of model/phases.py.

    SMTP's and HTTP's share those that are the same thing.
    """

    CONNECT = 0  # TCP handshake
    TLS = 1  # TLS handshake
    BANNER = 2  # RFC 5321 §3.1
    EHLO = 3
    STARTTLS = 4  # the command and its reply; the handshake is TLS, the EHLO after it EHLO again (RFC 3207)
    AUTH = 5
    MAIL = 6
    RCPT = 7  # all recipients together
    DATA = 8  # the command and its 354
    CONTENT = 9  # the content, its final dot and the reply: "accepted"
    REQUEST = 10  # HTTP: writing the request
    WAIT = 11  # HTTP: from the last byte written to the first byte of the response
    RESPONSE = 12  # HTTP: from its first byte to its last
    CLOSE = 13  # QUIT and its reply, or the closing of the connection: after "accepted", never part of service time
    BACKOFF = 14  # between two attempts of a message: closing the connection where need be, and waiting

    @property
    def label(self) -> str:
        return self.name.lower()


class SocketOptions(NamedTuple):
    """What is in force on a TCP socket, as the kernel says. `pacing_limit` is in bytes/s (SO_MAX_PACING_RATE), 0 for none."""

    congestion: str
    nodelay: bool
    pacing_limit: int = 0


class Trace:
    """The stamps of the send under way. `phases[i]` began at `edges[i]`; it ends at the next edge or `ended_ns`.

    `socket` is of the connection last made, None before the first: it outlives the message that paid for the connection.
    """

    __slots__ = (
        "attempts",
        "bytes_in",
        "bytes_out",
        "closed_ns",
        "edges",
        "ended_ns",
        "failed_over",
        "min_rtt_us",
        "phases",
        "retransmits",
        "segments_in",
        "segments_out",
        "socket",
        "started_ns",
        "turns",
        "turns_to_close",
    )

    def __init__(self) -> None:
        self.phases: list[int] = []
        self.edges: list[int] = []
        self.socket: SocketOptions | None = None
        self.begin()

    def begin(self) -> None:
        """Forget the message before and start the clock."""
        self.phases.clear()
        self.edges.clear()
        self.turns = self.turns_to_close = self.bytes_out = self.bytes_in = 0
        self.retransmits = self.segments_out = self.segments_in = 0
        self.min_rtt_us = -1
        self.attempts = 1
        self.failed_over = False
        self.ended_ns = self.closed_ns = 0
        self.started_ns = perf_counter_ns()

    def mark(self, phase: Phase) -> None:
        """`phase` begins now, and what was under way ends."""
        self.phases.append(phase)
        self.edges.append(perf_counter_ns())

    def share(self) -> None:
        """Moves on to the next message of the same request: it has the same stamps and retransmits; the cost is already
        reported.
        """
        self.turns = self.turns_to_close = self.bytes_out = self.bytes_in = 0
        self.segments_out = self.segments_in = 0

    def finish(self) -> None:
        """The outcome is known: service time ends here."""
        self.ended_ns = perf_counter_ns()

    def finish_close(self) -> None:
        """The connection is closed (a fresh connection's QUIT has been answered)."""
        self.closed_ns = perf_counter_ns()
