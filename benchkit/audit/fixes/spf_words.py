"""One word of an SPF record that is no term, or does nothing → the terms that were meant. Never guesses: None is "not clear".

A word that is a term and does what it seems to do stays unchanged. DNS questions, and the record as a whole, are handled
elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address

from benchkit.audit.fixes.spelling import closest
from benchkit.audit.fixes.spf_values import AROUND, address_in, address_term, cleaned, is_host, with_plain_address
from benchkit.audit.records.spf_syntax import parse_terms
from benchkit.audit.records.spf_terms import MechanismKind, Modifier, SpfMechanism
from benchkit.audit.records.text import is_fatal
from benchkit.audit.tables.provider_signatures import KNOWN_INCLUDES

NAMES = (*MechanismKind, "redirect", "exp")
MODIFIERS = ("redirect", "exp")
_ALIASES = {
    "ipv4": "ip4",
    "ipv6": "ip6",
    "ip": "ip4",
    "includes": "include",
    "inc": "include",
    "v4": "ip4",
    "v6": "ip6",
}
_NAMED = re.compile(r"([-+~?]?)([A-Za-z]+[0-9]?)([:=;.]+)(.+)\Z")
_ALL = re.compile(r"(.+?)([-~?+]all)\Z", re.IGNORECASE)
_RUN_TOGETHER = re.compile(r"(?<=[A-Za-z0-9])(?=[+~?-]?(?:include|exists|ipv?[46]):)", re.IGNORECASE)
_PLUS = re.compile(r"(?<=[A-Za-z0-9])\+(?=(?:a|mx|ptr|include:.+|ip[46]:.+)\Z)", re.IGNORECASE)
_WITHOUT_COLON = re.compile(r"([-+~?]?)(ip4)([0-9]{1,3}\.[0-9].*)\Z", re.IGNORECASE)
_MACRO = re.compile(r"%\{[^}]*\}|%[%_-]")
_IN_NO_NAME = re.compile(r"//|[^A-Za-z0-9._/-]")  # legal in the grammar, and in no host name
_SEPARATOR = re.compile(r"[,;](?![^{]*\})")
LONGEST_WORD = 300  # characters; a host name has at most 253
_PLAUSIBLE = {4: 16, 6: 32}  # shorter prefixes are whole providers


@dataclass(frozen=True, slots=True)
class Repaired:
    """`terms` in the place of the word; `why` says what was wrong with it."""

    terms: tuple[str, ...]
    why: str


@lru_cache(maxsize=10_000)
def is_sound(word: str) -> bool:
    """Whether the word is a term that does what it seems to: no mechanism written as a modifier, no two terms run together."""
    terms, faults = parse_terms(word, 0)
    if len(terms) != 1 or is_fatal(faults):
        return False
    (term,) = terms
    if isinstance(term, Modifier):
        return _is_sound_modifier(term)
    named = term.domain.text if term.domain else ""
    odd = (
        _RUN_TOGETHER.search(named) or _ALL.match(named.removesuffix(".")) or _IN_NO_NAME.search(_MACRO.sub("", named))
    )
    return not odd


def _is_sound_modifier(term: Modifier) -> bool:
    """Unknown modifiers are legal (RFC 7208 §6), but one that holds an address was meant as a mechanism."""
    if term.name in MODIFIERS:
        return not _IN_NO_NAME.search(_MACRO.sub("", term.value.text))
    return not _kind(term.name) and term.name != "v" and "." not in term.name and address_in(term.value.text) is None


def repaired(word: str) -> Repaired | None:
    """The terms that were meant by a word that is not sound; a very long word is no typing error."""
    if len(word) > LONGEST_WORD:
        return None
    for attempt in _ATTEMPTS:
        found = attempt(word)
        if found and all(map(is_sound, found.terms)):
            return found
    pieces = _pieces(word)
    if len(pieces) < 2:
        return None
    parts = [Repaired((piece,), "") if is_sound(piece) else repaired(piece) for piece in pieces]
    terms = tuple(term for part in parts if part for term in part.terms)
    return Repaired(terms, "a space is missing between the terms") if all(parts) else None


def without_host_bits(word: str) -> str:
    """An ip4 or ip6 term with its network; other terms as they are. "" where the prefix is so short that it may be mistyped."""
    found = mechanism(word)
    if found is None or found.network is None or "/" not in word:
        return word
    host, _, prefix = word.partition(":")[2].partition("/")
    if ip_address(host) == found.network.network_address:
        return word
    if found.network.prefixlen < _PLAUSIBLE[found.network.version]:
        return ""
    return f"{word.partition(':')[0]}:{found.network.network_address}/{prefix}"


def needs_value(word: str) -> str:
    """`include`, `ip4` and the like, where the word is nothing else; "" for others."""
    bare = word.lstrip("-+~?").rstrip(":=").lower()
    kind = _kind(bare)
    return "" if kind in ("", "a", "mx", "ptr", "all") else kind


def _pieces(word: str) -> list[str]:
    """Cut at separators, and where a term begins inside another."""
    for cut in (_SEPARATOR, _RUN_TOGETHER, _PLUS):
        pieces = [piece for piece in cut.split(word) if piece]
        if len(pieces) > 1:
            return pieces
    found = _ALL.match(word)
    return [found[1], found[2]] if found else [word]


def _version(word: str) -> Repaired | None:
    return Repaired((), "the version appears again") if re.match(r"v=spf1\Z", word, re.IGNORECASE) else None


def _comma_for_dot(word: str) -> Repaired | None:
    """`include:spf.protection.outlook,com`: only where the name with a dot is a provider's include."""
    kind, colon, value = word.partition(":")
    right = value.strip(AROUND).replace(",", ".").replace(";", ".")
    if not colon or _kind(kind.lstrip("-+~?")) != "include" or right.lower() not in KNOWN_INCLUDES:
        return None
    return Repaired((f"{kind}:{right}",), "a comma stood in place of a dot") if right != value else None


