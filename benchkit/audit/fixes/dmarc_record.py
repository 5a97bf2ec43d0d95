"""A DMARC record's text with tags put in, changed or taken out; the other tags keep their order and their text."""

from __future__ import annotations

from collections.abc import Mapping

from benchkit.audit.dmarc.walk import WalkStep
from benchkit.audit.fixes import replacement
from benchkit.audit.records.dmarc import DmarcRecord
from benchkit.audit.records.text import txt_of


def edited(record: DmarcRecord, changes: Mapping[str, str | None]) -> str:
    """`changes` name → value, or None to take the tag out; a tag twice in the record stays once."""
    tags = {tag.name: tag.value for tag in reversed(record.tags.tags)}
    order = list(dict.fromkeys([*(tag.name for tag in record.tags.tags), *changes]))
    final = {name: changes.get(name, tags.get(name)) for name in order}
    final["v"] = "DMARC1"
    return "; ".join(f"{name}={final[name]}" for name in order if final[name] is not None)


def fix(step: WalkStep, **changes: str | None) -> str:
    """The paste that puts the edited record in the place of the one at this step."""
    if step.record is None:
        return ""
    old = [each for each in step.answer.records if txt_of(each) == step.record.text]
    return replacement.replace_txt(replacement.holder(step.answer), old, edited(step.record, changes))
