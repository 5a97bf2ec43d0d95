"""One link: the values of one condition of `[network]`, and its name in reports.

Law: values only. None, or 0 for delays and losses, means that the link does not have the property.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from benchkit.model.plain_number import significant
from benchkit.model.scenario import NetworkSpec


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """Both directions are alike. `loss_percent` is of packets, in each direction; `queue_kb` is the bottleneck's queue.

    `jitter_ms` is the spread of the round trip: in each direction, a packet's delay is within a quarter of it from the
    middle.
    """

    rtt_ms: float = 0.0
    jitter_ms: float = 0.0
    bandwidth_mbit: float | None = None
    loss_percent: float = 0.0
    queue_kb: float | None = None
    seed: int = 1

    @property
    def name(self) -> str:
        """“40 ms link”, “40 ms link, 2 Mbit/s, 1 % loss”."""
        return ", ".join((f"{significant(self.rtt_ms, separator='')} ms link", *self._particulars()))

    def _particulars(self) -> Iterator[str]:
        if self.jitter_ms:
            yield f"{significant(self.jitter_ms, separator='')} ms jitter"
        if self.bandwidth_mbit is not None:
            yield f"{significant(self.bandwidth_mbit, separator='')} Mbit/s"
        if self.loss_percent:
            yield f"{significant(self.loss_percent, separator='')} % loss"
        if self.queue_kb is not None:
            yield f"{significant(self.queue_kb, separator='')} kB queue"


def links_of(network: NetworkSpec, seed: int) -> tuple[LinkSpec, ...]:
    """Every combination of the sweeps, the first key varying slowest; empty without a lab."""
    if network == NetworkSpec():
        return ()
    plain = LinkSpec()
    combinations = product(
        network.rtt_ms or (plain.rtt_ms,),
        network.jitter_ms or (plain.jitter_ms,),
        network.bandwidth_mbit or (plain.bandwidth_mbit,),
        network.loss_percent or (plain.loss_percent,),
        network.queue_kb or (plain.queue_kb,),
    )
    return tuple(LinkSpec(*combination, seed) for combination in combinations)
