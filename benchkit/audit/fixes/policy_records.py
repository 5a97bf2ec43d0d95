"""One new MTA-STS, TLS-RPT or BIMI record in the place of what is there."""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.audit.facts.policies import PolicyTexts
from benchkit.audit.fixes.replacement import fixed, holder, txt_record
from benchkit.model.record_fix import RecordFix


def replaced(
    domain: str, what: str, found: PolicyTexts, text: str, changes: Sequence[str], when: str = ""
) -> tuple[RecordFix, ...]:
    """`text` in the place of every record of the kind."""
    after = [txt_record(text)]
    return (fixed(domain, what, holder(found.answer), before=found.records, after=after, changes=changes, when=when),)


def only_first(domain: str, what: str, found: PolicyTexts) -> tuple[RecordFix, ...]:
    """All but one record go."""
    changes = ["one record stays: with several, senders use none"]
    return (fixed(domain, what, holder(found.answer), before=found.records[1:], changes=changes),)
