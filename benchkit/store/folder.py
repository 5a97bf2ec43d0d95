"""A run's folder: its name, its manifest (run.json), its small text files. Every file is written whole or not at all."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

from benchkit.errors import InputError, Mistake, StoreError, reason
from benchkit.model.clock import utc_now
from benchkit.model.run import ArmRecord, ConditionRecord, Manifest, RunStatus, StartRecord
from benchkit.model.tables import SCHEMA_VERSION
from benchkit.store import manifest_check, reserve_file
from benchkit.store.private_files import make_private_folder, private_files, write_private


def create_folder(results: Path, scenario: str, token: str) -> Path:
    """`<results>/<utc>-<scenario>-<token>/`, new and private; raises InputError if it cannot be made."""
    slug = re.sub(r"[^A-Za-z0-9._]+", "-", scenario).strip("-.") or "run"
    folder = results / f"{utc_now():%Y%m%dT%H%M%SZ}-{slug}-{token}"
    try:
        make_private_folder(folder)
    except OSError as error:
        problem = f"no run can be stored there: {error.strerror}; name another folder with --out"
        raise InputError(Mistake(str(results), problem)) from error
    with private_files():
        reserve_file.lay(folder)
    return folder


def newest_run(results: Path) -> Path:
    """The latest run in a results folder, by its name; raises InputError where there is none."""
    runs = sorted(path.parent for path in results.glob("*/run.json"))
    if not runs:
        raise InputError(Mistake(str(results), "holds no run. Make one: benchkit run scenarios/quickstart.toml"))
    dated = [path for path in runs if re.match(r"\d{8}T\d{6}Z-", path.name)]
    return (dated or runs)[-1]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    write_text(folder / "run.json", json.dumps(dataclasses.asdict(manifest), indent=1, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """Raises InputError where there is none, or one that this version cannot read."""
    if inside := _runs_inside(folder):
        problem = f"is a folder of {len(inside)} runs: name one, as {newest_run(folder)}"
        raise InputError(Mistake(str(folder), problem))
    try:
        stored: Any = json.loads((folder / "run.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(Mistake(str(folder), f"holds no run that can be read: run.json: {reason(error)}")) from error
    if not isinstance(stored, dict):
        raise InputError(Mistake(str(folder / "run.json"), "is damaged: it is not a JSON object"))
    if (schema := stored.get("schema")) not in range(1, SCHEMA_VERSION + 1) or isinstance(schema, bool | float):
        problem = f"is of schema {schema}, and this benchkit reads 1 to {SCHEMA_VERSION}: use the benchkit that made it"
        raise InputError(Mistake(str(folder / "run.json"), problem))
    if problem := manifest_check.fault(stored):
        raise InputError(Mistake(str(folder / "run.json"), f"is damaged: {problem}"))
    return _manifest(manifest_check.known(stored, Manifest))


def _runs_inside(folder: Path) -> list[Path]:
    """Of a folder that is no run itself; none where the system does not take the name, which the reader then says."""
    try:
        return [] if (folder / "run.json").exists() else [path.parent for path in folder.glob("*/run.json")]
    except (OSError, ValueError):
        return []


def write_text(path: Path, text: str | bytes) -> None:
    """Written to a temporary file and renamed, so no reader sees half of it, even after a crash. Raises StoreError."""
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        write_private(unfinished, text)
        unfinished.rename(path)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error


def _manifest(stored: dict[str, Any]) -> Manifest:
    return Manifest(
        **stored
        | {
            "status": RunStatus(stored["status"]),
            "rope": tuple(stored["rope"]),
            "arms": tuple(ArmRecord(**manifest_check.known(arm, ArmRecord)) for arm in stored["arms"]),
            "conditions": tuple(
                ConditionRecord(**manifest_check.known(one, ConditionRecord)) for one in stored["conditions"]
            ),
            "looked": tuple(stored.get("looked", ())),
            "starts": tuple(StartRecord(**manifest_check.known(one, StartRecord)) for one in stored.get("starts", ())),
            "digests": tuple(stored["digests"]),
            "batch_bytes": tuple(stored["batch_bytes"]),
            "recipients": tuple(stored.get("recipients", ())),
            "recipient_hashes": tuple(stored.get("recipient_hashes", ())),
            "sender_hashes": tuple(stored.get("sender_hashes", ())),
            "warnings": tuple(stored.get("warnings", ())),
        }
    )
