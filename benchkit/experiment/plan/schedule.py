"""The plan: randomised complete blocks, a pure function of the scenario (method.md §5).

The run goes through its starts, and in each start through the conditions: every pair of the two is a segment with processes
of its own. Each block holds every arm once, in an order drawn from the seed; all arms of a block send the same messages of the
batch and, in an open load, on the same schedule. Worker and parent derive the same plan from the same scenario: it need not be
stored.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate
from statistics import mean

from benchkit.experiment.lab import LinkSpec, links_of
from benchkit.experiment.paces import PACES
from benchkit.model.load import Arrivals, LoadModel, LoadSpec
from benchkit.model.message import Batch
from benchkit.model.plan import PlanCell, Planned
from benchkit.model.scenario import ArmSpec, Scenario
from benchkit.protocol.expected_turns import is_known, message_turns


def links(scenario: Scenario) -> tuple[LinkSpec, ...]:
    """The lab's links, one per condition; none if the scenario has no lab, and so one condition."""
    return links_of(scenario.network, scenario.load.seed)


def segments(scenario: Scenario) -> Iterator[tuple[int, int]]:
    """(condition, start) in the order of the run. With several starts the conditions interleave, in an order drawn for each."""
    for start in range(scenario.load.restarts):
        conditions = list(range(condition_count(scenario)))
        if scenario.load.restarts > 1:
            random.Random(f"conditions/{scenario.load.seed}/{start}").shuffle(conditions)
        yield from ((condition, start) for condition in conditions)


def cells(scenario: Scenario, batch_size: int, condition: int, start: int) -> Iterator[PlanCell]:
    """A segment's cells in run order; warm-up blocks come first. Send numbers have no gaps over the whole run."""
    load = scenario.load
    first, end = load.first_blocks[start], load.first_blocks[start + 1]
    first_send = (condition * load.all_blocks + first) * load.messages_per_block * len(scenario.arms)
    for block in range(first, end):
        offsets_ns = schedule(load, block)
        for arm in arm_order(len(scenario.arms), load.seed, condition * load.all_blocks + block):
            yield PlanCell(
                block=block,
                warmup=block - first < load.warmup_blocks,
                condition=condition,
                arm=arm,
                first_send=first_send,
                count=load.messages_per_block,
                first_message=block * load.messages_per_block % batch_size,
                batch_size=batch_size,
                offsets_ns=offsets_ns,
            )
            first_send += load.messages_per_block


def planned_rows(scenario: Scenario, batch_size: int) -> Iterator[Planned]:
    """The plan, row by row, in the order of the run."""
    for condition, start in segments(scenario):
        for cell in cells(scenario, batch_size, condition, start):
            for i in range(cell.count):
                offset_ns = cell.offsets_ns[i] if cell.offsets_ns else 0
                yield Planned(
                    cell.send_of(i), cell.block, cell.warmup, condition, cell.arm, cell.message_of(i), offset_ns
                )


def total_sends(scenario: Scenario) -> int:
    """Sends of the whole run, warm-up included."""
    return condition_count(scenario) * sends_per_condition(scenario)


def condition_count(scenario: Scenario) -> int:
    return len(links(scenario)) or 1


def sends_per_condition(scenario: Scenario) -> int:
    return scenario.load.all_blocks * scenario.load.messages_per_block * len(scenario.arms)


def sends_of_start(scenario: Scenario, start: int) -> int:
    """Under one condition, including warm-up."""
    first, end = scenario.load.first_blocks[start : start + 2]
    return (end - first) * scenario.load.messages_per_block * len(scenario.arms)


def sends_of_an_arm(scenario: Scenario) -> int:
    """Of the whole run, warm-up included."""
    return condition_count(scenario) * scenario.load.all_blocks * scenario.load.messages_per_block


def messages_in_a_row(load: LoadSpec, arm: ArmSpec) -> int:
    """Messages that one sender sends in a block over one connection."""
    senders = min(PACES[load.model].senders(load.concurrency), load.messages_per_block)
    share = -(-load.messages_per_block // senders)
    return min(share, arm.connection.messages) if arm.connection.messages else share


def mean_message_turns(load: LoadSpec, arm: ArmSpec, batch: Batch) -> float | None:
    """Average over the batch, on an open connection; None if unknown.

    It is unknown if the load decides it (requests that carry all due messages), or if the client has its own dialogue.
    """
    if (load.model is LoadModel.OPEN and arm.messages_per_request > 1) or not is_known(arm):
        return None
    in_a_row = messages_in_a_row(load, arm)
    return mean(message_turns(arm, len(message.recipients), in_a_row) for message in batch.messages)


def arm_order(arms: int, seed: int, block: int) -> list[int]:
    """A permutation of the arms for that block, counted through the whole run."""
    order = list(range(arms))
    random.Random(f"order/{seed}/{block}").shuffle(order)
    return order


def schedule(load: LoadSpec, block: int) -> tuple[int, ...]:
    """Intended times after the cell's start, ascending, in ns; empty for a closed loop."""
    if load.model is not LoadModel.OPEN:
        return ()
    mean_ns = 1e9 / load.rate_per_s
    if load.arrivals is Arrivals.CONSTANT:
        gaps = [mean_ns] * load.messages_per_block
    else:
        draw = random.Random(f"schedule/{load.seed}/{block}")
        gaps = [draw.expovariate(1.0) * mean_ns for _ in range(load.messages_per_block)]
    return tuple(round(at) for at in accumulate(gaps))
