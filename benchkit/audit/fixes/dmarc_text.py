"""Texts that were meant as one DMARC record → its tags, with typing errors repaired. Asks nothing, and tightens no policy.

Where tags or records contradict each other the weaker policy stays, so that no mail is lost by the repair; report addresses
are all kept. What has no obvious repair is a sentence in `undecided`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchkit.audit.fixes.report_addresses import repaired_addresses
from benchkit.audit.fixes.spelling import closest, plain, without_look_alikes
from benchkit.audit.records.dmarc import Policy, is_dmarc
from benchkit.audit.records.text import readable

POLICY_TAGS = ("p", "sp", "np")
ADDRESS_TAGS = ("rua", "ruf")
_TAGS = (*POLICY_TAGS, *ADDRESS_TAGS, "adkim", "aspf", "fo", "t", "psd", "pct", "rf", "ri")
_WORDS = (*_TAGS, *Policy, "v", "dmarc1", "dmarc", "mailto", "y", "n", "u", "r", "s", "relaxed", "strict")
_VERSION = re.compile(r"[\s\"'(]*(?:v\s*[=:]?\s*)?\"?\s*dmarc\s*1?\b[\"\s;:,.]*", re.IGNORECASE)
_LATER_VERSION = re.compile(r"[^;]{0,40}?\bv\s*=\s*dmarc1?\b[\"\s;:,.]*", re.IGNORECASE)  # something stands before it
_NEXT_TAG = re.compile(rf"[,\s]+(?=(?:{'|'.join(_TAGS)})\s*=)", re.IGNORECASE)
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_CHOICES = {"t": "yn", "psd": "ynu", "adkim": "rs", "aspf": "rs"}
_REMOVED = ("rf", "ri")


@dataclass(slots=True)
class DmarcTags:
    """Tags in their order, without `v`."""

    tags: dict[str, str] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)


def record_text(tags: dict[str, str]) -> str:
    """`p` comes first: old receivers want it there (RFC 7489 §6.3)."""
    order = [name for name in POLICY_TAGS if name in tags] + [name for name in tags if name not in POLICY_TAGS]
    return "; ".join(["v=DMARC1", *(f"{name}={tags[name]}" for name in order)])


def strength(policy: str) -> int:
    """From none, 0, to reject, 2."""
    return tuple(Policy).index(Policy(policy))


def read_tags(texts: Sequence[str]) -> DmarcTags:
    """The tags of one record in the place of these."""
    found = DmarcTags()
    if len(texts) > 1:
        found.changes.append(f"{len(texts)} records became one: receivers discard several")
    for text in texts:
        for name, value in _pieces(text, found):
            _take(name, value, found)
    _tidy(found)
    return found


def _pieces(text: str, found: DmarcTags) -> Iterator[tuple[str, str]]:
    clean, changes = plain(text)
    clean, look_alikes = without_look_alikes(clean, _WORDS)
    found.changes += (*changes, *look_alikes)
    if "\\" in clean:
        found.changes.append("backslashes were removed: they belong in a zone file, not into the record")
    clean = clean.replace("\\", "").strip()
    unquoted = clean.strip("\"'").strip() if clean[:1] in ('"', "'") else clean
    if not is_dmarc(unquoted):
        found.changes.append("the record begins with `v=DMARC1` and a semicolon")
    elif unquoted != clean:
        found.changes.append("quotation marks around the record were removed")
    version = _VERSION.match(unquoted) or _LATER_VERSION.match(unquoted)
    body = unquoted[version.end() :] if version else unquoted
    for piece in body.split(";"):
        parts = _NEXT_TAG.split(piece.strip())
        if len(parts) > 1:
            found.changes.append("tags are separated by semicolons")
        for part in parts:
            if part.strip(" ,"):
                yield _named(part.strip().lstrip(","), found)


def _named(part: str, found: DmarcTags) -> tuple[str, str]:
    """The tag's name and value; an address alone belongs to the list before it, a policy alone is `p`."""
    written, equals, value = part.partition("=")
    if not equals:
        written, _, value = part.partition(":")
        is_tag = written.strip().lower() in _TAGS
        if not is_tag and ("@" in part or written.lower() == "mailto"):
            last = next((name for name in reversed(found.tags) if name in ADDRESS_TAGS), "rua")
            found.changes.append(f"`{part}` belongs to {last}=, after a comma")
            return last, part
        if part.strip("\"' .,").lower() in list(Policy):
            written, value = "p", part
    name = _tag_name(written.strip().strip("\"'").lower())
    if name not in _TAGS and "mailto:" in part.lower():
        name, value = "rua", part[part.lower().index("mailto:") :]
    if name != written.strip() or not equals:
        found.changes.append(f"`{part}` became `{name}={value.strip()}`")
    return name, value.strip()


