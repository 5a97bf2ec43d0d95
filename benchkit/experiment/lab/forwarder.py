"""Forwarding: reads packets from one TUN device, delays them as link_direction.py says, and writes them to the other.

One thread and one `select`, whose time-out counts in µs (epoll's counts in ms). It wakes slightly early and polls the clock
for the rest: on a virtual machine a timer alone was 0.3 ms late in the median of a round trip. It polls no longer than that,
because the two ends need the processors too, and every number refers to the kernel's measured min_rtt. With root's permission
its process has a higher priority (link_process.py): at a load of 9 on two processors, that reduced the 99th percentile of the
lateness of a 1 ms ping from 4–9 ms to 0.1–1.6 ms.
"""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from dataclasses import dataclass
from select import select
from time import perf_counter_ns

from benchkit.experiment.lab.link_direction import LinkDirection
from benchkit.experiment.lab.packet_counter import PacketCounter
from benchkit.experiment.lab.pcap import PcapWriter

_READS_A_ROUND = 64  # so that a flood in one direction does not keep the other waiting
_LARGEST_PACKET = 65536
_S_PER_NS = 1e-9
_AHEAD_NS = 120_000


@dataclass(frozen=True, slots=True)
class Forwarder:
    """One direction: from one TUN device over the link into the other."""

    source: int
    line: LinkDirection
    destination: int
    outward: bool


def forward(ways: tuple[Forwarder, Forwarder], control: int, wire: PacketCounter, capture: PcapWriter | None) -> None:
    """Forwards until `control` is readable: the parent sends a command, or has ended."""
    gc.collect()
    gc.freeze()
    gc.disable()  # nothing here makes cycles
    sources = [ways[0].source, ways[1].source, control]
    while True:
        ready, _, _ = select(sources, (), (), _wait_s(ways))
        if control in ready:
            return
        for way in ways:
            if way.source in ready:
                _fetch(way, wire, capture)
            _deliver(way)


def _wait_s(ways: tuple[Forwarder, Forwarder]) -> float | None:
    moments = [moment for way in ways if (moment := way.line.next_ns) is not None]
    return max(0.0, (min(moments) - _AHEAD_NS - perf_counter_ns()) * _S_PER_NS) if moments else None


def _fetch(way: Forwarder, wire: PacketCounter, capture: PcapWriter | None) -> None:
    for _ in range(_READS_A_ROUND):
        try:
            packet = os.read(way.source, _LARGEST_PACKET)
        except BlockingIOError:
            return
        now_ns = perf_counter_ns()
        way.line.offer(packet, now_ns)
        wire.count_packet(packet, outward=way.outward)
        if capture is not None:
            capture.write(packet, now_ns)


def _deliver(way: Forwarder) -> None:
    for packet in way.line.take(perf_counter_ns()):
        with suppress(OSError):  # the kernel had no room: a lost packet, which TCP will send again
            os.write(way.destination, packet)
