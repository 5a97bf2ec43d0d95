"""Whether all name servers of the zone say the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.authorities import Authority, authorities
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer, AnswerState
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="name_servers_agree",
    mechanism=AuditedMechanism.DNS,
    title="All name servers of the zone give the same answers",
    reference="RFC 1034 §4.3.5",
    text="With `--authorities`, each name server of the zone is asked itself for its serial and for the records that mail "
    "depends on. A receiver's resolver may ask any of them: if they differ, the same mail passes now and fails an hour "
    "later, and a single lookup does not show why. If only the serials differ, a zone transfer is under way or has "
    "stopped. Let the secondaries transfer the zone again, and remove servers from the NS records that do not serve it. "
    "A server that does not answer at all is unknown: it may answer others.",
    cases={
        "differs": Case(Status.FAIL, "Name servers give different answers for a record that mail depends on."),
        "lame": Case(Status.WARN, "A server that the NS records name does not serve the zone (RFC 1912 §2.8)."),
        "serials": Case(
            Status.WARN,
            "The records agree, but the serials of the zone differ.",
            2,
            advice="Let the secondaries transfer the zone again.",
        ),
    },
)
REFUSALS = (AnswerState.REFUSED, AnswerState.SERVFAIL)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    servers = await context.fact(authorities)
    for server in servers:
        if not server.soa.state.known:
            yield _silent(server)
    holding = [server for server in servers if server.soa.state.known]
    if len(holding) < 2:
        return
    differing = [finding for answers in zip(*_records(holding), strict=True) for finding in _compared(holding, answers)]
    for finding in differing:
        yield finding
    if not differing:
        yield _serials(context.domain, holding)


def _records(holding: Sequence[Authority]) -> list[tuple[Answer, ...]]:
    """Without SOA, whose serial is judged by itself."""
    return [server.answers[1:] for server in holding]


def _silent(server: Authority) -> Finding:
    if server.soa.state not in REFUSALS:
        return RULE.unknown(str(server), [server.soa])
    message = f"{server} does not serve the zone: {server.soa.state.value}"
    advice = "Let it serve the zone, or remove it from the NS records, here and at the registrar."
    return RULE.finding("lame", str(server), message, evidence=[server.soa], advice=advice, reference="RFC 1912 §2.8")


def _compared(holding: Sequence[Authority], answers: Sequence[Answer]) -> list[Finding]:
    """Nothing where all say the same, as far as they say anything."""
    servers_by_answer: dict[str, list[Authority]] = {}
    for server, answer in zip(holding, answers, strict=True):
        if (words := _said(answer)) is not None:
            servers_by_answer.setdefault(words, []).append(server)
    if len(servers_by_answer) < 2:
        return []
    differences = "; ".join(
        (f"{', '.join(server.name for server in who)}: {words[:60]}") for words, who in servers_by_answer.items()
    )
    subject = f"{answers[0].name} {answers[0].type}"
    advice = "Let every secondary transfer the zone from its primary."
    return [RULE.finding("differs", subject, f"{subject} differs: {differences}", evidence=answers, advice=advice)]


def _said(answer: Answer) -> str | None:
    """None where the server has not answered; a CNAME counts for itself, its target may be another zone's."""
    if answer.cnames:
        return f"CNAME {answer.cnames[0]}"
    if not answer.state.known:
        return None
    return " | ".join(record.text for record in answer.records) or f"nothing ({answer.state.value})"


def _serials(domain: str, holding: Sequence[Authority]) -> Finding:
    evidence = [server.soa for server in holding]
    if len({server.serial for server in holding}) > 1:
        serials = ", ".join(f"{server.name} {server.serial or '?'}" for server in holding)
        return RULE.finding("serials", domain, f"the serials differ: {serials}", evidence=evidence)
    return RULE.passed(domain, f"{len(holding)} name servers agree, serial {holding[0].serial}", evidence=evidence)


CHECK = Check(RULE, judge, regardless=("differs", "lame"))
