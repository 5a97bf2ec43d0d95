"""Whether the announced MTA-STS policy can be fetched, and names the domain's own MX hosts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.connect_probe.https_file import HttpsFile
from benchkit.audit.facts.mail_hosts import addresses, mail_hosts
from benchkit.audit.facts.policies import policy_texts
from benchkit.audit.records.mta_sts import StsPolicy, parse_sts_policy
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="mta_sts_policy",
    mechanism=AuditedMechanism.TRANSPORT,
    title="The MTA-STS policy can be fetched and fits the MX",
    reference="RFC 8461 §3.3",
    text="With `--connect`. benchkit fetches the policy as senders do: verified https, no redirect, text/plain. Every MX "
    "host must match one of its `mx:` patterns; in `enforce` mode senders do not deliver to a host that does not. "
    "Change the policy before the MX records, and raise `max_age` to weeks once everything works.",
    cases={
        "unreachable": Case(Status.UNKNOWN, "The policy's host could not be reached from here."),
        "not_served": Case(
            Status.FAIL,
            "The record announces a policy, but senders would not accept the file that is served.",
            8,
            advice="Serve the policy over https with a valid certificate, as text/plain, without a redirect.",
        ),
        "syntax": Case(
            Status.FAIL,
            "The policy cannot be read.",
            8,
            advice="Correct the line of the policy, and give the record a new id=.",
        ),
        "mx_left_out": Case(
            Status.FAIL, "An enforced policy does not name an MX host: senders do not deliver to it.", 15
        ),
        "mx_left_out_testing": Case(
            Status.WARN,
            "A policy in testing mode does not name an MX host.",
            3,
            advice="Add the host to the policy before you enforce it.",
        ),
        "not_enforced": Case(Status.INFO, "The policy is not enforced."),
        "short_age": Case(
            Status.WARN,
            "max_age is below a day: the policy protects only senders that fetched it within that time.",
            2,
            advice="Set max_age to at least a week (604800) once everything works.",
        ),
    },
)
DAY_S = 86_400


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    connections = context.options.connections
    announced = await context.fact(policy_texts, "_mta-sts")
    if connections is None or announced.only is None:
        return
    host = await context.fact(addresses, f"mta-sts.{context.domain}")
    served = await connections.probes.policy_file(context.domain, host.texts)
    for finding in _served(served, [announced.answer, *host.answers]):
        yield finding
    for finding in await _fits(context, served):
        yield finding


def _served(served: HttpsFile, evidence: Sequence[Answer]) -> list[Finding]:
    if served.error:
        case = "not_served" if served.answered else "unreachable"
        return [RULE.finding(case, served.url, served.error, evidence=evidence)]
    faults = [fault for fault in _policy(served).faults if fault.fatal]
    return [RULE.finding("syntax", served.url, fault.message, evidence=evidence, span=fault.span) for fault in faults]


async def _fits(context: AuditContext, served: HttpsFile) -> list[Finding]:
    policy, found = _policy(served), await context.fact(mail_hosts)
    if served.error or not policy.valid:
        return []
    if unanswered := unanswered_in([found.answer]):
        return [RULE.unknown(context.domain, unanswered)]
    case = "mx_left_out" if policy.mode == "enforce" else "mx_left_out_testing"
    out = [name for name in found.names if not policy.allows(name)]
    findings = [
        RULE.finding(case, name, f"no mx: pattern fits MX host {name}", advice=f"Add `mx: {name}` to the policy.")
        for name in (out if policy.mode != "none" else [])
    ]
    if policy.mode != "enforce":
        findings.append(RULE.finding("not_enforced", served.url, f"mode: {policy.mode}"))
    if (policy.max_age_s or 0) < DAY_S:
        findings.append(RULE.finding("short_age", served.url, f"max_age: {policy.max_age_s} s"))
    return findings or [RULE.passed(served.url, "the policy is served, enforced, and names every MX host")]


def _policy(served: HttpsFile) -> StsPolicy:
    return parse_sts_policy(served.body)


CHECK = Check(RULE, judge, by_evidence=("not_served", "syntax"))
