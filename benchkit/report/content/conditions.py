"""Under which conditions a run was measured: links, load, machine, versions, and the scenario as it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchkit.model.counts import counted
from benchkit.model.run import ArmRecord, Run
from benchkit.model.summary import ConditionSummary, Summary
from benchkit.report import numbers
from benchkit.report.content.page import Block, Cell, Column, Folded, Listing, Section, Table, columns

_LOADS = {
    "talk": "talk: one message at a time, closed loop",
    "throughput": "throughput: several senders, closed loop",
    "open": "open: on a schedule drawn beforehand, times from the intended start",
}


def conditions_section(summary: Summary, run: Run) -> Section:
    table = Table(
        (Column("what"), Column("value")),
        tuple((Cell(name), Cell(value)) for name, value in _facts(summary, run)),
        texts=True,
    )
    versions = tuple((Cell(name), Cell(version)) for name, version in sorted(_packages(run.manifest.host).items()))
    blocks: tuple[Block, ...] = (
        table,
        *([Folded("Versions of libraries", (Table(columns("package", "version"), versions),))] if versions else []),
        *(
            [Folded("The scenario, as written", (Listing(run.manifest.scenario_text),))]
            if run.manifest.scenario_text
            else []
        ),
    )
    return Section("conditions", "Conditions, scenario, versions", blocks, "Conditions")


def _facts(summary: Summary, run: Run) -> Iterator[tuple[str, str]]:
    manifest = run.manifest
    yield "run", f"{manifest.run}, {manifest.created_utc}, {summary.status}"
    yield "load", _LOADS.get(summary.load_model, summary.load_model)
    blocks, messages = counted(manifest.blocks, "block"), f"{counted(manifest.messages_per_block, 'message')} an arm"
    yield "design", f"{blocks} of {messages}; {manifest.warmup_blocks:,} for warm-up"
    yield "links", "\n".join(map(_link, summary.conditions))
    yield "arms", "\n".join(map(_arm, manifest.arms))
    for name in ("kernel", "python", "cores", "cpu"):
        if name in manifest.host:
            yield name, str(manifest.host[name])
    yield "batch", f"{len(manifest.digests):,} distinct messages, digest {manifest.batch_digest}"


def _link(condition: ConditionSummary) -> str:
    origin = "a link that benchkit made (docs/method.md §9)" if condition.lab else "no link of benchkit's own"
    return f"{condition.name}: RTT {numbers.decimal(condition.rtt_ms, 'ms')}, {origin}"


def _arm(arm: ArmRecord) -> str:
    parts = (arm.transport, arm.client, arm.provider, arm.connection, arm.security, arm.auth)
    details = (*parts, f"in the provider's sandbox ({arm.sandbox})" if arm.sandbox else "")
    return f"{arm.name}: {', '.join(part for part in details if part)}"


def _packages(host: Mapping[str, Any]) -> Mapping[str, str]:
    found = host.get("packages", {})
    return {str(name): str(version) for name, version in found.items()} if isinstance(found, Mapping) else {}
