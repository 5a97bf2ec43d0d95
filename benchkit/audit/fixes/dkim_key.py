"""The key record of a selector with all that can be corrected from outside: tags, never the key itself."""

from __future__ import annotations

import re

from benchkit.audit.facts.dkim_discovery import Selector
from benchkit.audit.fixes.replacement import fixed, held, holder, record, txt_record
from benchkit.audit.fixes.spelling import plain, without_look_alikes
from benchkit.audit.records.dkim import parse_dkim
from benchkit.audit.records.tags import parse_tags
from benchkit.audit.records.text import is_fatal
from benchkit.model.record_fix import RecordFix

WHAT = "DKIM key"
_TAGS = {"sha1": "h", "no-sha256": "h", "testing": "t", "obsolete-g": "g", "not-for-mail": "s"}
_VERSION = ("version-not-first", "version")
_WORDS = ("v", "dkim1", "k", "rsa", "ed25519", "p", "t", "s", "h", "sha256", "email")
NO_KEY = ("no-key", "key-cut")  # faults of a key with which no verifier can pass a signature, however lenient


def dkim_fix(domain: str, selector: Selector) -> tuple[RecordFix, ...]:
    """Empty where the key itself is damaged: only its owner can publish it again."""
    if fix := _without_stray(domain, selector):
        return fix
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


def without_key(domain: str, selector: Selector, why: str) -> tuple[RecordFix, ...]:
    """The record of a key with which no signature can pass goes: a safe default where another key of the domain works."""
    old = held(selector.answer, selector.answer.records)
    unless = "you publish the whole key again, as the program or service that made it shows it"
    return (fixed(domain, WHAT, holder(selector.answer), before=old, changes=[why], unless=unless),) if old else ()


def without_alias(domain: str, selector: Selector, why: str) -> tuple[RecordFix, ...]:
    """Likewise for an alias of the owner's own that leads to no key."""
    if len(selector.answer.cnames) > 1 or selector.answer.wildcard:
        return ()
    (target,) = selector.answer.cnames
    unless = f"you publish the key at {target}"
    return (
        fixed(domain, "DKIM alias", selector.at, before=[record("CNAME", f"{target}.")], changes=[why], unless=unless),
    )


def bare_key_fix(domain: str, selector: Selector) -> tuple[RecordFix, ...]:
    """The key with its tags, where what is published is a whole key: of a PEM file, or its base64 alone."""
    if mistyped := _meant_as_key(selector.bare_key):
        return _replaced(domain, selector, mistyped, "a key record begins with `v=DKIM1`; the same key is left")
    base64 = re.sub(r"-+(BEGIN|END)[A-Z ]*-+|[^A-Za-z0-9+/=]", "", selector.bare_key)
    text = f"v=DKIM1; k=rsa; p={base64}"
    if is_fatal(parse_dkim(text).faults):
        return ()
    return _replaced(domain, selector, text, "the tags of a key record were added; only the key itself stays in p=")


def _without_stray(domain: str, selector: Selector) -> tuple[RecordFix, ...]:
    """Only where the key is then whole: a zone file's `\\;`, quotation marks, `p:` for `p=`, stray commas, `k=RSA`."""
    text = selector.texts[0] if len(selector.texts) == 1 else ""
    made = without_look_alikes(plain(text)[0], _WORDS)[0].replace("\\", "").replace('"', "").strip(" '")
    made = re.sub(r"(^|[;\s])([vkpt]):", r"\1\2=", made).replace(",", "")
    made = re.sub(r"\bk\s*=\s*RSA\b", "k=rsa", made, flags=re.IGNORECASE)
    if made == text or is_fatal(parse_dkim(made).faults):
        return ()
    key = parse_dkim(text)
    if not is_fatal(key.faults) and all(fault.code in _TAGS for fault in key.faults):
        return ()
    why = "characters that belong into a zone file or into no key were removed, and the same key is left"
    return _replaced(domain, selector, made, why)


def _meant_as_key(text: str) -> str:
    """`v=DMARC1; k=rsa; p=MII…`, also with letters that only look like ASCII, as the key record it was meant to be."""
    tags = parse_tags(without_look_alikes(plain(text)[0], _WORDS)[0])
    kept = [f"{tag.name}={tag.value}" for tag in tags.tags if tag.name != "v"]
    made = "; ".join(["v=DKIM1", *kept])
    return made if tags.find("p") and not is_fatal(parse_dkim(made).faults) else ""


def _replaced(domain: str, selector: Selector, text: str, why: str) -> tuple[RecordFix, ...]:
    where, old = holder(selector.answer), held(selector.answer, selector.answer.records)
    return (fixed(domain, WHAT, where, before=old, after=[txt_record(text)], changes=[why]),) if old else ()
