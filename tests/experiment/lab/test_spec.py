"""The sweeps of [network] as conditions, and their names."""

from __future__ import annotations

import pytest

from benchkit.experiment.lab import LinkSpec, links_of
from benchkit.model.scenario import NetworkSpec


@pytest.mark.parametrize(
    ("link", "name"),
    [
        (LinkSpec(), "0 ms link"),
        (LinkSpec(rtt_ms=40), "40 ms link"),
        (LinkSpec(rtt_ms=0.5, jitter_ms=2), "0.5 ms link, 2 ms jitter"),
        (LinkSpec(40, 0, 2, 1, 64), "40 ms link, 2 Mbit/s, 1 % loss, 64 kB queue"),
    ],
)
def test_a_link_has_a_name(link: LinkSpec, name: str) -> None:
    assert link.name == name


def test_without_a_network_there_is_no_link() -> None:
    assert links_of(NetworkSpec(), seed=1) == ()


def test_lists_are_crossed() -> None:
    links = links_of(NetworkSpec(rtt_ms=(10, 40), bandwidth_mbit=(1, 8)), seed=3)
    assert [(link.rtt_ms, link.bandwidth_mbit) for link in links] == [(10, 1), (10, 8), (40, 1), (40, 8)]
    assert {link.seed for link in links} == {3}
    assert len({link.name for link in links}) == 4


def test_what_is_not_asked_for_is_not_limited() -> None:
    (link,) = links_of(NetworkSpec(loss_percent=(1,)), seed=1)
    assert (link.rtt_ms, link.bandwidth_mbit, link.queue_kb) == (0, None, None)
