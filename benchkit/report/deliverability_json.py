"""What became of accepted mail as JSON: the same in summary.json and in `benchkit events --json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from benchkit.model.deliverability import Deliverability


def deliverability_json(found: Deliverability) -> dict[str, Any]:
    document = asdict(found)
    return {("events_of_no_message" if name == "foreign" else name): value for name, value in document.items()}


def events_json(
    run: str,
    found: Deliverability | None,
    apart: Mapping[str, Mapping[str, int]],
    killed_ms: tuple[int, ...],
) -> dict[str, Any]:
    """`apart`: POSTs that are counted and kept apart, by what and reason. Without events or mailboxes the lists are empty."""
    return {
        "schema": 1,
        "run": run,
        **deliverability_json(found or Deliverability()),
        **{name: dict(counts) for name, counts in apart.items()},
        "receivers_killed_ms": list(killed_ms),
    }


def events_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what `events_json` gives; its deliverability part stands in summary.schema.json."""
    package = files(__package__)
    schema: dict[str, Any] = json.loads(package.joinpath("events.schema.json").read_text("utf-8"))
    return schema
