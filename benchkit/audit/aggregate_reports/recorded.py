"""A collection of reports out of plain values, as a recording keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchkit.audit.aggregate_reports.collection import ReportCollection
from benchkit.audit.aggregate_reports.dmarc_report import DmarcReport, ReportedDkimResult, ReportRow, SpfCheck
from benchkit.audit.aggregate_reports.tls_report import TlsFailure, TlsPolicyResult, TlsReport


def from_values(values: Mapping[str, Any]) -> ReportCollection:
    """Raises TypeError or KeyError for what is no such collection."""
    return ReportCollection(
        dmarc=tuple(DmarcReport(**each | {"rows": tuple(map(_row, each["rows"]))}) for each in values["dmarc"]),
        tls=tuple(TlsReport(**each | {"policies": tuple(map(_policy, each["policies"]))}) for each in values["tls"]),
        unread=tuple((str(name), str(why)) for name, why in values["unread"]),
        repeated=int(values["repeated"]),
    )


def _row(values: dict[str, Any]) -> ReportRow:
    lists = {
        "overrides": tuple(map(str, values["overrides"])),
        "dkim": tuple(ReportedDkimResult(**each) for each in values["dkim"]),
        "spf": tuple(SpfCheck(**each) for each in values["spf"]),
    }
    return ReportRow(**values | lists)


def _policy(values: dict[str, Any]) -> TlsPolicyResult:
    return TlsPolicyResult(**values | {"details": tuple(TlsFailure(**each) for each in values["details"])})
