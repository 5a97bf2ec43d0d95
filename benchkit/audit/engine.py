"""One domain's audit: all checks run at once over one context, and what they found becomes a report.

The order of a report depends only on the answers, not on which came first. An exception in a check becomes
an `unknown` finding of that check, so that one odd zone does not end the audit of a fleet.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from benchkit.audit import sections
from benchkit.audit.aspects import aspects
from benchkit.audit.audit_context import AuditContext, Options, noting_reads
from benchkit.audit.causes import grouped, with_causes
from benchkit.audit.checks import CHECKS
from benchkit.audit.domain_name import domain_name
from benchkit.audit.not_checked import not_checked
from benchkit.audit.rule import Check
from benchkit.audit.score import cost, deductions, score
from benchkit.audit.unanswered import known_findings
from benchkit.errors import BUG
from benchkit.model.audit import SEVERITY, AuditedMechanism, AuditReport, worst
from benchkit.model.dns import AnswerState, Ask
from benchkit.model.finding import Finding, Status

MOST_OF_A_RULE = 25
AT_ONCE = 16  # domains of a fleet audited together: more would not be faster, and each would take longer


async def audit_domain(domain: str, ask: Ask, options: Options | None = None) -> AuditReport:
    """Raises InputError where `domain` is no domain name; for nothing that the DNS says or does not say."""
    return await _audit(domain_name(domain), ask, options, _checks())


async def audit_domains(
    domains: Sequence[str], ask_for: Callable[[str], Ask], options: Options | None = None
) -> AsyncIterator[AuditReport]:
    """The reports in the order of `domains`, each as soon as it and those before it are done.

    `ask_for` gives each domain its `Ask` when its audit begins, for budgets and recordings are a domain's own.
    """
    names, checks = [domain_name(domain) for domain in domains], _checks()
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(domain: str) -> AuditReport:
        async with slots:
            return await _audit(domain, ask_for(domain), options, checks)

    tasks = [asyncio.ensure_future(one(name)) for name in names]
    try:
        for task in tasks:
            yield await task
    finally:
        for task in tasks:
            task.cancel()


def _checks() -> Sequence[Check]:
    """All of them, once for a call."""
    return [CHECKS[name] for name in CHECKS.names()]


async def _audit(domain: str, ask: Ask, options: Options | None, checks: Sequence[Check]) -> AuditReport:
    context = AuditContext(domain, ask, options)
    found = await asyncio.gather(*(run_check(check, context) for check in checks))
    return _report(context, checks, found)


async def run_check(check: Check, context: AuditContext) -> list[Finding]:
    """What one check finds, with `unknown` in place of all that rests on answers that did not come."""
    with noting_reads() as reads:
        found: list[tuple[Finding, int]] = []  # each with how many questions had been read when it was made
        try:
            async for finding in check.judge(context):
                found.append((finding, len(reads.questions)))
                if len(found) == MOST_OF_A_RULE:  # a hostile record can have a fault in each octet
                    break
        except Exception as error:
            message = f"cannot be judged: {BUG}, {type(error).__name__}: {error}"
            return [Finding(check.rule.name, Status.UNKNOWN, context.domain, message, reference=check.rule.reference)]
    return known_findings(check, context, found, tuple(reads.questions))


def _report(context: AuditContext, checks: Sequence[Check], found: Sequence[Sequence[Finding]]) -> AuditReport:
    found, outside = _outside_the_file(found) if context.options.offline else (found, ())
    verdicts = _verdicts(checks, found)
    findings = _ordered([finding for part in found for finding in part], checks)
    taken = deductions(findings, checks)
    return AuditReport(
        domain=context.domain,
        verdict=worst([*verdicts.values()] or [Status.UNKNOWN]),
        score=score(taken, verdicts),
        verdicts=verdicts,
        findings=tuple(findings),
        deductions=taken,
        spf=sections.spf_summary(context),
        dkim=sections.dkim_summary(context),
        dmarc=sections.dmarc_summary(context),
        not_checked=(*not_checked(context.options), *outside),
        queries=context.queries,
        answers=context.answers,
        aspects=aspects(findings, checks),
        reports=sections.reports_summary(context),
        message=sections.mail_summary(context),
    )


def _ordered(found: Sequence[Finding], checks: Sequence[Check]) -> list[Finding]:
    """By what they cost, the costliest first: each cause with what follows from it, then what costs nothing by its status."""

    def rank(group: Sequence[Finding]) -> tuple[int, int]:
        return -max(cost(each, checks) for each in group), min(SEVERITY.index(each.status) for each in group)

    inner = [
        sorted(group, key=lambda each: (bool(each.follows), *rank([each]))) for group in grouped(with_causes(found))
    ]
    return [finding for group in sorted(inner, key=rank) for finding in group]


def _outside_the_file(found: Sequence[Sequence[Finding]]) -> tuple[list[list[Finding]], tuple[str, ...]]:
    """What rests on names that the zone file does not hold is not unknown but not checked: no server was asked."""
    kept = [[finding for finding in part if not _is_outside(finding)] for part in found]
    outside: dict[str, list[str]] = {}
    for each in (finding for part in found for finding in part if _is_outside(finding)):
        outside.setdefault(each.rule, []).append(each.subject)
    return kept, tuple(f"{rule} of {_some(subjects)}: not in the zone file" for rule, subjects in outside.items())


def _some(subjects: Sequence[str]) -> str:
    first = list(dict.fromkeys(subjects))
    return ", ".join(first[:2]) + (f" and {len(first) - 2} more" if len(first) > 2 else "")


def _is_outside(finding: Finding) -> bool:
    evidence = finding.evidence
    refused = all(answer.state is AnswerState.REFUSED and not answer.queries for answer in evidence)
    return finding.status is Status.UNKNOWN and bool(evidence) and refused


def _verdicts(checks: Sequence[Check], found: Sequence[Sequence[Finding]]) -> dict[AuditedMechanism, Status]:
    """Of the mechanisms about which there is something to say."""
    statuses: dict[AuditedMechanism, list[Status]] = {}
    for check, part in zip(checks, found, strict=True):
        statuses.setdefault(check.rule.mechanism, []).extend(finding.status for finding in part)
    return {mechanism: worst(statuses[mechanism]) for mechanism in AuditedMechanism if statuses.get(mechanism)}
