"""The link's queueing, with time as a parameter: nothing waits here."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.experiment.lab import LinkSpec
from benchkit.experiment.lab.link_direction import LinkDirection

MS = 1_000_000
GAPS_AND_SIZES = st.lists(st.tuples(st.integers(0, 5 * MS), st.integers(40, 1500)), min_size=1, max_size=60)
LINKS = st.builds(
    LinkSpec,
    rtt_ms=st.floats(0, 300),
    jitter_ms=st.floats(0, 100),
    bandwidth_mbit=st.none() | st.floats(0.1, 1000),
    loss_percent=st.floats(0, 100),
    queue_kb=st.none() | st.floats(1, 100),
    seed=st.integers(0, 99),
)


def arrivals(line: LinkDirection, offers: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Offer at the given times, taking each packet at the very moment that it is due."""
    found: list[tuple[int, bytes]] = []

    def take_until(end_ns: float) -> None:
        while (due_ns := line.next_ns) is not None and due_ns <= end_ns:
            found.extend((due_ns, packet) for packet in line.take(due_ns))

    for at_ns, packet in offers:
        take_until(at_ns)
        line.offer(packet, at_ns)
    take_until(float("inf"))
    return found


def timed(gaps_and_sizes: list[tuple[int, int]]) -> list[tuple[int, bytes]]:
    now_ns, offers = 0, []
    for number, (gap_ns, size) in enumerate(gaps_and_sizes):
        now_ns += gap_ns
        offers.append((now_ns, number.to_bytes(4, "big") + bytes(size - 4)))
    return offers


@pytest.mark.parametrize(
    ("link", "sizes", "due_ms"),
    [
        (LinkSpec(rtt_ms=40), [100, 1500], [20.0, 20.0]),
        (LinkSpec(), [100], [0.0]),
        (LinkSpec(rtt_ms=10, bandwidth_mbit=8), [1000, 1000, 500], [6.0, 7.0, 7.5]),  # 1 ms a kB
        (LinkSpec(bandwidth_mbit=8, queue_kb=2), [1000] * 4, [1.0, 2.0]),  # two fit, two are dropped at the tail
        (LinkSpec(bandwidth_mbit=8, queue_kb=0.5), [1000, 1000], [1.0]),  # an idle link takes any packet
        (LinkSpec(rtt_ms=40, loss_percent=100), [100, 100], []),
    ],
)
def test_packets_offered_at_once_arrive_when_they_must(link: LinkSpec, sizes: list[int], due_ms: list[float]) -> None:
    line = LinkDirection(link, "out")
    found = arrivals(line, [(0, bytes(size)) for size in sizes])
    assert [due_ns / MS for due_ns, _ in found] == due_ms
    assert line.lost + line.overflowed == len(sizes) - len(due_ms)


@given(LINKS, GAPS_AND_SIZES)
def test_every_packet_arrives_in_order_or_is_counted_as_dropped(link: LinkSpec, traffic: list[tuple[int, int]]) -> None:
    line, offers = LinkDirection(link, "out"), timed(traffic)
    found = [packet for _, packet in arrivals(line, offers)]
    assert len(found) + line.lost + line.overflowed == len(offers)
    assert found == sorted(found)


@given(LINKS, GAPS_AND_SIZES)
def test_no_packet_is_early(link: LinkSpec, traffic: list[tuple[int, int]]) -> None:
    offers = timed(traffic)
    offered = {packet[:4]: at_ns for at_ns, packet in offers}
    shortest_ns = max(0.0, link.rtt_ms / 2 - link.jitter_ms / 4) * MS
    for due_ns, packet in arrivals(LinkDirection(link, "out"), offers):
        transmission_ns = len(packet) * 8e3 / link.bandwidth_mbit if link.bandwidth_mbit else 0.0
        assert due_ns - offered[packet[:4]] >= max(shortest_ns, transmission_ns) - 2


@given(GAPS_AND_SIZES, st.floats(0.1, 100))
def test_the_bottleneck_never_passes_more_than_its_bandwidth(traffic: list[tuple[int, int]], mbit: float) -> None:
    found = arrivals(LinkDirection(LinkSpec(bandwidth_mbit=mbit), "out"), timed(traffic))
    for (earlier_ns, _), (later_ns, packet) in pairwise(found):
        assert later_ns - earlier_ns >= len(packet) * 8e3 / mbit - 2


@given(LINKS, GAPS_AND_SIZES)
def test_the_same_seed_loses_the_same_packets(link: LinkSpec, traffic: list[tuple[int, int]]) -> None:
    offers = timed(traffic)
    assert arrivals(LinkDirection(link, "out"), offers) == arrivals(LinkDirection(link, "out"), offers)


def test_one_percent_of_loss_is_one_percent() -> None:
    line = LinkDirection(LinkSpec(loss_percent=1), "out")
    for _ in range(50_000):
        line.offer(b"", 0)
    assert line.lost / 50_000 == pytest.approx(0.01, abs=0.002)


def test_the_directions_lose_different_packets() -> None:
    out, back = (LinkDirection(LinkSpec(loss_percent=50), name) for name in ("out", "back"))
    assert [out.offer(b"", 0) for _ in range(64)] != [back.offer(b"", 0) for _ in range(64)]
