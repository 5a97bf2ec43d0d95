"""The one new DMARC record at a name: what to publish now, and the stricter one to publish when the reports are read.

Law: the record for now repairs, and never asks receivers to refuse mail that they take today, except where the owner's own
mistyped record asked for it, or where the domain declares that it sends no mail. Everything stricter is a later step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.policy import own_policy
from benchkit.audit.dmarc.walk import WalkStep, own_walk, step
from benchkit.audit.facts.dkim_discovery import inferred_senders
from benchkit.audit.facts.mail_hosts import mail_hosts
from benchkit.audit.facts.profile import is_unused, mail_profile
from benchkit.audit.fixes.dmarc_text import DmarcTags, read_tags, record_text
from benchkit.audit.fixes.replacement import fixed, holder, txt_record
from benchkit.audit.records.dmarc import Policy, select_dmarc
from benchkit.audit.records.text import txt_of, txts_of
from benchkit.audit.tables.public_suffixes import is_public_suffix
from benchkit.model.dns import Answer, Record
from benchkit.model.record_fix import RecordFix

WHAT = "DMARC record"
WHEN_READ = "when the reports show that all of your own mail is aligned"


@dataclass(frozen=True, slots=True)
class DmarcFix:
    """`moved`: records at names where no receiver looks, which go. `later` is the stricter record."""

    now: RecordFix | None = None
    moved: tuple[RecordFix, ...] = ()
    later: RecordFix | None = None
    decide: tuple[str, ...] = ()

    @property
    def fixes(self) -> tuple[RecordFix, ...]:
        return (*([self.now] if self.now else []), *self.moved)

    @property
    def later_step(self) -> tuple[RecordFix, ...]:
        """The later step, which what is published now alone does not take."""
        return (self.later,) if self.later else ()


async def dmarc_fix(context: AuditContext, name: str) -> DmarcFix:
    """For the record at `_dmarc.` and `name`."""

    async def made(context: AuditContext) -> DmarcFix:
        return await context.fact(_dmarc_fix, name)

    return await context.unread_fact(made)


async def copied_record(context: AuditContext) -> tuple[RecordFix, ...]:
    """A record of the domain's own that asks for what the one it inherits asks of it."""
    effective = await context.fact(own_policy)
    at = await context.fact(step, context.domain)
    found = effective.found.record if effective.found else None
    if found is None or effective.policy is None or at.answer.cnames:
        return ()
    tags = {tag.name: tag.value for tag in found.tags.tags if tag.name not in ("v", "sp", "np", "psd", "t")}
    text = record_text(tags | {"p": effective.policy.value})
    changes = ["the domain gets a record of its own, with the policy that it inherits"]
    return (fixed(context.domain, WHAT, at.answer.name, after=[txt_record(text)], changes=changes),)


async def _dmarc_fix(context: AuditContext, name: str) -> DmarcFix:
    at = await context.fact(step, name)
    if at.answer.cnames and not at.answer.records:
        return DmarcFix()  # no record may be beside an alias
    texts = at.selection.records or at.selection.almost
    elsewhere = await _misplaced(context, name)
    meant = texts or tuple(dict.fromkeys(txt_of(record) for _, records in elsewhere for record in records))
    moved = tuple(_removed(context.domain, where, records, at.answer.name) for where, records in elsewhere)
    read = read_tags(meant)
    if read.undecided:
        return DmarcFix(decide=tuple(read.undecided))
    await _complete(context, name, at, read)
    old = [record for record in at.answer.records if txt_of(record) in texts]
    new = record_text(read.tags)
    now = None
    if [txt_of(record) for record in old] != [new] and (len(old) != 1 or _differ(old, read)):
        changes = read.changes or ["the tags were written as receivers read them"]
        now = fixed(
            context.domain,
            WHAT,
            holder(at.answer),
            before=old,
            after=[txt_record(new)],
            changes=changes if texts else _with_moves(changes, moved),
        )
    later = await _later(context, at, read.tags, [txt_record(new)] if now else old)
    return DmarcFix(now, moved, later)


