"""The text of one SPF record → its terms with typing errors repaired, what was changed, and what is not clear. Asks nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchkit.audit.fixes import spf_words
from benchkit.audit.fixes.spelling import plain
from benchkit.audit.fixes.spf_values import is_host, is_value
from benchkit.audit.records.spf import is_spf
from benchkit.audit.records.text import readable, strange_in

_VERSION = re.compile(
    r"[\s\"'(]*(?:spf\s*[=:]\s*)?(?:v\s*[=:]?\s*\"?\s*spf\s*1?|spf1|spf2\.0/\S*)[\"\s;:,.=]*", re.IGNORECASE
)
_STRAY_VERSION = re.compile(r"v=spf1[;,.]?\Z", re.IGNORECASE)
# A term that cannot be the rest of a host name that was cut: `a`, `mx` and `ptr` alone can
_BEGINS_TERM = re.compile(r"[-+~?]?(?:include|ip4|ip6|a|mx|exists|ptr)[:]|(?:redirect|exp)=|[-~?+]all\Z", re.IGNORECASE)
_MX_PREFERENCE = re.compile(r"[-+~?]?mx[:=]?[0-9]+\Z", re.IGNORECASE)


@dataclass(slots=True)
class SpfTerms:
    """`text` is what was read; `undecided` has a sentence for each word of which it is not clear what was meant."""

    text: str = ""
    terms: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)


def read_terms(strings: Sequence[bytes]) -> SpfTerms:
    """The strings of one TXT record, as they are on the wire."""
    text, changes = _joined(strings)
    text, plain_changes = plain(text)
    found = SpfTerms(text, changes=[*changes, *plain_changes])
    _words(_without_version(text, found), found)
    return found


def _joined(strings: Sequence[bytes]) -> tuple[str, list[str]]:
    """Receivers join the strings with nothing in between (RFC 7208 §3.3): a blank that was lost there is put back."""
    text, changes = "", []
    for each in (part.decode("latin-1") for part in strings):
        if lost := lost_blank(text, each):
            changes.append(f"the space between `{lost[0]}` and `{lost[1]}` was missing where two strings join")
            text += " "
        text += each
    return text, changes


def lost_blank(before: str, after: str) -> tuple[str, str] | None:
    """The two terms that run together where one string ends and the next begins; None where nothing was lost."""
    if not before or not after or before[-1] == " " or after[0] == " ":
        return None
    left, right = before.split(" ")[-1], after.split(" ")[0]
    if not spf_words.is_sound(right) or not (spf_words.is_sound(left) or is_spf(left)):
        return None
    if is_spf(left):
        return left, right
    joined_is_term = spf_words.is_sound(left + right)
    return (left, right) if not joined_is_term or _BEGINS_TERM.match(right) else None


def _without_version(text: str, found: SpfTerms) -> str:
    stripped = text.strip().strip("\"'").strip()
    if stripped != text.strip():
        found.changes.append("quotation marks around the record were removed")
    if is_spf(stripped):
        return stripped[len("v=spf1") :]
    version = _VERSION.match(text)
    found.changes.append("the record begins with `v=spf1` and a space")
    return text[version.end() :].rstrip("\"'") if version else text


def _words(text: str, found: SpfTerms) -> None:
    words = [word for word in text.split(" ") if word]  # an octet of a letter may look like a blank
    while words:
        taken = next(_together(words), None)
        if taken is None:
            _word(words.pop(0), found)
            continue
        number, term, why = taken
        written, words = " ".join(words[:number]), words[number:]
        if term:
            _changed(written, (term,), why, found)
        else:
            found.undecided.append(f"`{written}`: {why}")


def _together(words: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Words that a stray blank has parted: how many, the term ("" if it is not clear), and what was wrong."""
    if len(words) < 2:
        return
    word, following = words[0], words[1].strip(",;")
    if word in ("-", "~", "?", "+") and following.rstrip(".").lower() == "all":
        yield 2, f"{word}all", "there was a space between the sign and `all`"
    if _MX_PREFERENCE.match(word) and is_host(following):
        advice = f"the number is the preference of an MX record. Write `mx` for all MX hosts of the domain, or `a:{following}`"
        yield 2, "", f"{advice} for this host"
    if following in (":", "=") and len(words) > 2 and spf_words.needs_value(word):
        yield from _joined_term(f"{word}:{words[2].strip(',;')}", 3)
    value = following.lstrip(":=")
    bare, dangles = word.lstrip("-+~?").rstrip(":=").lower(), word[-1] in ":="
    if is_value(value) and (spf_words.needs_value(word) or (bare in ("a", "mx") and (dangles or following != value))):
        yield from _joined_term(f"{word.rstrip(':=')}:{value}")
    if re.match(r"/[0-9]+\Z", following) and spf_words.is_sound(word):
        yield from _joined_term(word + following)


def _joined_term(term: str, words: int = 2) -> Iterator[tuple[int, str, str]]:
    repaired = spf_words.Repaired((term,), "") if spf_words.is_sound(term) else spf_words.repaired(term)
    if repaired and len(repaired.terms) == 1:
        yield words, repaired.terms[0], "there was a space inside the term"


def _word(word: str, found: SpfTerms) -> None:
    if _STRAY_VERSION.match(word):
        found.changes.append("a second `v=spf1` inside the record was removed: a record has one")
    elif spf_words.is_sound(word):
        _add(word, found)
    elif not word.strip(",;"):
        found.changes.append(f"`{word}` was removed: terms are separated by spaces")
    elif repair := spf_words.repaired(word):
        _changed(word, repair.terms, repair.why, found)
    else:
        found.undecided.append(
            f"`{readable(word)}`{strange_in(word)}: it is not clear what was meant. "
            "Correct it, or remove it if no sender needs it"
        )


def _changed(written: str, terms: Sequence[str], why: str, found: SpfTerms) -> None:
    change = f"became `{' '.join(terms)}`" if terms else "was removed"
    found.changes.append(f"`{written}` {change}: {why}")
    for term in terms:
        _add(term, found)


def _add(term: str, found: SpfTerms) -> None:
    """An address with bits set beyond its prefix is written as the network that it means."""
    network = spf_words.without_host_bits(term)
    if not network:
        found.undecided.append(f"`{term}`: the prefix makes it a very wide network. Correct the prefix")
    elif network != term:
        found.changes.append(f"`{term}` became `{network}`: the network that it means")
    found.terms.append(network or term)
