"""A run's arms as CSV, for spreadsheets: a row for each arm under each condition, plain numbers, empty where not known."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from benchkit.model.outside_text import escaped, spreadsheet_text
from benchkit.model.summary import ArmSummary, Estimate, Summary

_NOTHING = Estimate(None)
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
            row |= {f"{name}_{statistic}": found.value, f"{name}_{statistic}_low": found.low}
            row[f"{name}_{statistic}_high"] = found.high
    return row
