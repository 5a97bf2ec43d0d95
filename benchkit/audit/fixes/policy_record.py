"""The text to paste in place of an MTA-STS, TLS-RPT or BIMI record, or of the records that are too many."""

from __future__ import annotations

from benchkit.audit.facts.policies import PolicyTexts
from benchkit.audit.fixes import replacement


def replaced(found: PolicyTexts, text: str) -> str:
    return replacement.replace_txt(replacement.holder(found.answer), found.records, text)


def removed(found: PolicyTexts, keep: int = 0) -> str:
    name = replacement.holder(found.answer)
    return replacement.lines(*(replacement.remove(name, record) for record in found.records[keep:]))
