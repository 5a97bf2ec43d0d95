"""The parts of benchkit that work for every message, each alone: run by pyperf in processes of its own (micro.py)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyperf

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.model.tables import MESSAGES
from benchkit.protocol.prepared_message import PreparedMessage
from benchkit.protocol.replies import outcome_of_reply
from benchkit.protocol.turns import TurnCounter
from benchkit.scenario import load
from benchkit.stats import STATISTICS
from benchkit.store.rows import RowBuffer

SCENARIO = Path(__file__).parents[1] / "scenarios" / "quickstart.toml"
IDENTITY = b"0123456789abcdef01234567"
ROW = {column.name: "" if column.kind == "string" else 0 for column in MESSAGES.columns}
CAPACITY = 1 << 12


def count_turns() -> None:
    """What a message on an open SMTP connection takes: four commands, four replies."""
    counter = TurnCounter()
    for _ in range(4):
        counter.wrote(40)
        counter.read(20)


def record(rows: RowBuffer) -> None:
    if rows.count == CAPACITY:
        rows.columns()
        rows.clear()
    rows.append(**ROW)


def main() -> None:
    runner = pyperf.Runner(program_args=("-m", "benchmarks.micro_parts"))
    batch = compose(load(SCENARIO, known_names()).message)
    prepared = PreparedMessage(batch.messages[0], chunked=False)
    times = np.random.default_rng(1).lognormal(1.0, 0.5, 10_000)
    runner.bench_func("count the round trips of a message", count_turns)
    runner.bench_func("read a reply", outcome_of_reply, 450, "4.2.1 mailbox busy")
    runner.bench_func("put the identity into a message", prepared.content, IDENTITY)
    runner.bench_func("prepare a message", lambda: PreparedMessage(batch.messages[0], chunked=False))
    runner.bench_func("record a message", record, RowBuffer(MESSAGES, CAPACITY))
    runner.bench_func("95th percentile of 10,000 times", STATISTICS["p95"], times, 0.95)


if __name__ == "__main__":
    main()