def _stripped(word: str) -> Repaired | None:
    inner = word.strip(AROUND)
    if inner == word or not inner:
        return None
    if is_sound(inner):
        return Repaired((inner,), "a stray character beside the term")
    return repaired(inner)


def _qualified_all(word: str) -> Repaired | None:
    """`--all`, `-alll`, `~al`."""
    found = re.match(r"([-~?])\1*([A-Za-z]+)\.?\Z", word)
    if found and len(found[2]) > 1 and (found[2].lower() == "all" or closest(found[2], ("all",))):
        return Repaired((f"{found[1]}all",), "the term is written `all`")
    return None


def _named(word: str) -> Repaired | None:
    """A mechanism with its value, one of them written wrongly."""
    found = _NAMED.match(word)
    kind = _kind(found[2]) if found else ""
    if not found or not kind or (found[3] == "." and kind in ("a", "mx")):
        return None
    value = cleaned(found[4])
    if found[2].lower() == "ip" and value[:2] in ("4:", "6:"):
        value = value[2:]
    address, why = with_plain_address(value) if kind in ("ip4", "ip6", "a") else ("", "")
    if address:
        return Repaired((found[1] + address_term(address),), why)
    if kind in MODIFIERS:
        return Repaired((f"{kind}={value}",), f"the modifier is written `{kind}=`")
    return _term(found[1], kind, value)


def _dangling(word: str) -> Repaired | None:
    """`mx:` without a name is the domain's own."""
    found = re.match(r"([-+~?]?(?:a|mx|ptr))[:=]+\Z", word, re.IGNORECASE)
    return Repaired((found[1],), "nothing comes after the colon") if found else None


def _without_colon(word: str) -> Repaired | None:
    found = _WITHOUT_COLON.match(word)
    return Repaired((f"{found[1]}ip4:{cleaned(found[3])}",), "the colon is missing") if found else None


def _bare(word: str) -> Repaired | None:
    """An address or a domain without a mechanism."""
    value = cleaned(word)
    if network := address_in(value):
        return Repaired((address_term(network),), "an address needs its mechanism")
    if is_host(value) and (value.startswith(("_spf", "spf.")) or value.lower() in KNOWN_INCLUDES):
        return Repaired((f"include:{value}",), "the SPF record of another domain is included with `include:`")
    return None


_ATTEMPTS: tuple[Callable[[str], Repaired | None], ...] = (
    _version,
    _comma_for_dot,
    _stripped,
    _qualified_all,
    _dangling,
    _without_colon,
    _named,
    _bare,
)


def _term(qualifier: str, kind: str, value: str) -> Repaired | None:
    network = address_in(value)
    if network and kind != "exists":
        right = address_term(network)
        return Repaired((qualifier + right,), f"an address is written `{right.partition(':')[0]}:`")
    if kind in ("ip4", "ip6"):
        return Repaired((f"{qualifier}a:{value}",), "a host name is written `a:`") if is_host(value) else None
    return Repaired((f"{qualifier}{kind}:{value}",), f"the mechanism is written `{kind}:`")


def _kind(name: str) -> str:
    """The mechanism or modifier that a name is, or was meant to be; "" if none."""
    lower = name.lower()
    if lower in NAMES:
        return lower
    if lower in _ALIASES:
        return _ALIASES[lower]
    if len(lower) > 2 and (closest(lower, ("ip4",)) or closest(lower, ("ip6",))):
        return "ip4"  # the address tells the family
    return closest(lower, ("include", "exists", "redirect")) if len(lower) > 4 else ""


def mechanism(term: str) -> SpfMechanism | None:
    """The term as a mechanism; None for a modifier, and for what is no term."""
    terms, _ = parse_terms(term, 0)
    return terms[0] if terms and isinstance(terms[0], SpfMechanism) else None
