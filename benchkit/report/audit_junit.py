"""Audits as JUnit XML, for CI servers: a suite a domain, a case a finding; unknown is skipped, not failed."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from benchkit.model.audit import AuditReport
from benchkit.model.finding import Finding, Status
from benchkit.model.outside_text import escaped, xml_text

FAILURES = {"warn": (Status.WARN, Status.FAIL), "fail": (Status.FAIL,)}


def to_junit(reports: Sequence[AuditReport], fail_on: str = "") -> str:
    """`fail_on` decides whether a warning is a failure too; by default only `fail` is."""
    bad = FAILURES[fail_on or "fail"]
    root = Element("testsuites", name="benchkit audit")
    for report in reports:
        _suite(root, escaped(report), bad)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, report: AuditReport, bad: tuple[Status, ...]) -> None:
    numbers = {
        "tests": len(report.findings),
        "failures": sum(finding.status in bad for finding in report.findings),
        "skipped": sum(finding.status is Status.UNKNOWN for finding in report.findings),
    }
    attributes = {"name": report.domain} | {key: str(number) for key, number in numbers.items()}
    suite = SubElement(root, "testsuite", attributes)
    for finding in report.findings:
        case = SubElement(
            suite, "testcase", classname=report.domain, name=xml_text(f"{finding.rule}: {finding.subject}")
        )
        if finding.status in bad:
            SubElement(
                case, "failure", message=xml_text(finding.message), type=finding.status.value
            ).text = _failure_text(finding)
        elif finding.status is Status.UNKNOWN:
            SubElement(case, "skipped", message=xml_text(finding.message))


def _failure_text(finding: Finding) -> str:
    return xml_text("\n".join(part for part in (finding.advice, finding.paste, finding.reference) if part))
