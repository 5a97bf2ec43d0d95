"""Audits as JUnit XML, for CI servers: a suite a domain, a case a finding; unknown is skipped, not failed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from benchkit.model.audit import AuditReport
from benchkit.model.finding import Finding, Status
from benchkit.model.outside_text import escaped

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
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
        case = SubElement(suite, "testcase", classname=report.domain, name=_text(f"{finding.rule}: {finding.subject}"))
        if finding.status in bad:
            SubElement(case, "failure", message=_text(finding.message), type=finding.status.value).text = _told(finding)
        elif finding.status is Status.UNKNOWN:
            SubElement(case, "skipped", message=_text(finding.message))


def _told(finding: Finding) -> str:
    return _text("\n".join(part for part in (finding.advice, finding.paste, finding.reference) if part))


def _text(text: str) -> str:
    """XML 1.0 cannot hold control characters, not even escaped."""
    return _NOT_XML.sub("\ufffd", text)
