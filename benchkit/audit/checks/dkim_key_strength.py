"""Whether the keys are strong, and of a kind that receivers verify."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import Selector, discovery
from benchkit.audit.records.text import RecordFault
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dkim_key_strength",
    mechanism=AuditedMechanism.DKIM,
    title="The keys are strong, and receivers can verify them",
    reference="RFC 8301 §3.2",
    text="Verifiers must refuse RSA keys below 1024 bits, and must handle 1024 to 4096; 2048 is recommended, and a determined "
    "attacker can break a 1024-bit key. Ed25519 (RFC 8463) is strong and short, but Microsoft 365 and Yahoo do not verify "
    "it, and reports about Gmail differ: sign with RSA too.",
    cases={
        "weak": Case(Status.FAIL, "An RSA key below 1024 bits: receivers must refuse it."),
        "short": Case(Status.WARN, "An RSA key below 2048 bits."),
        "long": Case(Status.WARN, "An RSA key above 4096 bits: some receivers cannot verify it.", 2),
        "exponent": Case(Status.WARN, "An unusual RSA exponent.", 2),
        "ed25519_only": Case(Status.FAIL, "All keys found are Ed25519: large receivers cannot verify them."),
    },
)
CASES = {"rsa-below-1024": "weak", "rsa-below-2048": "short", "rsa-above-4096": "long", "rsa-exponent": "exponent"}


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(discovery)
    usable = [selector for selector in found.keys if selector.parsed and selector.parsed.key]
    good = True
    for selector in usable:
        for fault in _faults(selector):
            good = False
            yield _finding(selector, fault)
    kinds = {selector.parsed.key_type for selector in usable if selector.parsed}
    evidence = [selector.answer for selector in usable]
    if kinds == {"ed25519"}:
        message = f"the {len(usable)} keys that were found are all Ed25519: large receivers cannot verify them"
        advice = "Make an RSA key of 2048 bits, and sign with both."
        yield RULE.finding("ed25519_only", context.domain, message, evidence=evidence, advice=advice)
    elif usable and good:
        keys_text = ", ".join(
            f"{each.name} {each.parsed.key_type} {each.parsed.key.bits}"
            for each in usable
            if each.parsed and each.parsed.key
        )
        yield RULE.passed(context.domain, keys_text, evidence=evidence)


def _faults(selector: Selector) -> list[RecordFault]:
    return [fault for fault in selector.parsed.faults if fault.code in CASES] if selector.parsed else []


def _finding(selector: Selector, fault: RecordFault) -> Finding:
    return RULE.finding(
        CASES[fault.code],
        selector.at,
        f"{selector.name}: {fault.message}",
        evidence=[selector.answer],
        advice="Make an RSA key of 2048 bits under a new selector, sign with it, then revoke this one.",
        span=fault.span,
    )


CHECK = Check(RULE, judge, by_evidence=("weak", "short", "long", "exponent"))
