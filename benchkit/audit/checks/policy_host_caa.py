"""Whether the zone limits who may issue a certificate for the host of the MTA-STS policy."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.policies import policy_texts
from benchkit.audit.records.caa import parse_caa
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="policy_host_caa",
    mechanism=AuditedMechanism.TRANSPORT,
    title="The zone says who may certify the policy's host",
    reference="RFC 8659 §3",
    text="MTA-STS is as strong as the certificate of `mta-sts.` and the domain: anyone who obtains a certificate for that host "
    "can serve another policy. CAA records name the authorities that may issue; the closest set counts, at the host or at a "
    'name above it. `issue ";"` alone forbids every certificate, so that the host\'s own cannot be renewed. Name the '
    "authority that you use.",
    cases={
        "none": Case(Status.INFO, "No CAA record: every authority may issue a certificate for the policy's host."),
        "forbidden": Case(Status.FAIL, "CAA forbids every certificate, and the policy's host needs one.", 5),
    },
)
CLIMBED = 6  # names


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    if (await context.fact(policy_texts, "_mta-sts")).only is None:
        return
    host = f"mta-sts.{context.domain}"
    answers = await _climb(context, host)
    closest = answers[-1]
    found = parse_caa(record.text for record in closest.records)
    if found.forbids_all:
        message = f"the CAA record at {closest.name} forbids every certificate, and {host} needs one"
        advice = "Name the authority that issues your certificates."
        yield RULE.finding("forbidden", host, message, evidence=answers, advice=advice)
    elif found.limited:
        yield RULE.passed(
            host, f"only {', '.join(found.issuers)} may issue a certificate for {host}", evidence=[closest]
        )
    else:
        message = f"no CAA record: every authority may issue a certificate for {host}"
        advice = "Publish CAA records that name every authority whose certificates you use."
        yield RULE.finding("none", host, message, evidence=answers, advice=advice)


async def _climb(context: AuditContext, host: str) -> list[Answer]:
    """From the host upwards to the first name that has CAA records (RFC 8659 §3), the top-level domain left out."""
    labels, answers = host.split("."), []
    for at in range(min(CLIMBED, len(labels) - 1)):
        answers.append(await context.ask(".".join(labels[at:]), "CAA"))
        if answers[-1].records:
            break
    return answers


CHECK = Check(RULE, judge, by_evidence=("forbidden",))
