"""Rows of the tables `events` and `placements` for a synthetic run, of which each says only what a test is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from benchkit.model.run import Run
from benchkit.model.tables import EVENTS, PLACEMENTS, TableLayout

EVENT: Mapping[str, Any] = {
    "send": 0, "arm": 0, "kind": "delivered", "bounce": "", "at_ms": 0, "after_ms": 800, "received_ms": 0, "source": "mailgun",
    "event_id": "", "message_id": "", "recipient_hash": 1, "recipient_domain": "a.example", "code": 0, "enhanced": "",
    "reason": "", "machine": -1, "times": 1,
}  # fmt: skip
PLACEMENT: Mapping[str, Any] = {
    "send": 0, "arm": 0, "place": "inbox", "folder": "INBOX", "arrived_ms": 0, "resolution_ms": 1, "after_ms": 900,
    "spf": "pass", "dkim": "pass", "dmarc": "pass", "filter": "rspamd", "score": "-0.3", "symbols": "{}", "hops": 1,
    "hops_with_tls": 1, "hops_without_tls": 0, "return_path": "shop.example", "changes": "[]",
}  # fmt: skip


def with_rows(run: Run, events: Iterable[Mapping[str, Any]] = (), placements: Iterable[Mapping[str, Any]] = ()) -> Run:
    """The same run; `arm` is that of the send unless a row says otherwise."""
    arms = dict(zip(run.messages["send"].tolist(), run.messages["arm"].tolist(), strict=True))
    tables = {"events": (EVENTS, EVENT, events), "placements": (PLACEMENTS, PLACEMENT, placements)}
    made = {
        name: _table(layout, [{**default, "arm": arms.get(row["send"], -1), **row} for row in rows])
        for name, (layout, default, rows) in tables.items()
    }
    return replace(run, events=made["events"], placements=made["placements"])


def _table(layout: TableLayout, rows: list[dict[str, Any]]) -> Mapping[str, Any]:
    if not rows:
        return {}
    kinds = {"string": object}
    return {
        column.name: np.array([row[column.name] for row in rows], dtype=kinds.get(column.kind, column.kind))
        for column in layout.columns
    }
