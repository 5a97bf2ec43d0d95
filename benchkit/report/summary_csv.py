"""A run's arms as CSV, for spreadsheets: a row for each arm under each condition, plain numbers, empty where not known.

`inf` is a time that failures reach, or an end of an interval that nothing bounds; `-inf` is the same at the lower end.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from math import inf

from benchkit.model.outside_text import escaped, spreadsheet_text
from benchkit.model.summary import ArmSummary, Estimate, Summary

_NOTHING = Estimate(None, needs=1)
_STATISTICS = ("p50", "p90", "p95", "p99", "mean")


def to_csv(summaries: Iterable[Summary]) -> str:
    """RFC 4180, with a header line."""
    out = io.StringIO()
    rows = [_row(summary, arm) for summary in map(_plain, summaries) for arm in summary.arms]
    writer = csv.DictWriter(out, list(rows[0]) if rows else ["run"], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _plain(summary: Summary) -> Summary:
    return escaped(summary, lines=False)


def _row(summary: Summary, arm: ArmSummary) -> Mapping[str, object]:
    rtts_ms = {condition.name: condition.rtt_ms for condition in summary.conditions}
    row: dict[str, object] = {
        "run": summary.run,
        "scenario": spreadsheet_text(summary.scenario),
        "valid": str(summary.valid).lower(),
        "arm": spreadsheet_text(arm.name),
        "transport": arm.transport,
        "client": arm.client,
        "connection": arm.connection,
        "condition": spreadsheet_text(arm.condition),
        "rtt_ms": rtts_ms.get(arm.condition),
        "planned": arm.planned,
        "accepted": arm.accepted,
        "failed": arm.failed,
        "unsent": arm.unsent,
        "arrived": arm.arrived,
        "round_trips": arm.turns.each if arm.turns else None,
        "messages_per_s": arm.throughput_per_s,
        "failure_rate": arm.failure_rate.value,
        "bytes_out": arm.bytes_out,
        "bytes_in": arm.bytes_in,
    }
    for name, estimates in (("service_ms", arm.service_ms), ("response_ms", arm.response_ms)):
        for statistic in _STATISTICS:
            found = estimates.get(statistic, _NOTHING)
            cells = zip(("", "_low", "_high"), _ends(found), strict=True)
            row |= {f"{name}_{statistic}{which}": cell for which, cell in cells}
    return row


def _ends(found: Estimate) -> tuple[float | None, float | None, float | None]:
    """Value, low and high."""
    if found.value is None and found.needs:
        return None, None, None
    value = inf if found.value is None else found.value
    if found.low is None and found.high is None:
        return value, None, None
    return value, (-inf if found.low is None else found.low), (inf if found.high is None else found.high)
