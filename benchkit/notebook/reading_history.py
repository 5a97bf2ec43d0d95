"""A results folder → what history needs: of each run its manifest, its answer and how its sends ended; audits in `audits/`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchkit.errors import BenchkitError
from benchkit.model.event import EventKind
from benchkit.model.history import ArmFacts, AuditFacts, History, RunFacts
from benchkit.model.plain_number import significant
from benchkit.model.run import Manifest
from benchkit.model.tables import EVENTS
from benchkit.notebook.opening import runs
from benchkit.notebook.stored_run import StoredRun

AUDITS = "audits"


def read_history(folder: Path, scenario: str = "") -> History:
    """Runs that cannot be read are named, and left out; `scenario` chooses those of one name."""
    from benchkit.stats.history import history_of

    found = runs(folder)
    facts, unreadable = [], list(found.unreadable)
    for run in found:
        if scenario in ("", run.manifest.scenario):
            try:
                facts.append(_facts(run))
            except BenchkitError as error:
                unreadable.append(str(error))
    audits, damaged = _audits(folder / AUDITS)
    return history_of(facts, audits, [*unreadable, *damaged])


def _facts(run: StoredRun) -> RunFacts:
    from benchkit.stats.history import consumption_of

    manifest, answer = run.manifest, _answer(run)
    return RunFacts(
        run=manifest.run,
        created_utc=manifest.created_utc,
        scenario=manifest.scenario,
        load=_load(manifest),
        machine=_machine(manifest),
        status=str(manifest.status),
        valid=bool(answer["valid"]),
        arms=tuple(_arm(arm, str(manifest.load["model"])) for arm in answer["arms"]),
        consumption=consumption_of(run.data, _bounced(run)),
    )


def _answer(run: StoredRun) -> Mapping[str, Any]:
    """As stored with the run; computed where there is none, or one of another shape."""
    with suppress(OSError, ValueError):
        stored = json.loads((run.path / "summary.json").read_text("utf-8"))
        if _has_shape(stored):
            return dict(stored)
    from benchkit.report.summary_json import to_json

    return to_json(run.summary)


def _has_shape(stored: Any) -> bool:
    return isinstance(stored, dict) and "valid" in stored and isinstance(stored.get("arms"), list) and all(
        isinstance(arm, dict) and {"name", "condition", "accepted", "failed", "service_ms"} <= arm.keys()
        and isinstance(arm["service_ms"], dict) for arm in stored["arms"]
    )  # fmt: skip


def _arm(arm: Mapping[str, Any], load_model: str) -> ArmFacts:
    times = "response_ms" if load_model == "open" else "service_ms"
    low, high = (arm.get(f"{times}_ci") or {}).get("p50") or (None, None)
    return ArmFacts(
        arm=str(arm["name"]),
        condition=str(arm["condition"]),
        median_ms=arm[times].get("p50"),
        low_ms=low,
        high_ms=high,
        sent=int(arm["accepted"]) + int(arm["failed"]),
        failed=int(arm["failed"]),
    )


def _load(manifest: Manifest) -> str:
    """What makes times comparable: how many were sent at once, or at which rate."""
    model, senders = str(manifest.load["model"]), manifest.load.get("concurrency", 1)
    rate = manifest.load.get("rate_per_s") or 0
    return f"{model}, {significant(rate)} a second" if rate else f"{model}, {senders} at once"


def _machine(manifest: Manifest) -> str:
    facts = manifest.host.get("pyperf")
    model = facts.get("cpu_model_name") if isinstance(facts, Mapping) else None
    return f"{model or 'processor not known'}, {manifest.host.get('cores', '?')} cores"


def _bounced(run: StoredRun) -> frozenset[int] | None:
    """The sends that came back; None where no one has collected the run's events."""
    from benchkit.store.events import read_events

    if not (run.path / f"{EVENTS.name}.parquet").exists():
        return None
    return frozenset(int(event["send"]) for event in read_events(run.path) if event["kind"] == EventKind.BOUNCED)


def _audits(folder: Path) -> tuple[list[AuditFacts], list[str]]:
    """Files as `benchkit audit --json` prints them: one audit, or a list. The time is the file's own."""
    found, damaged = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            document: Any = json.loads(path.read_text("utf-8"))
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
            found += [_audit(one, at) for one in (document if isinstance(document, list) else [document])]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            damaged.append(f"{path} is not the output of benchkit audit --json")
    return found, damaged


def _audit(document: Mapping[str, Any], at_utc: str) -> AuditFacts:
    return AuditFacts(
        domain=str(document["domain"]),
        ip=str(document.get("ip") or ""),
        at_utc=str(document.get("at_utc") or at_utc),
        verdict=str(document["verdict"]),
        score=document["score"],
        spf=str(document["spf"].get("result") or ""),
        mechanisms=tuple((str(name), str(status)) for name, status in document["mechanisms"].items()),
    )
