"""How two runs differ besides their results: scenario, batch, network, machine and versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from benchkit.model.counts import counted
from benchkit.model.run import ConditionRecord, Manifest, RunStatus
from benchkit.report import numbers
from benchkit.scenario.toml_text import document_of

MOST_LINES = 12
_MOST_LETTERS = 60
_SAME_RTT = 1.1
_ENDED = {
    RunStatus.RUNNING: "goes on, so it does not hold all that it planned",
    RunStatus.INTERRUPTED: "was interrupted, so it does not hold all that it planned",
    RunStatus.KILLED: "was killed, so it may not hold all that it planned",
    RunStatus.BROKEN: "broke: one of its processes died",
}
_HOST = ("python", "kernel", "cores")


def differences(before: Manifest, after: Manifest) -> list[str]:
    """At least one line: where nothing differs, it says so."""
    found = [
        *_ends(before, after),
        *_scenario(before, after),
        *_batch(before, after),
        *_network(before, after),
        *_host(before, after),
    ]
    return found or [f"No recorded difference: the same scenario (digest {scenario_digest(after)}), batch and machine."]


def _ends(before: Manifest, after: Manifest) -> Iterator[str]:
    """Of each run that did not come to its end."""
    yield from (f"{run.run} {_ENDED[run.status]}." for run in (before, after) if run.status in _ENDED)


def scenario_digest(manifest: Manifest) -> str:
    return hashlib.blake2b(manifest.scenario_text.encode(), digest_size=6).hexdigest()


def _scenario(before: Manifest, after: Manifest) -> Iterator[str]:
    if scenario_digest(before) == scenario_digest(after):
        return
    keys = [_keys(manifest) for manifest in (before, after)]
    changed = [key for key in sorted({*keys[0], *keys[1]}) if keys[0].get(key) != keys[1].get(key)]
    if not changed:
        yield "The scenario's text differs in comments only."
    yield from (f"{key}: {_shown(keys[0].get(key))} → {_shown(keys[1].get(key))}" for key in changed[:MOST_LINES])
    if len(changed) > MOST_LINES:
        yield f"… and {len(changed) - MOST_LINES} more keys of the scenario."


def _keys(manifest: Manifest) -> Mapping[str, Any]:
    """Every key of the scenario with its value, and what `--set` put over it, which stands in comments at its end."""
    try:
        found = dict(_flat(document_of(manifest.scenario_text), ""))
    except (ValueError, RecursionError):
        return {}
    lines = [
        line.removeprefix("# --set ") for line in manifest.scenario_text.splitlines() if line.startswith("# --set ")
    ]
    return found | {f"--set {line.partition('=')[0]}": line.partition("=")[2] for line in lines}


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
        for place, part in enumerate(value):
            name = part.get("name", place) if isinstance(part, dict) else place
            yield from _flat(part, f"{path} “{name}”")
    else:
        yield path, value


def _batch(before: Manifest, after: Manifest) -> Iterator[str]:
    if before.batch_digest != after.batch_digest:
        yield f"The batch differs: {_messages(before)} → {_messages(after)}."


def _messages(manifest: Manifest) -> str:
    sizes = manifest.batch_bytes
    return f"{counted(len(manifest.digests), 'message')} of {numbers.size(sum(sizes) / max(1, len(sizes)))} on average"


def _network(before: Manifest, after: Manifest) -> Iterator[str]:
    """Conditions of one name whose measured RTTs are further apart than the measurement explains."""
    later = {condition.name: condition for condition in after.conditions}
    for condition in before.conditions:
        other = later.get(condition.name)
        if other is not None and _moved(condition, other):
            rtts = [numbers.decimal(one.rtt_ms, "ms") for one in (condition, other)]
            yield f"RTT of {condition.name}: {rtts[0]} → {rtts[1]}."


def _moved(condition: ConditionRecord, other: ConditionRecord) -> bool:
    """Loopback's few microseconds do not count."""
    low, high = sorted((condition.rtt_ms or 0.0, other.rtt_ms or 0.0))
    return high > 0.5 and high > _SAME_RTT * low


def _host(before: Manifest, after: Manifest) -> Iterator[str]:
    for key in _HOST:
        if before.host.get(key) != after.host.get(key):
            yield f"{key}: {_shown(before.host.get(key))} → {_shown(after.host.get(key))}"
    old, new = (one.host.get("packages") or {} for one in (before, after))
    for name in sorted(old.keys() & new.keys()):  # a run records the libraries of its own clients
        if old[name] != new[name]:
            yield f"{name}: {_shown(old[name])} → {_shown(new[name])}"


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = str(value)
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"
