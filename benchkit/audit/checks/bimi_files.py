"""Whether the logo and the certificate that a BIMI record names can be fetched and used."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.bimi_files import BimiFile, bimi_file
from benchkit.audit.facts.policies import bimi_texts
from benchkit.audit.records.bimi import parse_bimi
from benchkit.audit.records.bimi_certificate import MarkCertificate, read_mark_certificate
from benchkit.audit.records.bimi_svg import svg_faults
from benchkit.audit.rule import PASSED, Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="bimi_files",
    mechanism=AuditedMechanism.BRAND,
    title="BIMI's logo and certificate can be fetched and used",
    reference="draft-brand-indicators-for-message-identification §4.2",
    text="With `--connect`. Receivers fetch the logo (`l=`) and the certificate (`a=`) by https, follow no redirect, and show "
    'nothing where one of them cannot be used. The logo is an SVG of the profile Tiny PS: `baseProfile="tiny-ps"`, version '
    "1.2, a title, square, at most 32 KB, without scripts, links, animations or anything outside the file. The certificate "
    "is a PEM file with the mark's certificate first and its issuers behind it, for this domain, valid now, and with this "
    "logo in it. Each receiver decides which issuers it accepts.",
    cases={
        "unreachable": Case(
            Status.UNKNOWN, "The host of the logo or of the certificate could not be reached from here."
        ),
        "not_served": Case(
            Status.WARN,
            "Receivers cannot fetch the logo or the certificate.",
            3,
            advice="Serve the file over https, without a redirect, with the right media type.",
        ),
        "logo": Case(
            Status.WARN,
            "The logo is not an SVG Tiny PS file, so receivers do not show it.",
            3,
            advice="Export the logo as SVG Tiny PS.",
        ),
        "certificate": Case(
            Status.WARN,
            "The certificate cannot be used.",
            3,
            advice="Get a mark certificate (VMC or CMC) for this domain, and name its file in a=.",
        ),
        "ends_soon": Case(
            Status.WARN,
            "The certificate ends within two weeks.",
            2,
            advice="Renew the certificate, and replace the file.",
        ),
        "other_logo": Case(
            Status.WARN,
            "The certificate holds another logo than the record names.",
            3,
            advice="Name the logo of the certificate in l=, or get a certificate for this logo.",
        ),
    },
)
SOON = timedelta(days=14)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    connections, found = context.options.connections, await context.fact(bimi_texts)
    if connections is None or found.only is None:
        return
    record = parse_bimi(found.only)
    if not record.valid or record.declined:
        return
    logo = await context.fact(bimi_file, record.location, svg=True) if record.location else None
    mark = await context.fact(bimi_file, record.authority, svg=False) if record.authority else None
    evidence = [found.answer, *(answer for each in (logo, mark) if each for answer in each.answers)]
    for finding in [*_logo(logo, evidence), *_mark(context.domain, mark, logo, connections.now, evidence)]:
        yield finding


def _logo(logo: BimiFile | None, evidence: Sequence[Answer]) -> list[Finding]:
    if logo is None:
        return []
    if problem := _not_served(logo, evidence):
        return [problem]
    faults = svg_faults(logo.file.body)
    if faults:
        message = f"the logo: {'; '.join(faults[:4])}"
        return [RULE.finding("logo", logo.file.url, message, evidence=evidence, advice="Export it as SVG Tiny PS.")]
    return [RULE.passed(logo.file.url, f"the logo is served, {len(logo.file.body):,} octets", evidence=evidence)]


def _mark(
    domain: str, mark: BimiFile | None, logo: BimiFile | None, now: datetime, evidence: Sequence[Answer]
) -> list[Finding]:
    if mark is None:
        return []
    if problem := _not_served(mark, evidence):
        return [problem]
    found, url = read_mark_certificate(mark.file.body), mark.file.url
    if faults := [*found.faults, *_time_and_name(domain, found, now)]:
        return [RULE.finding("certificate", url, f"the certificate: {'; '.join(faults)}", evidence=evidence)]
    findings = []
    end = found.not_after
    if end and end - now < SOON:
        findings.append(RULE.finding("ends_soon", url, f"the certificate ends on {end:%Y-%m-%d}", evidence=evidence))
    if logo and logo.file.body and found.logo and found.logo.strip() != logo.file.body.strip():
        message = "the certificate holds another logo than l= names"
        findings.append(RULE.finding("other_logo", url, message, evidence=evidence))
    until = f", until {end:%Y-%m-%d}" if end else ""
    return findings or [RULE.passed(url, f"a mark certificate by {found.issuer}{until}", evidence=evidence)]


def _time_and_name(domain: str, found: MarkCertificate, now: datetime) -> list[str]:
    if found.faults:
        return []
    in_time = found.not_before and found.not_after and found.not_before <= now <= found.not_after
    wrong = [] if in_time else [f"it has expired or is not valid yet (valid until {found.not_after:%Y-%m-%d})"]
    return wrong if found.is_for(domain) else [*wrong, f"it is for {', '.join(found.names) or 'no domain'}"]


def _not_served(file: BimiFile, evidence: Sequence[Answer]) -> Finding | None:
    if not file.file.error:
        return None
    case = "not_served" if file.file.answered else "unreachable"
    return RULE.finding(case, file.file.url, file.file.error, evidence=evidence)


CHECK = Check(RULE, judge, by_evidence=("not_served", "logo", "certificate", "ends_soon", "other_logo", PASSED))
