"""The audit of a zone file as SARIF 2.1.0, so that code review shows each finding at its line of the zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchkit.audit.rule import Rule
from benchkit.model.audit import AuditReport
from benchkit.model.finding import Finding, Status

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Status.FAIL: "error", Status.WARN: "warning", Status.INFO: "note", Status.UNKNOWN: "note"}
ENOUGH = 24  # characters of a record's text that tell its line from others


def to_sarif(reports: Sequence[AuditReport], rules: Iterable[Rule], zone: Path) -> dict[str, Any]:
    """`zone` is the file that was audited; what has passed is left out."""
    lines = zone.read_text("utf-8").splitlines()
    found = [finding for report in reports for finding in report.findings if finding.status in LEVELS]
    driver = {"name": "benchkit audit", "rules": [_rule(rule) for rule in rules]}
    results = [_result(finding, zone, lines) for finding in found]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.text},
        "help": {"text": f"{rule.text} ({rule.reference})"},
    }


def _result(finding: Finding, zone: Path, lines: Sequence[str]) -> dict[str, Any]:
    region = {"startLine": line_of(finding, lines)}
    advice = f" {finding.advice}" if finding.advice else ""
    return {
        "ruleId": finding.rule.partition(".")[0],
        "level": LEVELS[finding.status],
        "message": {"text": f"{finding.subject}: {finding.message}.{advice}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": zone.as_posix()}, "region": region}}],
        "partialFingerprints": {"finding/v1": f"{finding.rule}/{finding.subject}"},
    }


def line_of(finding: Finding, lines: Sequence[str]) -> int:
    """The line, from 1, of the first record that the finding rests on; 1 where the zone has no such record."""
    for answer in finding.evidence:
        for record in answer.records:
            words = record.text[:ENOUGH].rstrip('"').split()
            mark = " ".join(words[:-1] or words) if record.type == "TXT" else record.target.split(".")[0] or record.text
            for number, line in enumerate(lines, 1):
                if f" {answer.type} " in line and mark in " ".join(line.split()):
                    return number
    return 1
