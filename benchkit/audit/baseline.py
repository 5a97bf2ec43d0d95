"""What has changed since an earlier audit, by its JSON: findings that are new, and findings that are gone.

A finding is the same if rule, subject and status are; its wording and evidence may differ.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchkit.errors import InputError, Mistake, reason
from benchkit.model.audit import AuditReport
from benchkit.model.finding import Finding

Identity = tuple[str, str, str]
Earlier = Mapping[str, list[Mapping[str, Any]]]  # findings by domain, as they stood in the earlier JSON


@dataclass(frozen=True, slots=True)
class Changes:
    new: tuple[Finding, ...]
    unchanged: tuple[Finding, ...]
    gone: tuple[Mapping[str, Any], ...]  # as they stood in the earlier JSON


def read_baseline(path: Path) -> Earlier:
    """An earlier `--json` output. Raises InputError."""
    try:
        document = json.loads(path.read_text("utf-8"))
        reports = document if isinstance(document, list) else [document]
        return {str(report["domain"]): [_finding(each) for each in report["findings"]] for report in reports}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(Mistake(str(path), f"is not the output of benchkit audit --json: {reason(error)}")) from None


def _finding(each: Any) -> Mapping[str, Any]:
    """Raises TypeError."""
    if not isinstance(each, dict):
        raise TypeError("a finding is not an object")
    return each


def changes(report: AuditReport, earlier: list[Mapping[str, Any]]) -> Changes:
    now = {_identity(finding) for finding in report.findings}
    then = {_earlier(each) for each in earlier}
    new = tuple(finding for finding in report.findings if _identity(finding) not in then)
    unchanged = tuple(finding for finding in report.findings if _identity(finding) in then)
    return Changes(new, unchanged, tuple(each for each in earlier if _earlier(each) not in now))


def _identity(finding: Finding) -> Identity:
    return finding.rule, finding.subject, finding.status.value


def _earlier(finding: Mapping[str, Any]) -> Identity:
    return str(finding.get("rule")), str(finding.get("subject")), str(finding.get("status"))