def _tag_name(name: str) -> str:
    if name in _TAGS:
        return name
    if name in ("policy", "subdomain-policy"):
        return "p" if name == "policy" else "sp"
    return closest(name, ("adkim", "aspf", "rua", "ruf", "pct")) or name if len(name) > 2 else name


def _take(name: str, value: str, found: DmarcTags) -> None:
    if name != "p" and name in _TAGS and not value.strip("\"'., "):
        found.changes.append(f"`{name}=` was removed: it has no value")
        return
    clean = _policy if name in POLICY_TAGS else _addresses if name in ADDRESS_TAGS else _other
    made = clean(name, value, found)
    if made is None:
        return
    if name in found.tags and name in POLICY_TAGS and found.tags[name] != made:
        weaker = min(found.tags[name], made, key=strength)
        found.changes.append(
            f"{name}={found.tags[name]} and {name}={made} contradict each other: the weaker one stays for now"
        )
        found.tags[name] = weaker
    elif name in found.tags and name in ADDRESS_TAGS:
        both = dict.fromkeys([*found.tags[name].split(","), *made.split(",")])
        found.changes.append(
            f"the addresses of both {name}= are in one: a tag that is there twice makes the record void"
        )
        found.tags[name] = ",".join(both)
    elif name in found.tags:
        found.changes.append(f"{name}= appeared twice, which makes the record void")
    else:
        found.tags[name] = made


def _policy(name: str, value: str, found: DmarcTags) -> Policy | None:
    clean = value.strip("\"'.,:() ").lower()
    meant = clean if clean in list(Policy) else closest(clean, list(Policy), edits=2)
    if not meant:
        found.undecided.append(f"`{name}={value}` is not a policy: choose none, quarantine or reject")
        return None
    if meant != value.lower():
        found.changes.append(f"`{name}={value}` became `{name}={meant}`")
    return Policy(meant)


def _addresses(name: str, value: str, found: DmarcTags) -> str | None:
    made = repaired_addresses(value)
    found.undecided += [
        f"`{readable(each)}` in {name}= is not an address for reports: write mailto: and a mailbox"
        for each in made.unclear
    ]
    found.changes += [f"{name}=: `{readable(old)}` became `{new}`" for old, new in made.changed]
    if not made.changed and len(made.addresses) > 1 and value.count(",") < len(made.addresses) - 1:
        found.changes.append(f"the addresses in {name}= are separated by commas")
    kept = [each for each in made.addresses if not each.lower().startswith(("http:", "https:"))]
    found.changes += [
        f"`{each}` was removed from {name}=: reports are sent to mailto: addresses only"
        for each in made.addresses
        if each not in kept
    ]
    return ",".join(kept) or None


def _other(name: str, value: str, found: DmarcTags) -> str | None:
    clean = value.strip("\"'., ")
    if name in _CHOICES:
        short = clean[:1].lower()
        if short not in _CHOICES[name] or not short:
            found.changes.append(f"`{name}={value}` was removed: its value is none of {', '.join(_CHOICES[name])}")
            return None
        if short != value.lower():
            found.changes.append(f"`{name}={value}` became `{name}={short}`")
        return short
    if name in _REMOVED or (name == "pct" and clean.rstrip("%") == "100"):
        found.changes.append(f"`{name}={value}` was removed: it has no effect any more (RFC 9989)")
        return None
    if not _NAME.match(name) or name == "v" or not clean:
        found.changes.append(f"`{name or value}` was removed: it is not a tag with a value")
        return None
    return clean.rstrip("%") if name == "pct" else clean


def _tidy(found: DmarcTags) -> None:
    """Report options that are not valid, or that do nothing without ruf=."""
    options = found.tags.get("fo", "0").replace(" ", "").lower().split(":")
    valid = [each for each in dict.fromkeys(options) if each in ("0", "1", "d", "s")]
    if "fo" in found.tags and ("ruf" not in found.tags or not valid):
        why = "it does nothing without ruf=" if "ruf" not in found.tags else "its value is none of 0, 1, d, s"
        found.changes.append(f"`fo={found.tags.pop('fo')}` was removed: {why}")
    elif "fo" in found.tags:
        right = ":".join(each for each in valid if each != "0" or "1" not in valid)
        if right != found.tags["fo"]:
            found.changes.append(f"`fo={found.tags['fo']}` became `fo={right}`")
            found.tags["fo"] = right