def _differ(old: Sequence[Record], read: DmarcTags) -> bool:
    """Whether more than blanks and the order of tags has changed."""
    return bool(read.changes) or len(old) != 1


def _with_moves(changes: Sequence[str], moved: Sequence[RecordFix]) -> list[str]:
    return [*changes, *(f"it moved here from {fix.name}, where no receiver looks" for fix in moved)]


async def _misplaced(context: AuditContext, name: str) -> list[tuple[str, list[Record]]]:
    """DMARC records at the domain itself, at `dmarc.` without the underscore, and at a doubled name."""
    wrong = (name, f"dmarc.{name}", f"_dmarc.{name}.{name}")
    answers: list[Answer] = await asyncio.gather(*(context.prefetch(each, "TXT") for each in wrong))
    found = []
    for answer in answers:
        texts = () if answer.wildcard else select_dmarc(txts_of(answer)).records
        if texts:
            found.append((holder(answer), [record for record in answer.records if txt_of(record) in texts]))
    return found


def _removed(domain: str, where: str, records: Sequence[Record], right: str) -> RecordFix:
    return fixed(domain, "misplaced DMARC record", where, before=records, changes=[f"receivers look at {right} only"])


async def _complete(context: AuditContext, name: str, at: WalkStep, read: DmarcTags) -> None:
    """The tags that a record needs, and those that do harm at this domain."""
    tags, changes = read.tags, read.changes
    profile = await context.fact(mail_profile)
    silent = profile.sends_none or ("p" not in tags and await context.fact(is_unused))
    if "p" not in tags:
        tags["p"] = Policy.NONE
        changes += [] if silent else ["`p=none`: receivers refuse nothing yet"]
    if name == context.domain and silent:
        _declare(tags, changes)
    elif not tags.get("rua") and await _takes_reports(context, name):
        tags["rua"] = f"mailto:postmaster@{name}"
        changes.append(f"reports go to postmaster@{name}: put a mailbox there that is read")
    if tags.get("psd") == "y" and not is_public_suffix(name):
        del tags["psd"]
        changes.append("`psd=y` is for public suffixes, such as registries")
    if tags.get("aspf") == "s" and any(
        each.return_path == "subdomain" for each in await context.fact(inferred_senders)
    ):
        del tags["aspf"]
        changes.append("`aspf=s` shuts out a provider that sends with a subdomain of yours")
    await _without_ignored(context, name, at, read)


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
    if at.record and not walked.lost and name == context.domain != walked.organizational and ignored:
        for tag in ignored:
            del read.tags[tag]
        read.changes.append(f"{' and '.join(ignored)} are ignored below {walked.organizational}")


def _strength(policy: str) -> int:
    return tuple(Policy).index(Policy(policy))


async def _later(
    context: AuditContext, at: WalkStep, now: dict[str, str], before: Sequence[Record]
) -> RecordFix | None:
    """The record that enforces what this one only asks reports for; None where it does already, or asks for no reports."""
    tags, changes = dict(now), []
    if tags["p"] == Policy.NONE:
        if not tags.get("rua"):
            return None
        tags["p"] = Policy.QUARANTINE
        changes.append("p=quarantine: receivers put mail that is not yours aside. After some weeks go on to p=reject")
    weaker = [tag for tag in ("sp", "np") if tag in tags and _strength(tags[tag]) < _strength(tags["p"])]
    changes += [f"without {tag}={tags.pop(tag)} subdomains are protected like the domain" for tag in weaker]
    if tags.get("t") == "y":
        del tags["t"]
        changes.append("without t=y receivers apply the policy as it is written")
    if "pct" in tags:
        changes.append(f"without pct={tags.pop('pct')} old receivers do what new ones do")
    if not changes:
        return None
    after = [txt_record(record_text(tags))]
    return fixed(context.domain, WHAT, holder(at.answer), before=before, after=after, changes=changes, when=WHEN_READ)
