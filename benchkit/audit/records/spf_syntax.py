"""The ABNF of SPF's terms (RFC 7208 §12): each run of non-spaces → one term or its faults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from benchkit.audit.records.macros import Literal, Macro, MacroString, parse_macros
from benchkit.audit.records.spf_terms import MechanismKind, Modifier, Qualifier, SpfMechanism, Term
from benchkit.audit.records.text import RecordFault, Span, described, readable

_WORD = re.compile(r"[^ ]+")  # nothing but a space parts terms, no tab and no control character
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=")
_MECHANISM = re.compile(r"([-+~?]?)([A-Za-z][A-Za-z0-9_.-]*)")
_DUAL_CIDR = re.compile(r"(?:/([0-9]+))?(?://([0-9]+))?\Z")
_ALPHANUM = re.compile(r"[A-Za-z0-9]")
_TOPLABEL = re.compile(r"[A-Za-z0-9-]+\Z")
_LONGEST = {MechanismKind.IP4: 32, MechanismKind.IP6: 128}
_WITH_DUAL_CIDR = (MechanismKind.A, MechanismKind.MX)
_NEEDS_DOMAIN = (MechanismKind.INCLUDE, MechanismKind.EXISTS)
_ONCE = ("redirect", "exp")
_REPORTS = {"rp": re.compile(r"(?:[0-9]{1,2}|100)\Z"), "rr": re.compile(r"(?:all|[efsn])(?::(?:all|[efsn]))*\Z", re.I)}


def parse_terms(text: str, start: int) -> tuple[tuple[Term, ...], tuple[RecordFault, ...]]:
    """Everything after the version → the sound terms and all faults, each in the order of the text."""
    terms: list[Term] = []
    faults: list[RecordFault] = []
    for word in _WORD.finditer(text, start):
        for found in _term(word[0], word.start()):
            if isinstance(found, RecordFault):
                faults.append(found)
            else:
                terms.append(found)
    faults.extend(_twice(terms))
    return tuple(terms), tuple(sorted(faults, key=lambda fault: fault.span))


def _term(word: str, at: int) -> Iterator[Term | RecordFault]:
    """A term only where it has no fatal fault."""
    modifier = _MODIFIER.match(word)
    found = list(_modifier(modifier, at) if modifier else _mechanism(word, at))
    broken = any(isinstance(each, RecordFault) and each.fatal for each in found)
    return (each for each in found if isinstance(each, RecordFault) or not broken)


# modifiers


def _modifier(match: re.Match[str], at: int) -> Iterator[Term | RecordFault]:
    word, name, offset = match.string, match[1].lower(), at + match.end()
    span = (at, at + len(word))
    value, faults = parse_macros(word[match.end() :], offset)
    yield from faults
    if name in _ONCE:
        yield from _domain_faults(value)
    elif name in list(MechanismKind):
        message = f"{name}= is an unknown modifier that does nothing; the mechanism is written {name}:"
        yield RecordFault("mechanism-as-modifier", message, span, fatal=False)
    elif name in _REPORTS and not _REPORTS[name].match(value.text):
        yield RecordFault("report-modifier", f"{name}= has not the form of RFC 6652 §3", span, fatal=False)
    yield Modifier(name, word, span, value)


def _twice(terms: list[Term]) -> Iterator[RecordFault]:
    for name in _ONCE:
        same = [term for term in terms if isinstance(term, Modifier) and term.name == name]
        for again in same[1:]:
            yield RecordFault("modifier-twice", f"{name}= appears more than once", again.span)


# mechanisms


def _mechanism(word: str, at: int) -> Iterator[Term | RecordFault]:
    match = _MECHANISM.match(word)
    span = (at, at + len(word))
    if match is None:
        hint = "" if word[0].isascii() else f": it begins with {described(word)}"
        yield RecordFault("unknown-term", f"{readable(word)[:40]!r} is neither a mechanism nor a modifier{hint}", span)
        return
    try:
        kind = MechanismKind(match[2].lower())
    except ValueError:
        yield RecordFault("unknown-mechanism", f"there is no mechanism {match[2][:40]!r}", span)
        return
    qualifier = Qualifier(match[1] or "+")
    yield from _argument(kind, qualifier, word, match.end(), span)


def _argument(
    kind: MechanismKind, qualifier: Qualifier, word: str, end: int, span: Span
) -> Iterator[Term | RecordFault]:
    if kind in _LONGEST:
        yield from _address(kind, qualifier, word, end, span)
    elif kind is MechanismKind.ALL:
        if end < len(word):
            yield RecordFault("unexpected-argument", "all takes no argument", (span[0] + end, span[1]))
        yield SpfMechanism(kind, qualifier, word, span)
    else:
        yield from _named(kind, qualifier, word, end, span)


def _named(kind: MechanismKind, qualifier: Qualifier, word: str, end: int, span: Span) -> Iterator[Term | RecordFault]:
    """A mechanism with a domain, named or implied."""
    stop, prefix4, prefix6 = len(word), 32, 128
    if kind in _WITH_DUAL_CIDR and (cidr := _DUAL_CIDR.search(word, end)):
        stop = cidr.start()
        yield from _prefix_faults(cidr[1], 32, span)
        yield from _prefix_faults(cidr[2], 128, span)
        prefix4, prefix6 = _prefix(cidr[1], 32), _prefix(cidr[2], 128)
    argument = word[end:stop]
    domain = None
    if argument.startswith(":"):
        domain, faults = parse_macros(argument[1:], span[0] + end + 1)
        yield from (*faults, *_domain_faults(domain))
    elif argument:
        yield RecordFault(
            "unexpected-argument", f"{argument[:40]!r} cannot follow {kind}", (span[0] + end, span[0] + stop)
        )
    elif kind in _NEEDS_DOMAIN:
        yield RecordFault("domain-missing", f"{kind} needs a domain: {kind}:example.com", span)
    yield SpfMechanism(kind, qualifier, word, span, domain, None, prefix4, prefix6)


def _address(
    kind: MechanismKind, qualifier: Qualifier, word: str, end: int, span: Span
) -> Iterator[Term | RecordFault]:
    longest = _LONGEST[kind]
    argument = (span[0] + end, span[1])
    if word[end : end + 1] != ":":
        yield RecordFault(
            "address-missing", f"{kind} needs an address: {kind}:…", argument if end < len(word) else span
        )
        return
    host, slash, prefix = word[end + 1 :].partition("/")
    if slash:
        yield from _prefix_faults(prefix, longest, argument)
    network = _network(host, _prefix(prefix if slash else None, longest), longest)
    if network is None:
        yield RecordFault(f"bad-{kind}", f"{host[:60]!r} is no IPv{'4' if longest == 32 else '6'} address", argument)
        return
    if ip_address(host) != network.network_address:
        yield RecordFault(
            "host-bits", f"{host} has bits set beyond its prefix; it means {network}", argument, fatal=False
        )
    yield SpfMechanism(kind, qualifier, word, span, network=network)


def _network(host: str, prefix: int, longest: int) -> IPv4Network | IPv6Network | None:
    """None where the host is not an address; a zone id (`%eth0`) has a meaning on one machine only and is not part of
    ip6-network."""
    try:
        if longest == 32:
            return IPv4Network((int(IPv4Address(host)), prefix), strict=False)
        return IPv6Network((int(IPv6Address(host)), prefix), strict=False) if "%" not in host else None
    except AddressValueError:
        return None


def _prefix_faults(digits: str | None, longest: int, span: Span) -> Iterator[RecordFault]:
    if digits is not None and (not _is_number(digits) or int(digits) > longest):
        yield RecordFault("bad-prefix-length", f"/{digits[:20]} is no prefix length from 0 to {longest}", span)


def _prefix(digits: str | None, longest: int) -> int:
    return int(digits) if digits is not None and _is_number(digits) and int(digits) <= longest else longest


def _is_number(digits: str) -> bool:
    """The ABNF leaves no room for a leading zero."""
    return len(digits) <= 3 and digits.isascii() and digits.isdigit() and (digits == "0" or digits[0] != "0")


# domains


def _domain_faults(domain: MacroString) -> Iterator[RecordFault]:
    """domain-spec = macro-string domain-end: it ends in a macro, or in a dot and a top label (RFC 7208 §7.1)."""
    if not domain.parts:
        if not domain.text:
            yield RecordFault("domain-missing", "the domain is empty", domain.span)
        return
    last = domain.parts[-1]
    if isinstance(last, Macro) or last.escape:
        return
    yield from _end_faults(last, domain)


def _end_faults(last: Literal, domain: MacroString) -> Iterator[RecordFault]:
    _, dot, top = last.text.removesuffix(".").rpartition(".")
    if not dot:
        yield RecordFault("bad-domain", f"{domain.text[:60]!r} does not end in a dot and a top label", domain.span)
    elif not _is_toplabel(top):
        hint = "; an address is written ip4:" if _looks_like_address(domain.text) else ""
        yield RecordFault("bad-domain", f"{top[:60]!r} cannot be the last label of a domain{hint}", domain.span)


def _is_toplabel(label: str) -> bool:
    if not (_TOPLABEL.match(label) and _ALPHANUM.match(label[0]) and _ALPHANUM.match(label[-1])):
        return False
    return not label.isdigit()


def _looks_like_address(text: str) -> bool:
    return text.count(".") == 3 and text.replace(".", "").isdigit()
