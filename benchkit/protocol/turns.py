"""The round-trip counter: network round trips, counted on the decrypted byte stream (method.md §2).

A turn is a write → read alternation; a TCP connect is one; a TLS handshake is the flights that its version needs. Who speaks
last in the handshake decides whether what comes next costs a turn: after TLS 1.3 the client's Finished is still on its way
when the server's banner waits for it (1 turn), after a full TLS 1.2 handshake the banner travels with the server's own
Finished (0 turns).
"""

from __future__ import annotations

from benchkit.model.trace import Trace


class TurnCounter:
    """Counts for one connection; `settle` gives the count of one message and starts again at zero."""

    __slots__ = ("_waiting", "bytes_in", "bytes_out", "turns")

    def __init__(self) -> None:
        self.turns = 0
        self.bytes_out = 0
        self.bytes_in = 0
        self._waiting = False

    def connected(self) -> None:
        """The TCP handshake is done: one round trip. A server that speaks first needs our ACK."""
        self.turns += 1
        self._waiting = True

    def secured(self, version: str, resumed: bool) -> None:
        """A TLS handshake is over. `version` as ssl names it: TLSv1.3, TLSv1.2."""
        full_tls12 = version != "TLSv1.3" and not resumed
        self.turns += 2 if full_tls12 else 1
        self._waiting = not full_tls12

    def wrote(self, size: int, asks: bool = True) -> None:
        """`asks`: whether an answer is expected. HTTP/2's acknowledgements and window updates expect none."""
        self.bytes_out += size
        self._waiting = self._waiting or asks

    def read(self, size: int) -> None:
        self.bytes_in += size
        if self._waiting:
            self.turns += 1
            self._waiting = False

    def settle(self, trace: Trace) -> None:
        """Adds what was counted since the last call to the current message; the state of the conversation stays."""
        trace.turns += self.turns
        trace.bytes_out += self.bytes_out
        trace.bytes_in += self.bytes_in
        self.turns = self.bytes_out = self.bytes_in = 0

    def settle_close(self, trace: Trace) -> None:
        """The same for what happened after the outcome was known: it is not part of "turns to accept"."""
        trace.turns_to_close += self.turns
        self.turns = self.bytes_out = self.bytes_in = 0
