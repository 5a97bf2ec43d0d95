"""An audit as JSON: one object a domain, in the shape of audit.schema.json beside this file.

Law: what is not known is null. A change that takes a key away, or gives it another meaning, raises AUDIT_SCHEMA_VERSION.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from benchkit.model.audit import AUDIT_SCHEMA_VERSION, AuditReport
from benchkit.model.dns import Answer, Record
from benchkit.model.finding import Finding
from benchkit.model.record_fix import RecordFix, value_of, zone_line
from benchkit.report.finding_groups import do_first
from benchkit.report.fix_words import panel_name


def to_json(report: AuditReport) -> dict[str, Any]:
    """Ready for json.dumps."""
    return {
        "schema": AUDIT_SCHEMA_VERSION,
        "domain": report.domain,
        "verdict": report.verdict.value,
        "score": report.score,
        "mechanisms": {mechanism.value: status.value for mechanism, status in report.verdicts.items()},
        "findings": [finding_json(finding) for finding in report.findings],
        "deductions": [asdict(item) for item in report.deductions],
        "spf": asdict(report.spf) | {"path": list(report.spf.path)},
        "dkim": [asdict(key) for key in report.dkim],
        "dmarc": asdict(report.dmarc),
        "reports": asdict(report.reports) if report.reports else None,
        "aspects": {aspect.value: status.value for aspect, status in report.aspects.items()},
        "first": do_first(report.findings),
        "fixes": [fix_json(fix) for fix in report.fixes],
        "message": asdict(report.message) if report.message else None,
        "not_checked": list(report.not_checked),
        "queries": report.queries,
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "status": finding.status.value,
        "subject": finding.subject,
        "message": finding.message,
        "evidence": [_answer(answer) for answer in finding.evidence],
        "advice": finding.advice,
        "paste": finding.paste,
        "reference": finding.reference,
        "span": list(finding.span) if finding.span else None,
        "follows": finding.follows,
    }


def fix_json(fix: RecordFix) -> dict[str, Any]:
    """`zone` is each record's line of a zone file; `value` what a control panel wants."""
    return {
        "what": fix.what,
        "name": fix.name,
        "panel_name": panel_name(fix),
        "type": fix.type,
        "before": [_record(fix.name, record) for record in fix.before],
        "after": [_record(fix.name, record) for record in fix.after],
        "changes": list(fix.changes),
        "ask": fix.ask,
        "when": fix.when,
        "unless": fix.unless,
    }


def _record(name: str, record: Record) -> dict[str, str]:
    return {"zone": zone_line(name, record), "value": value_of(record)}


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what `to_json` gives."""
    loaded: dict[str, Any] = json.loads(files(__package__).joinpath("audit.schema.json").read_text("utf-8"))
    return loaded


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "name": answer.name,
        "type": answer.type,
        "state": answer.state.value,
        "rcode": answer.rcode,
        "records": [record.text for record in answer.records],
        "cnames": list(answer.cnames),
        "resolver": answer.resolver,
        "rtt_ms": answer.rtt_ms,
        "ad": answer.ad,
        "ede": list(answer.ede),
    }
