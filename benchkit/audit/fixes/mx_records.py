"""The MX records of the domain, all their faults corrected at once. A host that can take mail always remains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import MailHost, addresses, located_mail_hosts, mail_hosts
from benchkit.audit.fixes.replacement import fixed, held, holder, record
from benchkit.audit.fixes.zone_names import explained, without_zone
from benchkit.model.dns import Record
from benchkit.model.record_fix import RecordFix

WHAT = "MX record"
NULL_MX = record("MX", "0 .")


@dataclass(frozen=True, slots=True)
class _Changed:
    """An old record with its new target, "" to remove it, and the reason."""

    old: Record
    target: str
    why: str


async def mx_fix(context: AuditContext) -> tuple[RecordFix, ...]:
    """Empty where no usable host would remain, or where nothing is wrong."""
    return await context.unread_fact(_mx_fix)


async def _mx_fix(context: AuditContext) -> tuple[RecordFix, ...]:
    found, hosts = await context.fact(mail_hosts), await context.fact(located_mail_hosts)
    null = [each for each in found.answer.records if each.target in ("", ".")]
    if null and not hosts:
        return _null_only(context.domain, holder(found.answer), null)
    changed = [
        _Changed(each, "", "a null MX says that the domain takes no mail, and it has hosts that do") for each in null
    ]
    meant = await _meant_hosts(context, hosts)
    changed += [each for host in hosts if (each := _judged(host, meant.get(host.name, ""), context.domain))]
    changed += _duplicates(hosts, changed)
    going = [each.old for each in changed]
    after = [_renamed(each) for each in changed if each.target]
    if not changed or not (after or any(host.record not in going and not host.addresses.missing for host in hosts)):
        return ()
    changes = [
        f"`{each.old.text}` {'became ' + _renamed(each).text if each.target else 'goes'}: {each.why}"
        for each in changed
    ]
    several = f"{len(going)} " if len(going) > 1 else ""
    what = f"{several}{'' if after else 'faulty '}MX record{'s' * (len(going) > 1)}"
    before = held(found.answer, going)
    return (fixed(context.domain, what, holder(found.answer), before=before, after=after, changes=changes),)


def null_mx(domain: str, why: str) -> tuple[RecordFix, ...]:
    """For a domain without MX records that takes no mail."""
    return (fixed(domain, WHAT, domain, after=[NULL_MX], changes=[why]),)


def is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]").removeprefix("ipv6:"))
    except ValueError:
        return False
    return True


def _null_only(domain: str, name: str, null: Sequence[Record]) -> tuple[RecordFix, ...]:
    if len(null) == 1 and not null[0].preference:
        return ()
    return (fixed(domain, WHAT, name, before=null, after=[NULL_MX], changes=["a null MX has preference 0"]),)


async def _meant_hosts(context: AuditContext, hosts: Sequence[MailHost]) -> dict[str, str]:
    """Of hosts without an address, those whose name without the zone's has one."""
    found = {}
    for host in hosts:
        meant = without_zone(context.domain, host.name) if host.addresses.missing else ""
        if meant and not is_address(meant) and (await context.fact(addresses, meant)).texts:
            found[host.name] = meant
    return found


def _judged(host: MailHost, meant: str, domain: str) -> _Changed | None:
    if is_address(host.name) or is_address(without_zone(domain, host.name)):
        return _Changed(host.record, "", "an MX record holds a host name, not an address")
    if meant:
        return _Changed(host.record, meant, explained(domain))
    if host.addresses.missing:
        return _Changed(host.record, "", "the host has no address")
    aliases = host.addresses.a.cnames or host.addresses.aaaa.cnames
    return _Changed(host.record, aliases[-1], f"{host.name} is an alias") if aliases else None


def _duplicates(hosts: Sequence[MailHost], changed: list[_Changed]) -> list[_Changed]:
    """All but the record with the lowest preference of each host, after aliases are replaced by what they lead to."""
    targets = {each.old: each.target for each in changed}
    seen: set[str] = set()
    again = []
    for host in sorted(hosts, key=lambda each: (each.record.preference, each.record in targets)):
        target = targets.get(host.record, host.name)
        if target and target in seen:
            again.append(_Changed(host.record, "", f"{target} is in another record"))
        seen.add(target)
    changed[:] = [each for each in changed if each.old not in [one.old for one in again]]
    return again


def _renamed(each: _Changed) -> Record:
    return Record("MX", f"{each.old.preference} {each.target}.", target=each.target, preference=each.old.preference)
