"""The key record of a selector with all that can be corrected from outside: tags, never the key itself."""

from __future__ import annotations

from benchkit.audit.facts.dkim_discovery import Selector
from benchkit.audit.fixes.replacement import fixed, holder, txt_record
from benchkit.model.record_fix import RecordFix

WHAT = "DKIM key"
_TAGS = {"sha1": "h", "no-sha256": "h", "testing": "t", "obsolete-g": "g", "not-for-mail": "s"}
_VERSION = ("version-not-first", "version")


def dkim_fix(domain: str, selector: Selector) -> tuple[RecordFix, ...]:
    """Empty where the key itself is damaged: only its owner can publish it again."""
    key = selector.parsed
    if key is None or key.revoked or not selector.answer.records:
        return ()
    codes = [fault.code for fault in key.faults]
    damaged = any(fault.fatal and fault.code not in (*_TAGS, *_VERSION) for fault in key.faults)
    if damaged or not any(code in _TAGS or code in _VERSION for code in codes):
        return ()
    out = {_TAGS[code] for code in codes if code in _TAGS}
    tags = [f"{tag.name}={tag.value}" for tag in key.tags.tags if tag.name not in out and tag.name != "v"]
    tags = ["t=s", *tags] if "t" in out and key.strict else tags
    changes = [fault.message for fault in key.faults if fault.code in _TAGS or fault.code in _VERSION]
    after = [txt_record("; ".join(["v=DKIM1", *tags]))]
    old = selector.answer.records
    return (fixed(domain, WHAT, holder(selector.answer), before=old, after=after, changes=changes),)
