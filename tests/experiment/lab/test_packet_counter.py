"""Counting from outside: hand-made packets in, turns out, the table of method.md §2 from the wire's side."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from benchkit.experiment.lab.packet_counter import ConnectionCount, PacketCounter
from benchkit.experiment.lab.pcap import PcapWriter

FIN, SYN, RST, ACK = 1, 2, 4, 16


class Conversation:
    """Packets of one connection, both ends' sequence numbers kept."""

    def __init__(
        self, counter: PacketCounter, client_isn: int = 1000, server_isn: int = 9000, port: int = 40000
    ) -> None:
        self.counter = counter
        self.port = port
        self.next = {True: client_isn, False: server_isn}

    def packet(self, outward: bool, flags: int = ACK, payload: int = 0, sequence: int | None = None) -> None:
        fresh = sequence is None
        sequence = self.next[outward] if sequence is None else sequence
        ports = (self.port, 25) if outward else (25, self.port)
        tcp = struct.pack("!HHIIBBHHH", *ports, sequence & 0xFFFFFFFF, 0, 5 << 4, flags, 0, 0, 0)
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + payload, 0, 0, 64, 6, 0, bytes(4), bytes(4))
        if fresh:
            self.next[outward] += payload + bool(flags & (SYN | FIN))
        self.counter.count_packet(ip + tcp + bytes(payload), outward=outward)

    def open(self) -> Conversation:
        self.packet(True, SYN)
        self.packet(False, SYN | ACK)
        self.packet(True)
        return self

    def says(self, *sizes: int) -> None:
        """Client and server in turn; 0 says nothing."""
        for number, size in enumerate(sizes):
            if size:
                self.packet(number % 2 == 0, payload=size)


def counted(*says: int) -> ConnectionCount:
    counter = PacketCounter()
    Conversation(counter).open().says(*says)
    (connection,) = counter.connections
    return connection


@pytest.mark.parametrize(
    ("says", "turns"),
    [
        ((), 1),  # the handshake
        ((300, 900), 2),  # a request and its response
        ((0, 40), 2),  # a banner that waits for our ACK
        ((0, 40, 20, 90), 3),  # banner, EHLO
        ((517, 2000, 80, 0, 300, 500), 3),  # HTTPS: hello, then Finished and request in one flight
        ((0, 40, 20, 90, 10, 30, 517, 2000, 80, 0, 20, 90), 6),  # STARTTLS up to the second EHLO
    ],
)
def test_turns_are_those_of_the_table(says: tuple[int, ...], turns: int) -> None:
    assert counted(*says).turns == turns


def test_content_in_many_segments_is_one_turn() -> None:
    counter = PacketCounter()
    talk = Conversation(counter).open()
    for _ in range(30):
        talk.packet(True, payload=1448)
        talk.packet(False)
    talk.says(0, 20)
    assert counter.connections[0].turns == 2
    assert counter.connections[0].payload_out == 30 * 1448


def test_a_retransmit_is_counted_and_is_no_turn() -> None:
    counter = PacketCounter()
    talk = Conversation(counter).open()
    talk.says(100, 50)
    talk.packet(True, payload=100, sequence=1001)
    talk.packet(False, payload=50, sequence=9001)
    (connection,) = counter.connections
    assert (connection.turns, connection.retransmits, connection.payload_out) == (2, 2, 100)


def test_a_lost_syn_is_the_same_connection_and_a_new_number_is_another() -> None:
    counter = PacketCounter()
    first = Conversation(counter)
    first.packet(True, SYN, sequence=1000)
    first.packet(True, SYN, sequence=1000)
    Conversation(counter, client_isn=77).open()
    assert [connection.syns for connection in counter.connections] == [2, 1]
    assert counter.connections[0].retransmits == 1


def test_a_farewell_is_no_question() -> None:
    counter = PacketCounter()
    talk = Conversation(counter).open()
    talk.says(100, 50)
    talk.packet(True, FIN | ACK, payload=24)  # close_notify
    talk.packet(False, payload=24)
    assert counter.connections[0].turns == 2


@pytest.mark.parametrize("isn", [0xFFFFFFF0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_sequence_numbers_wrap(isn: int) -> None:
    counter = PacketCounter()
    Conversation(counter, client_isn=isn, server_isn=isn).open().says(100, 50, 100, 50)
    (connection,) = counter.connections
    assert (connection.turns, connection.retransmits, connection.payload_out, connection.payload_in) == (3, 0, 200, 100)


def test_other_protocols_are_counted_as_packets_only() -> None:
    counter = PacketCounter()
    packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28, 0, 0, 64, 17, 0, bytes(4), bytes(4)) + bytes(8)
    counter.count_packet(packet, outward=True)
    assert (counter.packets, counter.bytes, counter.connections) == (1, 28, ())


def test_a_full_disk_ends_the_capture_and_nothing_else() -> None:
    capture = PcapWriter(Path("/dev/full"))
    capture.write(b"\x45abc", 5)
    capture.close()
    assert capture.captured == 0


def test_a_capture_is_pcap_with_nanoseconds_and_raw_ip(tmp_path: Path) -> None:
    capture = PcapWriter(tmp_path / "link.pcap")
    capture.write(b"\x45abc", 5)
    capture.close()
    data = (tmp_path / "link.pcap").read_bytes()
    assert struct.unpack_from("=IHHiIII", data) == (0xA1B23C4D, 2, 4, 0, 0, 65535, 101)
    seconds, nanoseconds, kept, length = struct.unpack_from("=IIII", data, 24)
    assert seconds > 1_600_000_000
    assert nanoseconds < 1_000_000_000
    assert (kept, length, data[40:]) == (4, 4, b"\x45abc")
