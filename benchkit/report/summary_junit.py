"""A run as JUnit XML, for CI servers: a case for the run's validity, and one for each threshold and arm.

A threshold with too few messages is skipped, or fails where `strict` is asked for, as the exit code has it.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from benchkit.model.outside_text import escaped, xml_text
from benchkit.model.summary import Summary, ThresholdResult
from benchkit.report.content.notices import texts
from benchkit.report.content.sentences import headline
from benchkit.report.content.thresholds import value_of


def to_junit(summaries: list[Summary], *, strict: bool = False) -> str:
    root = Element("testsuites", name="benchkit")
    for summary in summaries:
        _suite(root, escaped(summary, lines=False), strict=strict)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, summary: Summary, *, strict: bool) -> None:
    failed = [result for result in summary.thresholds if result.crossed or (strict and result.crossed is None)]
    skipped = sum(result.crossed is None for result in summary.thresholds) if not strict else 0
    numbers = {"tests": 1 + len(summary.thresholds), "failures": len(failed) + (not summary.valid), "skipped": skipped}
    counts = {key: str(number) for key, number in numbers.items()}
    suite = SubElement(root, "testsuite", {"name": xml_text(summary.scenario)} | counts)
    case = SubElement(suite, "testcase", classname=xml_text(summary.scenario), name="the run is valid")
    if not summary.valid:
        _failure(case, "; ".join(texts(summary.invalid_because)), "invalid run")
    for result in summary.thresholds:
        _threshold(suite, summary, result, failed=result in failed)
    SubElement(suite, "system-out").text = xml_text(headline(summary))


def _threshold(suite: Element, summary: Summary, result: ThresholdResult, *, failed: bool) -> None:
    name = f"{result.key} {result.text} · {result.arm}"
    case = SubElement(suite, "testcase", classname=xml_text(summary.scenario), name=xml_text(name))
    if failed:
        _failure(case, value_of(result), "threshold crossed" if result.crossed else "too few messages")
    elif result.crossed is None:
        SubElement(case, "skipped", message=xml_text(value_of(result)))


def _failure(case: Element, message: str, kind: str) -> None:
    SubElement(case, "failure", message=xml_text(message), type=kind)
