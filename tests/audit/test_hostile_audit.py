"""Whole audits of domains whose every answer is hostile: always findings, within limits, and nothing that steers a terminal.

`BENCHKIT_FUZZ=20000` makes it as many as one has the time for.
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
import random
import re
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from benchkit.audit import Options, audit_domain
from benchkit.audit.checks import CHECKS
from benchkit.audit.message.parser import read_mail
from benchkit.errors import BUG
from benchkit.model.audit import AuditReport
from benchkit.model.clock import MonotonicClock
from benchkit.model.finding import Status
from benchkit.report.audit_csv import to_csv
from benchkit.report.audit_json import to_json
from benchkit.report.audit_junit import to_junit
from benchkit.report.audit_markdown import to_markdown
from benchkit.report.audit_sarif import to_sarif
from benchkit.report.audit_terminal import render_audit
from benchkit.resolver.limits import QUERY_LIMIT, TIME_LIMIT_S, Budget
from benchkit.resolver.live import LiveAsk, Timeouts
from tests.audit.hostile_wire import ESCAPES, HostileServer, mutated

DOMAINS = int(os.environ.get("BENCHKIT_FUZZ", "100"))
PARTS = 10
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
MAIL = Path(__file__).with_name("data").joinpath("rfc8463.eml").read_bytes()


def audited(seed: int) -> AuditReport:
    draw = random.Random(seed)
    octets = mutated(draw, MAIL) if draw.random() < 0.5 else MAIL.replace(b"football", draw.choice(ESCAPES))
    options = Options(
        ip=draw.choice(("", "192.0.2.1", "2001:db8::1")),
        selectors=("given", "=1+1"),
        blocklists=draw.random() < 0.3,
        nsec_walk=draw.random() < 0.3,
        mail=read_mail(octets) if draw.random() < 0.5 else None,
    )
    ask = Budget(LiveAsk([HostileServer(seed)], MonotonicClock(), Timeouts()))
    return asyncio.run(audit_domain("shop.example", ask, options))


def on_a_screen(report: AuditReport) -> str:
    console = Console(file=StringIO(), width=100, color_system=None)
    render_audit(report, console, verbose=True)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def as_csv(report: AuditReport) -> str:
    text = to_csv([report])
    header, row = csv.reader(StringIO(text, newline=""))
    assert len(header) == len(row)
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    return text.replace("\r\n", "\n")


def as_junit(report: AuditReport) -> str:
    text = to_junit([report])
    cases = ElementTree.fromstring(text).findall("./testsuite/testcase")
    assert len(cases) == len(report.findings)
    return text


def as_json(report: AuditReport) -> str:
    return json.dumps(to_json(report))


def as_sarif(report: AuditReport) -> str:
    rules = [CHECKS[name].rule for name in CHECKS.names()]
    document = to_sarif([report], rules, ZONE)
    (run,) = document["runs"]
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} <= known
    return json.dumps(document)


ZONE = Path(__file__).parents[2] / "scenarios" / "zones" / "good.zone"
FORMATS: tuple[Callable[[AuditReport], str], ...] = (
    *(on_a_screen, as_csv, as_junit, as_json, as_sarif),
    lambda report: to_markdown([report]),
)


@pytest.mark.parametrize("part", range(PARTS))
def test_hostile_answers(part: int) -> None:
    for seed in range(part, DOMAINS, PARTS):
        started_s = time.process_time()
        report = audited(seed)
        assert time.process_time() - started_s < TIME_LIMIT_S, seed
        assert report.findings, seed
        assert not [finding.message for finding in report.findings if BUG in finding.message], seed
        assert report.queries <= QUERY_LIMIT, seed
        assert all(finding.evidence for finding in report.findings if finding.status is Status.UNKNOWN), seed
        for form in FORMATS:
            assert not (found := STEERING.search(form(report))), (seed, form, found)
