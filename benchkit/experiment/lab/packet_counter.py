"""Packet counts: what each TCP connection sent over the link, read from packet headers (RFC 791, RFC 9293 §3.1).

Law: no I/O, no knowledge of SMTP or HTTP. A turn is counted as in protocol/turns.py, but from outside: the handshake is one,
and then each time the server sends new data after the client did. Both counts must agree (method.md §9).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_TCP = 6
_PORTS_AND_SEQUENCE = struct.Struct("!HHI")
_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_HALF_SPACE = 1 << 31
_SPACE = (1 << 32) - 1


@dataclass(slots=True)
class ConnectionCount:
    """One TCP connection. “Out” is client → server; bytes are of IP packets, `payload` without retransmissions."""

    client_port: int
    server_port: int
    packets_out: int = 0
    packets_in: int = 0
    bytes_out: int = 0
    bytes_in: int = 0
    payload_out: int = 0
    payload_in: int = 0
    syns: int = 0
    retransmits: int = 0
    turns: int = 0


class _Conversation:
    """An open connection: its count, and the next expected sequence numbers."""

    __slots__ = ("closing", "count", "first_sequence", "next_in", "next_out", "waiting")

    def __init__(self, count: ConnectionCount, first_sequence: int) -> None:
        self.count = count
        self.first_sequence = first_sequence
        self.next_out = (first_sequence + 1) & _SPACE
        self.next_in = -1
        self.waiting = False
        self.closing = False


class PacketCounter:
    """Counts every packet once, as it enters the link; a packet that the link loses is counted again when it is sent again."""

    def __init__(self) -> None:
        self.packets = 0
        self.bytes = 0
        self._live: dict[tuple[int, int], _Conversation] = {}
        self._counts: list[ConnectionCount] = []

    @property
    def connections(self) -> tuple[ConnectionCount, ...]:
        """In the order of their first SYN."""
        return tuple(self._counts)

    def count_packet(self, packet: bytes, *, outward: bool) -> None:
        """One IPv4 packet, from the client if `outward`."""
        self.packets += 1
        self.bytes += len(packet)
        if packet[0] >> 4 != 4 or packet[9] != _TCP:
            return
        tcp = (packet[0] & 15) * 4
        source, destination, sequence = _PORTS_AND_SEQUENCE.unpack_from(packet, tcp)
        flags = packet[tcp + 13]
        payload = len(packet) - tcp - (packet[tcp + 12] >> 4) * 4
        key = (source, destination) if outward else (destination, source)
        conversation = self._conversation(key, sequence, flags, outward=outward)
        if conversation is None:
            return
        if outward:
            _count_from_client(conversation, len(packet), sequence, flags, payload)
        else:
            _count_from_server(conversation, len(packet), sequence, flags, payload)

    def _conversation(self, key: tuple[int, int], sequence: int, flags: int, *, outward: bool) -> _Conversation | None:
        """A SYN with a new sequence number starts a connection, even if its ports were used before."""
        found = self._live.get(key)
        if outward and flags & _SYN and not flags & _ACK and (found is None or found.first_sequence != sequence):
            count = ConnectionCount(*key)
            self._counts.append(count)
            found = self._live[key] = _Conversation(count, sequence)
        return found


def _count_from_client(conversation: _Conversation, size: int, sequence: int, flags: int, payload: int) -> None:
    count = conversation.count
    count.packets_out += 1
    count.bytes_out += size
    if flags & _SYN:
        count.syns += 1
        count.retransmits += count.syns > 1
    elif payload:
        new_bytes = _new_bytes(conversation.next_out, sequence, payload)
        if new_bytes:
            conversation.next_out = (sequence + payload) & _SPACE
            conversation.waiting = True
            count.payload_out += new_bytes
        else:
            count.retransmits += 1
    if flags & (_FIN | _RST):
        conversation.closing = True  # what the server sends after close_notify is no reply


def _count_from_server(conversation: _Conversation, size: int, sequence: int, flags: int, payload: int) -> None:
    count = conversation.count
    count.packets_in += 1
    count.bytes_in += size
    if flags & _SYN:
        _server_opened(conversation, sequence)
    elif payload:
        new_bytes = _new_bytes(conversation.next_in, sequence, payload)
        if not new_bytes:
            count.retransmits += 1
            return
        conversation.next_in = (sequence + payload) & _SPACE
        count.payload_in += new_bytes
        if conversation.waiting and not conversation.closing:
            count.turns += 1
            conversation.waiting = False


def _server_opened(conversation: _Conversation, sequence: int) -> None:
    if conversation.next_in >= 0:
        conversation.count.retransmits += 1
        return
    conversation.next_in = (sequence + 1) & _SPACE
    conversation.waiting = True  # what the server says first has to wait for our ACK
    conversation.count.turns += 1


def _new_bytes(expected: int, sequence: int, payload: int) -> int:
    """How many bytes of a segment are after the expected sequence number, which wraps (RFC 9293 §3.4)."""
    beyond = (sequence + payload - expected) & _SPACE
    return min(beyond, payload) if 0 < beyond < _HALF_SPACE else 0
