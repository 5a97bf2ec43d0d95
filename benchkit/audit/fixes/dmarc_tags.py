"""Completes the tags of a repaired DMARC record: adds missing ones, removes harmful ones, postpones stricter ones."""

from __future__ import annotations

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import WalkStep, own_walk
from benchkit.audit.facts.dkim_discovery import discovery, inferred_senders
from benchkit.audit.facts.mail_hosts import mail_hosts
from benchkit.audit.facts.profile import is_unused, mail_profile
from benchkit.audit.facts.spf_tree import spf_senders
from benchkit.audit.fixes.dmarc_text import DmarcTags, strength
from benchkit.audit.fixes.spf_record import spf_fix
from benchkit.audit.records.dmarc import Policy
from benchkit.audit.tables.public_suffixes import is_public_suffix
from benchkit.model.record_fix import value_of


async def completed_tags(context: AuditContext, name: str, at: WalkStep, read: DmarcTags) -> None:
    """The tags that a record needs, and those that do harm at this domain."""
    tags, changes = read.tags, read.changes
    profile = await context.fact(mail_profile)
    silent = profile.sends_none or await context.fact(is_unused) or await _will_send_none(context)
    if "p" not in tags:
        tags["p"] = Policy.NONE
        changes += [] if silent else ["`p=none`: receivers refuse nothing yet"]
    if name == context.domain and silent:
        _declare(tags, changes)
    elif not tags.get("rua") and await _takes_reports(context, name):
        tags["rua"] = f"mailto:postmaster@{name}"
        changes.append(f"reports go to postmaster@{name}: someone must read that mailbox")
    if tags.get("psd") == "y" and not is_public_suffix(name):
        del tags["psd"]
        changes.append("`psd=y` is for public suffixes, such as registries")
    if tags.get("aspf") == "s" and any(
        each.return_path == "subdomain" for each in await context.fact(inferred_senders)
    ):
        del tags["aspf"]
        changes.append("with `aspf=s` SPF never aligns for a provider that sends with a subdomain of yours")
    await _without_ignored(context, name, at, read)
    await _no_sudden_policy(context, at, read)


async def _will_send_none(context: AuditContext) -> bool:
    """Whether the domain takes no mail, and its SPF record, once it is repaired, lets no host send."""
    if not (await context.fact(mail_profile)).null_mx:
        return False
    fix = (await context.fact(spf_fix)).fix
    return fix is not None and value_of(fix.after[0]).lower() == "v=spf1 -all"


async def _no_sudden_policy(context: AuditContext, at: WalkStep, read: DmarcTags) -> None:
    """A policy that begins to count by the repair waits while no mail of the domain passes SPF or DKIM."""
    now = at.record.policy if at.record and at.record.counts else Policy.NONE
    wanted = read.tags["p"]
    if strength(wanted) <= strength(now) or (await context.fact(mail_profile)).sends_none:
        return
    if await _will_send_none(context):
        return
    if not await context.fact(is_unused) and not await _authenticates(context):
        read.tags["p"] = now
        read.changes.append(
            f"`p={now}` for now: with `p={wanted}` receivers would refuse your own mail, which passes neither SPF nor DKIM"
        )


async def _authenticates(context: AuditContext) -> bool:
    """Whether mail of the domain can pass SPF or DKIM, once the fixes are published; what is not known counts as yes."""
    keys, senders = await context.fact(discovery), await context.fact(spf_senders)
    if keys.unanswered or any(key.parsed and key.parsed.valid for key in keys.keys):
        return True
    return senders.any_pass or bool(senders.unanswered) or bool((await spf_fix(context)).fixes)


def _declare(tags: dict[str, str], changes: list[str]) -> None:
    """A domain that sends no mail loses none by the strictest policy."""
    if tags["p"] != Policy.REJECT or any(tags.get(each, "reject") != Policy.REJECT for each in ("sp", "np")):
        changes.append("`p=reject`: the domain has no mail of its own that receivers could refuse")
    for tag in ("sp", "np", "t", "pct"):
        tags.pop(tag, None)
    tags["p"] = Policy.REJECT


async def _takes_reports(context: AuditContext, name: str) -> bool:
    """Whether a mailbox at the name can take them: it has MX hosts."""
    if name == context.domain:
        return bool((await context.fact(mail_hosts)).records)
    return any(record.target not in ("", ".") for record in (await context.prefetch(name, "MX")).records)


async def _without_ignored(context: AuditContext, name: str, at: WalkStep, read: DmarcTags) -> None:
    """sp and np are read in the record of the organizational domain only."""
    walked = await context.fact(own_walk)
    ignored = [tag for tag in ("sp", "np") if tag in read.tags]
    if at.record and not walked.unanswered and name == context.domain != walked.organizational and ignored:
        for tag in ignored:
            del read.tags[tag]
        read.changes.append(f"{' and '.join(ignored)} are ignored below {walked.organizational}")
