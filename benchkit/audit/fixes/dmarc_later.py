"""The stricter DMARC record: a later step, for when the reports show that all of the owner's mail is aligned."""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.audit.dmarc.walk import WalkStep
from benchkit.audit.fixes.dmarc_text import record_text, strength
from benchkit.audit.fixes.replacement import fixed, holder, txt_record
from benchkit.audit.records.dmarc import Policy
from benchkit.model.dns import Record
from benchkit.model.record_fix import RecordFix

WHEN_READ = "when the reports show that all of your own mail is aligned"


def later_record(
    domain: str, what: str, at: WalkStep, now: dict[str, str], before: Sequence[Record]
) -> RecordFix | None:
    """The record that enforces what this one only asks reports for; None where it does already, or asks for no reports."""
    tags, changes = dict(now), []
    if tags["p"] == Policy.NONE:
        if not tags.get("rua"):
            return None
        tags["p"] = Policy.QUARANTINE
        changes.append("p=quarantine: receivers quarantine mail that is not yours. After some weeks go on to p=reject")
    weaker = [tag for tag in ("sp", "np") if tag in tags and strength(tags[tag]) < strength(tags["p"])]
    changes += [f"without {tag}={tags.pop(tag)} subdomains are protected like the domain" for tag in weaker]
    if tags.get("t") == "y":
        del tags["t"]
        changes.append("without t=y receivers apply the policy as it is written")
    if "pct" in tags:
        changes.append(f"without pct={tags.pop('pct')} old receivers do what new ones do")
    if not changes:
        return None
    after = [txt_record(record_text(tags))]
    return fixed(domain, what, holder(at.answer), before=before, after=after, changes=changes, when=WHEN_READ)
