"""A synthetic stored run: no send, no file, seeded; for suites and tests of statistics, figures and reports.

`synthesise(times=(1.0, 2.9), load="talk", seed=7)` makes a run whose truth is known: see Recipe for what it takes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchkit.model.load import first_blocks
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import (
    ArmRecord,
    ConditionRecord,
    Manifest,
    Run,
    RunStatus,
)
from benchkit.model.tables import ARRIVALS, CELLS, LAGS, MESSAGES, PHASES, TableLayout
from benchkit.model.trace import Phase

DTYPES = {"string": "object", "binary": "object"}
BATCH = 5
DIGESTS = tuple(hashlib.blake2b(b"message %d" % index, digest_size=16).hexdigest() for index in range(BATCH))
PARTS = {Phase.MAIL: 0.2, Phase.RCPT: 0.2, Phase.DATA: 0.2, Phase.CONTENT: 0.4}


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a synthetic run is to look like. `times` are the arms' true service times as multiples of `base_ms`."""

    times: Sequence[float] = (1.0, 1.0)
    aa: Mapping[int, int] = field(default_factory=dict)  # index of the copy → index of its original
    baseline: int = 0
    load: str = "talk"
    blocks: int = 30
    warmup_blocks: int = 1
    messages_per_block: int = 10
    base_ms: float = 5.0
    message_noise: float = 0.10  # standard deviation of the logarithm of one message's time
    block_noise: float = 0.05  # … of what an arm's messages of one block have in common
    drift: float = 0.50  # how far the machine slows down from the first block to the last, for every arm alike
    failures: Mapping[int, float] = field(default_factory=dict)  # arm → chance of a failure
    conditions: tuple[ConditionRecord, ...] = (ConditionRecord("loopback", 0.05),)
    embedded: bool = True
    thresholds: Sequence[Mapping[str, Any]] = ()
    cpu: float = 0.3  # share of each cell's time that the generator computes
    queued: float = 0.0  # … and waits for a core
    lags: Sequence[tuple[int, int, int]] = ()  # first row of `messages` under it, last one, ns that the loop computed
    status: RunStatus = RunStatus.COMPLETE
    recovered: bool = False
    starts: int = 1
    start_noise: float = (
        0.0  # standard deviation of the logarithm of what an arm's messages of one start have in common
    )
    seed: int = 0

    @property
    def first_blocks(self) -> tuple[int, ...]:
        return first_blocks(self.blocks, self.warmup_blocks, self.starts)


def synthesise(**recipe: Any) -> Run:
    """A whole run by its recipe; every accepted message arrives once and unaltered."""
    r = Recipe(**recipe)
    messages = _messages(r, np.random.default_rng(r.seed))
    return Run(
        Path("synthetic"), _manifest(r), messages, _phases(messages), _arrivals(messages, r), r.recovered,
        cells=_cells(r, messages), lags=_lags(r, messages),
    )  # fmt: skip


def _manifest(r: Recipe) -> Manifest:
    return Manifest(
        run="20260101T000000Z-synthetic-5eed",
        token="00005eed",
        scenario="synthetic",
        question="Which is faster?",
        scenario_text="",
        created_utc="2026-01-01T00:00:00Z",
        status=r.status,
        load={"model": r.load, "concurrency": 1, "restarts": r.starts},
        blocks=r.blocks,
        warmup_blocks=r.warmup_blocks,
        messages_per_block=r.messages_per_block,
        rope=(0.90, 1.10),
        confidence=0.95,
        thresholds=r.thresholds,
        arms=tuple(_arm(r, index) for index in range(len(r.times))),
        conditions=r.conditions,
        digests=DIGESTS,
        batch_digest="00" * 16,
        batch_bytes=(4096,) * BATCH,
        overhead_us={"null": 12.0},
    )


def _arm(r: Recipe, index: int) -> ArmRecord:
    return ArmRecord(
        name=f"arm {index}",
        transport="smtp",
        client="aiosmtplib",
        connection="reuse",
        security="none",
        auth="",
        provider="",
        baseline=index == r.baseline,
        embedded=r.embedded,
        aa_of=r.aa.get(index, -1),
    )


