"""What is wrong with the zone file itself, and which other names in it have mail records."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.fixes.replacement import fixed, txt_record
from benchkit.audit.records.dkim import is_dkim
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status
from benchkit.resolver.zone_file import ZoneFault, ZoneFaultKind

RULE = Rule(
    name="zone_file",
    mechanism=AuditedMechanism.DNS,
    title="The zone file can be loaded",
    reference="RFC 1035 §5",
    text="With `--zone`. A name server refuses a zone file in which a string has more than 255 octets, or in which a name "
    "has a CNAME and another record; some control panels cut the string, and the key in it is lost. Write a long text "
    "as several quoted strings in one record: receivers join them with nothing in between. Remove the CNAME, or the "
    "records beside it. Aliases that form a loop have no answer. Subdomains of the file that have mail records are "
    "named, because each is a domain of its own for receivers.",
    cases={
        "long_string": Case(
            Status.FAIL, "A string has more than 255 octets: the zone does not load, or the text is cut.", 10
        ),
        "beside_cname": Case(Status.FAIL, "A record is beside a CNAME: the zone does not load.", 10),
        "alias_loop": Case(Status.FAIL, "An alias leads back to itself: no resolver can answer for its names.", 10),
        "subdomains": Case(Status.INFO, "The file holds mail records of subdomains."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    held, domain = context.options.zone, context.domain
    if held is None:
        return
    faults = [fault for fault in held.faults if fault.name == domain or fault.name.endswith(f".{domain}")]
    for fault in faults:
        yield _finding(domain, fault)
    if names := held.subdomains_of(domain):
        message = f"the file also holds mail records of {', '.join(names)}; leave out DOMAIN to audit all of them"
        yield RULE.finding("subdomains", domain, message)
    if not faults:
        yield RULE.passed(domain, "the file can be loaded")


def _finding(domain: str, fault: ZoneFault) -> Finding:
    if fault.kind is ZoneFaultKind.ALIAS_LOOP:
        message = (
            f"line {fault.line}: {fault.text}: the alias leads back to itself, so no record is found by these names"
        )
        advice = "Give one of these names its own records in place of the CNAME."
        return RULE.finding("alias_loop", fault.name, message, advice=advice, reference="RFC 1034 §3.6.2")
    if fault.kind is ZoneFaultKind.BESIDE_CNAME:
        message = (
            f"line {fault.line}: {fault.name} has a CNAME and a {fault.type} record; a CNAME must be the only "
            "record of its name"
        )
        advice = f"Remove the CNAME, or this {fault.type} record."
        return RULE.finding("beside_cname", fault.name, message, advice=advice, reference="RFC 1034 §3.6.2")
    what = "a key" if is_dkim(_text(fault)) else "a text"
    message = f"line {fault.line}: {what} of {len(_text(fault))} octets in one string, and a string holds at most 255"
    advice = "Write it as several quoted strings in one record."
    changes = [f"line {fault.line} as several strings"]
    fix = fixed(
        domain,
        f"TXT record in place of line {fault.line}",
        fault.name,
        after=[txt_record(_text(fault))],
        changes=changes,
    )
    fixes = (fix,) if fault.type == "TXT" else ()
    return RULE.finding("long_string", fault.name, message, advice=advice, fixes=fixes, reference="RFC 1035 §3.3")


def _text(fault: ZoneFault) -> str:
    """The strings of a TXT record joined; without escapes, which no key has."""
    return fault.text.replace('" "', "").strip('"')


CHECK = Check(RULE, judge)
