"""Which core each process of a start is bound to, in an order drawn from the seed.

A process that wanders between cores, or always meets the same one, makes a run differ from the next. So each process meets
every core equally often over the starts. Where there are fewer idle cores than busy processes (the lab's link is one), binding
would make them wait for each other, and nothing is bound.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from benchkit.experiment.plan.schedule import links
from benchkit.experiment.process.job import SINK, worker_name
from benchkit.experiment.process.targets import is_embedded
from benchkit.model.scenario import Scenario


def cores_of(scenario: Scenario, available: Sequence[int], condition: int, start: int) -> dict[str, tuple[int, ...]]:
    """By process; a process without an entry is not bound. The lab's link is never bound, but needs a core too."""
    if not available:
        return {}
    names = [worker_name(worker) for worker in range(scenario.load.workers)]
    if any(is_embedded(arm) for arm in scenario.arms):
        names.append(SINK)
    if len(names) + bool(links(scenario)) > len(available):
        return {}
    cores, turn = sorted(available), start % len(available)
    draw = random.Random(f"cores/{scenario.load.seed}/{condition}/{start // len(available)}")
    first = draw.sample(range(len(cores)), len(cores))[turn]
    return {name: (cores[(first + i) % len(cores)],) for i, name in enumerate(names)}
