"""The physics that a run must agree with: T = a + (b + k(S))·RTT + c·S/BW (method.md §2). Pure functions of numbers and of an
arm's record.

a: processors and disks; b: sequential turns; k: flights that slow start adds to the content; c: what the wire adds to it.
Nothing here judges a run: agreement.py sets predicted against measured.
"""

from __future__ import annotations

from math import ceil, log2

from benchkit.model.run import ArmRecord

MSS = 1448  # of a 1,500-byte MTU, with TCP's time stamps
INITIAL_WINDOW = 10  # segments (RFC 6928)
HEADERS = 52  # bytes a packet: IPv4 20, TCP 20 and its time stamps 12
SYN_OPTIONS = 8  # MSS, SACK and window scale, which no later packet repeats (RFC 9293 §3.2, RFC 7323)
RECORD, RECORD_PAYLOAD = 22, 16_384  # a TLS 1.3 record: header 5, content type 1, tag 16 (RFC 8446 §5.2)
HELLO, FINISHED = 517, 80  # a ClientHello as OpenSSL pads it; ChangeCipherSpec and Finished with SHA-384


def slow_start_flights(size: int, mss: int = MSS) -> int:
    """k(S): flights beyond the first that `size` bytes take on a new connection, the window doubling; a lower bound."""
    return max(0, ceil(log2(size / (INITIAL_WINDOW * mss) + 1)) - 1)


def message_bytes(payload: int, turns: float, *, tls: bool, mss: int = MSS) -> float:
    """What a message's bytes outward take as IP packets: a header for each full segment and round trip, as TLS a record."""
    records = RECORD * (turns + payload // RECORD_PAYLOAD) if tls else 0.0
    return payload + records + HEADERS * (ceil((payload + records) / mss) + turns)


def connection_bytes(turns: int, *, tls: bool) -> float:
    """What a connection takes outward besides messages: a packet a round trip, FIN, last ACK, SYN's options, TLS 1.3's own."""
    return SYN_OPTIONS + HEADERS * (turns + 2) + (HELLO + FINISHED + HEADERS if tls else 0.0)


def predicted_turns(record: ArmRecord) -> float | None:
    """A message's round trips to "accepted", connection set-up shared among the messages that it serves."""
    if record.setup_turns is None or record.message_turns is None:
        return None
    if record.connection == "reuse":
        return record.message_turns
    messages = 1 if record.connection == "fresh" else int(record.connection.split()[0])
    return record.message_turns + record.setup_turns / messages


def share_of_request(record: ArmRecord) -> float | None:
    """What part of its request's time is a message's; None where requests carried as many as were due."""
    if record.messages_per_request > 1 and record.message_turns is None:
        return None
    return 1 / record.messages_per_request
