"""One new MTA-STS, TLS-RPT or BIMI record in the place of what is there, and the tags that a mistyped one was meant to have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchkit.audit.facts.policies import PolicyTexts
from benchkit.audit.fixes.replacement import fixed, held, holder, txt_record
from benchkit.audit.fixes.spelling import plain
from benchkit.audit.records.text import readable, strange_in
from benchkit.model.record_fix import RecordFix


def replaced(
    domain: str, what: str, found: PolicyTexts, text: str, changes: Sequence[str], when: str = ""
) -> tuple[RecordFix, ...]:
    """`text` in the place of every record of the kind, or of what was meant as one."""
    old, after = held(found.answer, found.records), [txt_record(text)]
    return (fixed(domain, what, holder(found.answer), before=old, after=after, changes=changes, when=when),)


def only_first(domain: str, what: str, found: PolicyTexts) -> tuple[RecordFix, ...]:
    """All but one record go."""
    changes = ["one record stays: with several, senders use none"]
    return (fixed(domain, what, holder(found.answer), before=found.records[1:], changes=changes),)


def written_values(found: PolicyTexts, name: str, others: Sequence[str] = ()) -> list[str]:
    """What each text gives for the tag, also without semicolons; the value ends where one of the `others` begins."""
    following = "|".join((name, *others))
    pattern = rf"(?:^|[\s;,\"'])[\s\"']*{name}\s*[=:]\s*(.*?)[\s\"',]*(?:;|\Z|[\s,](?=(?:{following})\s*[=:]))"
    texts = [plain(text)[0].replace("\\", "") for text in found.meant]
    return [each[1] for text in texts for each in re.finditer(pattern, text, re.IGNORECASE | re.DOTALL)]


def said_of_almost(found: PolicyTexts, version: str) -> str:
    """A mistyped text, the first character in it that is not ASCII, and how the record must begin."""
    text = found.almost[0]
    return f"{readable(text)[:60]!r}{strange_in(text)}, does not begin with `v={version};`"
