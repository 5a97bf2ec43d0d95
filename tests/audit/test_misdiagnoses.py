"""What users of other auditors have reported as wrong, one row a theme: said by the whole audit of a zone, or by one answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from benchkit.audit import audit_domain
from benchkit.model.audit import AuditReport
from benchkit.model.dns import Answer, AnswerState, Record
from benchkit.model.finding import Finding, Status

SPF = '@ IN TXT "v=spf1 {}"'
NO_KEYS = ("no dkim", "absent", "missing", "does not have dkim")


def of_rule(report: AuditReport, rule: str) -> Finding:
    (found,) = [finding for finding in report.findings if finding.rule == rule]
    return found


@pytest.mark.parametrize(
    ("theme", "lines", "rule", "words"),
    [
        (
            "a void lookup is named, not only counted",
            SPF.format("a:gone.shop.example mx:lost.shop.example ip4:192.0.2.1 -all"),
            "spf_voids.some",
            ("a:gone.shop.example", "mx:lost.shop.example", "2 void DNS lookups", "limit 2"),
        ),
        ("a fault is shown at its place", SPF.format("-all moo"), "spf_syntax.error", ("character 13", "'moo'")),
        ("a blank in front is seen", '@ IN TXT " v=spf1 -all"', "spf_record.almost", ("' v=spf1 -all'",)),
        ("quotes in the record are seen", '@ IN TXT "\\"v=spf1 -all\\""', "spf_record.almost", ("'\"v=spf1 -all\"'",)),
        ("the count goes on past ten", SPF.format("a " * 14 + "-all"), "spf_lookups.many", ("14",)),
        (
            "an unknown selector is not a missing key",
            'x7._domainkey IN TXT "v=DKIM1; p="',
            "dkim_selectors.not_found",
            ("not found under", "--selector"),
        ),
    ],
)
def test_theme(theme: str, lines: str, rule: str, words: tuple[str, ...], audit: Callable[..., AuditReport]) -> None:
    found = of_rule(audit(lines), rule)
    assert all(word in found.message for word in words), (theme, found.message)
    assert not [word for word in NO_KEYS if word in found.message.lower()]


@pytest.mark.parametrize(
    "lines",
    [
        SPF.format("-all") + "\n" + SPF.format("mx -all"),
        SPF.format("-all moo"),
        '@ IN TXT "v=spf1; -all"',
        '_dmarc IN TXT "v=DMARC1; p=rejekt"',
        '_dmarc IN TXT "v=DMARC1; p=none"\n_dmarc IN TXT "v=DMARC1; p=reject"',
    ],
)
def test_a_faulty_record_is_kept_as_it_was_seen(lines: str, audit: Callable[..., AuditReport]) -> None:
    bad = [each for each in audit(lines).findings if each.status is Status.FAIL and each.evidence]
    seen = {record.text for finding in bad for answer in finding.evidence for record in answer.records}
    assert {line.partition("TXT ")[2] for line in lines.splitlines()} <= seen


@pytest.mark.parametrize("state", [AnswerState.TIMEOUT, AnswerState.SERVFAIL, AnswerState.REFUSED])
@pytest.mark.parametrize("kind", ["TXT", "MX", "A", "AAAA", "NS"])
def test_one_answer_that_fails_is_never_a_missing_record(kind: str, state: AnswerState) -> None:
    """Whatever rests on that type is unknown, and says which name and why; the other verdicts stand."""

    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        if type == kind:
            return Answer(name, type, state, ede=("22 No Reachable Authority",))
        text = {"MX": "10 mail.shop.example.", "A": "192.0.2.1", "NS": "ns1.shop.example."}.get(type, "")
        target = {"MX": "mail.shop.example", "NS": "ns1.shop.example"}.get(type, "")
        records = (Record(type, text, target=target, preference=10),) if text else ()
        return Answer(name, type, AnswerState.OK if records else AnswerState.NODATA, records)

    report = asyncio.run(audit_domain("shop.example", ask))
    unknown = [finding for finding in report.findings if finding.status is Status.UNKNOWN]
    assert unknown
    assert all(f" {kind} answered {state.value} (22 No Reachable Authority)" in finding.message for finding in unknown)
    blamed = [each for each in report.findings if each.status in (Status.WARN, Status.FAIL)]
    assert not [
        each.rule for each in blamed if each.evidence and all(not answer.state.known for answer in each.evidence)
    ]
