"""A fleet's audits as CSV, one row a domain: for spreadsheets, sorted as asked."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from io import StringIO

from benchkit.model.audit import AuditAspect, AuditedMechanism, AuditReport
from benchkit.model.finding import Status
from benchkit.model.outside_text import escaped, spreadsheet_text

COUNTED = (Status.FAIL, Status.WARN, Status.UNKNOWN)
COLUMNS = (
    *("domain", "verdict", "score"),
    *(mechanism.value for mechanism in AuditedMechanism),
    *(aspect.value for aspect in AuditAspect),
    *(status.value + "s" for status in COUNTED),
    *("spf_lookups", "dmarc_policy", "dmarc_effective_policy", "dkim_selectors", "worst_findings", "queries"),
)
NAMED = 3


def to_csv(reports: Sequence[AuditReport]) -> str:
    """RFC 4180, with a header line."""
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_row(escaped(report)) for report in reports)
    return out.getvalue()


def _row(report: AuditReport) -> dict[str, object]:
    numbers = Counter(finding.status for finding in report.all_findings)
    bad = [finding.rule for finding in report.findings if finding.status in (Status.FAIL, Status.WARN)]
    return {
        "domain": report.domain,
        "verdict": report.verdict.value,
        "score": report.score,
        **{mechanism.value: status.value for mechanism, status in report.verdicts.items()},
        **{aspect.value: status.value for aspect, status in report.aspects.items()},
        **{status.value + "s": numbers[status] for status in COUNTED},
        "spf_lookups": report.spf.lookups,
        "dmarc_policy": report.dmarc.policy,
        "dmarc_effective_policy": report.dmarc.effective_policy,
        "dkim_selectors": spreadsheet_text(" ".join(key.selector for key in report.dkim)),
        "worst_findings": " ".join(list(dict.fromkeys(bad))[:NAMED]),
        "queries": report.queries,
    }
