"""Who sends as the domain, by receivers' DMARC reports, and which sources pass."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from benchkit.audit.aggregate_reports import ReportCollection
from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.reported_mail import ReportedMail, ReportedSource, reported_mail
from benchkit.audit.rule import PASSED, Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.counts import counted
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="reported_sources",
    mechanism=AuditedMechanism.REPORTS,
    title="The mail in receivers' reports passes DMARC",
    reference="RFC 9990 §3.1",
    text="With `--reports FOLDER` the audit reads the DMARC aggregate reports that receivers send to the address in `rua`. "
    "They name every address that has sent mail with your domain in From, with a count and with the result. A source "
    "that sometimes passes and sometimes fails is probably yours: some of its mail is not signed or not aligned, or was "
    "forwarded. A source that never passes is either a sender of yours that is not set up, or someone else who uses "
    "your name. Look up who holds the address before you change a record.",
    cases={
        "none": Case(Status.INFO, "No report is about this domain."),
        "breaks": Case(
            Status.WARN,
            "Some mail of a source passes DMARC, and some fails.",
            advice="Find out which of its mail is not signed, or is changed on the way.",
        ),
        "never": Case(Status.INFO, "No mail of a source passes DMARC."),
        "unread": Case(Status.INFO, "A file could not be read as a report, or rows of a report could not."),
    },
)
SHOWN_FILES = 5
TOLERATED = 0.01  # the share of a source's messages that may fail: broken in transit


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    given, found = context.options.reports, await context.fact(reported_mail)
    if given is None or found is None:
        return
    for unread in _unread(context.domain, given, found):
        yield unread
    if not found.rows:
        yield RULE.finding(
            "none", context.domain, f"none of {len(given.dmarc)} DMARC reports is about {context.domain}"
        )
        return
    share = found.passed / found.messages if found.messages else 0.0
    addresses = counted(len(found.sources), "address", "addresses")
    yield RULE.passed(
        context.domain,
        f"{found.passed:,} of {counted(found.messages, 'message')} ({share:.1%}) from {addresses} passed DMARC, "
        f"in {counted(len(found.reports), 'report')}, {found.period}",
    )
    for source in found.sources:
        if finding := _of_source(source):
            yield finding


def _unread(domain: str, given: ReportCollection, found: ReportedMail) -> Iterator[Finding]:
    for name, why in given.unread[:SHOWN_FILES]:
        yield RULE.finding("unread", name, f"{name} {why}")
    if (more := len(given.unread) - SHOWN_FILES) > 0:
        yield RULE.finding("unread", domain, f"{more} more files could not be read as reports")
    if skipped := sum(report.skipped_rows for report in found.reports):
        yield RULE.finding(
            "unread",
            domain,
            f"{counted(skipped, 'row')} of reports {'has' if skipped == 1 else 'have'} no valid address or count",
        )


def _of_source(source: ReportedSource) -> Finding | None:
    failed = source.failed - source.forwarded
    if source.messages and not source.passed:
        message = f"{source.address} sent {counted(source.messages, 'message')}, and none passed DMARC{_kept(source)}"
        advice = "If it is yours, have it sign with your domain. If not, a policy of quarantine or reject keeps its mail out."
        return RULE.finding("never", source.address, message, advice=advice)
    if failed > TOLERATED * source.messages:
        message = (
            f"{source.address} sent {counted(source.messages, 'message')}, of which {failed:,} failed "
            f"DMARC{_kept(source)}"
        )
        advice = "Find out which mail of this source is not signed with your domain."
        return RULE.finding("breaks", source.address, message, advice=advice)
    return None


def _kept(source: ReportedSource) -> str:
    """What receivers did with those that failed."""
    actions = [
        f"{source.dispositions[each]:,} to {each}" for each in ("quarantine", "reject") if source.dispositions[each]
    ]
    return f"; receivers applied the policy: {', '.join(actions)}" if actions else ""


CHECK = Check(RULE, judge, by_evidence=(PASSED, *RULE.cases))