def _messages(r: Recipe, rng: np.random.Generator) -> dict[str, Any]:
    """In the order of sending: conditions, blocks, arms, messages; one after the other on one connection per arm."""
    shape = (len(r.conditions), r.first_blocks[-1], len(r.times), r.messages_per_block)
    condition, block, arm, nth = (axis.ravel() for axis in np.indices(shape))
    n, start = condition.size, _start_of_block(r)[block]
    service_ns = _service_ns(r, rng, shape).ravel()
    ended_ns = 1_000_000_000 + np.cumsum(service_ns + 1_000)
    failed = rng.random(n) < np.array([r.failures.get(index, 0.0) for index in range(len(r.times))])[arm]
    columns = {
        "send": np.arange(n),
        "block": block,
        "warmup": block - np.array(r.first_blocks)[start] < r.warmup_blocks,
        "condition": condition,
        "arm": arm,
        "message": nth % BATCH,
        "intended_ns": ended_ns - service_ns,
        "started_ns": ended_ns - service_ns,
        "ended_ns": ended_ns,
        "connection": arm + start * len(r.times),
        "nth": nth + block * r.messages_per_block,
        "turns": np.full(n, 4),
        "bytes_out": np.full(n, 4200),
        "bytes_in": np.full(n, 180),
        "outcome": np.where(failed, OutcomeKind.DEFERRED, OutcomeKind.ACCEPTED),
        "code": np.where(failed, 450, 250),
        "enhanced": np.where(failed, "4.2.1", "2.0.0"),
        "text": np.where(failed, "busy", ""),
    }
    return _typed(columns, MESSAGES, n)


def _service_ns(r: Recipe, rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    truth = r.base_ms * 1e6 * np.asarray(r.times).reshape(1, 1, -1, 1)
    slower = np.linspace(1.0, 1.0 + r.drift, shape[1]).reshape(1, -1, 1, 1)
    noise = rng.normal(0, r.block_noise, (*shape[:3], 1)) + rng.normal(0, r.message_noise, shape)
    if r.start_noise:
        noise += rng.normal(0, r.start_noise, (shape[0], r.starts, shape[2], 1))[:, _start_of_block(r)]
    return (truth * slower * np.exp(noise)).astype("int64")


def _start_of_block(r: Recipe) -> Any:
    return np.repeat(np.arange(r.starts), np.diff(r.first_blocks))


def _phases(messages: Mapping[str, Any]) -> dict[str, Any]:
    """Four phases a message that fill its service time without a gap."""
    service = messages["ended_ns"] - messages["started_ns"]
    edges = messages["started_ns"] + np.outer(np.cumsum([0.0, *PARTS.values()]), service).astype("int64")
    edges[-1] = messages["ended_ns"]
    n = len(service)
    columns = {
        "send": np.tile(messages["send"], len(PARTS)),
        "phase": np.repeat(list(PARTS), n),
        "started_ns": edges[:-1].ravel(),
        "ended_ns": edges[1:].ravel(),
    }
    return _typed(columns, PHASES, n * len(PARTS))


def _cells(r: Recipe, messages: Mapping[str, Any]) -> dict[str, Any]:
    """One row a measured cell, of the one worker."""
    first = np.flatnonzero((np.arange(len(messages["send"])) % r.messages_per_block == 0) & ~messages["warmup"])
    started_ns, ended_ns = messages["started_ns"][first], messages["ended_ns"][first + r.messages_per_block - 1]
    columns = {name: messages[name][first] for name in ("condition", "block", "arm")}
    columns |= {"started_ns": started_ns, "ended_ns": ended_ns}
    columns |= {"cpu_ns": r.cpu * (ended_ns - started_ns), "queued_ns": r.queued * (ended_ns - started_ns)}
    return _typed(columns, CELLS, len(first))


def _lags(r: Recipe, messages: Mapping[str, Any]) -> dict[str, Any]:
    """Each from within its first message to within its last."""
    columns = {
        "condition": [messages["condition"][first] for first, _, _ in r.lags],
        "due_ns": [messages["started_ns"][first] + 1 for first, _, _ in r.lags],
        "called_ns": [messages["ended_ns"][last] - 1 for _, last, _ in r.lags],
        "cpu_ns": [cpu_ns for _, _, cpu_ns in r.lags],
    }
    return _typed(columns, LAGS, len(r.lags))


def _arrivals(messages: Mapping[str, Any], r: Recipe) -> dict[str, Any]:
    there = np.flatnonzero((messages["outcome"] == OutcomeKind.ACCEPTED) & r.embedded)
    columns = {
        "send": messages["send"][there],
        "arm": messages["arm"][there],
        "digest": [bytes.fromhex(DIGESTS[index]) for index in messages["message"][there]],
        "arrived_ns": messages["ended_ns"][there],
        "bytes": np.full(len(there), 4096),
        "recipients": np.ones(len(there)),
    }
    return _typed(columns, ARRIVALS, len(there))


def _typed(columns: Mapping[str, Any], layout: TableLayout, n: int) -> dict[str, Any]:
    """Every column that the model lists, in its type; those that the recipe does not fill are zero."""
    return {
        name: np.asarray(columns.get(name, np.zeros(n)), dtype=DTYPES.get(kind, kind))
        for name, kind in layout.kinds.items()
    }
