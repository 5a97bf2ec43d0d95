"""Repaired terms of one record, or of several, → the text of one valid record. It loses no sender and never ends in `+all`.

What has no obvious repair gives no text, and a sentence about what the owner must decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchkit.audit.fixes.spf_senders import lost_senders
from benchkit.audit.fixes.spf_text import SpfTerms, read_terms
from benchkit.audit.fixes.spf_words import mechanism
from benchkit.audit.records.spf import MechanismKind, parse_spf
from benchkit.audit.records.spf_terms import SpfMechanism

LONGEST_REPAIRED = 4_096  # octets; a longer record is no work for pasting
NAME_THEM = "name the hosts and services that send for the domain, then end the record with ~all"


@dataclass(frozen=True, slots=True)
class Proposal:
    """`text` is "" where no record can be offered; `decide` says why and what to do. `names_senders`: the old text did."""

    text: str = ""
    changes: tuple[str, ...] = ()
    decide: tuple[str, ...] = ()
    names_senders: bool = True
    open_ended: bool = False  # it ends in +all


def proposed(records: Sequence[Sequence[bytes]]) -> Proposal:
    """The records as strings on the wire; one valid record in their place."""
    if sum(len(string) for strings in records for string in strings) > LONGEST_REPAIRED:
        return Proposal(decide=("the record is too long to repair here: write a new one",))
    read = [read_terms(strings) for strings in records]
    changes = [change for each in read for change in each.changes]
    undecided = tuple(each for part in read for each in part.undecided)
    if undecided:
        return Proposal(changes=tuple(changes), decide=undecided)
    if len(read) > 1:
        changes.insert(0, f"{len(read)} records became one: receivers use none of several")
    return _one(read, changes)


def _one(read: Sequence[SpfTerms], changes: list[str]) -> Proposal:
    terms = _unique([term for each in read for term in each.terms], changes)
    senders = [term for term in terms if _is_sender(term)]
    ends = [found for term in terms if (found := mechanism(term)) and found.kind is MechanismKind.ALL]
    end = _end(terms, [found.text for found in ends], changes)
    if end is None:
        passes = any(found.qualifier == "+" for found in ends)
        return Proposal(changes=tuple(changes), decide=(NAME_THEM,), names_senders=False, open_ended=passes)
    moves: list[str] = []
    text = " ".join(["v=spf1", *_ordered(terms, end, moves)])
    changes += moves if len(read) == 1 else []
    record = parse_spf(text)
    lost = lost_senders([each.text for each in read], text)
    if not record.valid or lost or (record.all and record.all.qualifier == "+"):
        return Proposal(decide=(f"it is not clear how to keep {', '.join(lost) or 'every term'}: write a new record",))
    return Proposal(text, tuple(changes), names_senders=bool(senders))


def _unique(terms: Sequence[str], changes: list[str]) -> list[str]:
    kept: dict[str, str] = {}
    for term in terms:
        found = mechanism(term)
        if found and found.kind is MechanismKind.ALL:
            kept.setdefault(f"{found.text.lower()}", term)
        elif term.lower() in kept:
            changes.append(f"`{term}` appeared twice")
        else:
            kept[term.lower()] = term
    return list(kept.values())


def _is_sender(term: str) -> bool:
    """A term by which a host may pass."""
    found = mechanism(term)
    return _is_redirect(term) if found is None else found.kind is not MechanismKind.ALL and found.qualifier == "+"


def _is_unknown(term: str) -> bool:
    """A modifier of which it is not known what it was meant to be."""
    return mechanism(term) is None and not term.lower().startswith(("redirect=", "exp="))


def _is_redirect(term: str) -> bool:
    return term.lower().startswith("redirect=")


def _end(terms: Sequence[str], ends: Sequence[str], changes: list[str]) -> str | None:
    """The `all` of the new record, "" where a redirect takes its place; None where no record can be offered."""
    signs = {"+" if end.lower() == "all" else end[0] for end in ends}
    if not any(map(_is_sender, terms)):
        return "-all" if signs == {"-"} and not any(map(_is_unknown, terms)) else None
    if not signs:
        if any(map(_is_redirect, terms)):
            return ""
        changes.append("`~all` was added: without it the record says nothing about other senders")
        return "~all"
    if signs in ({"-"}, {"~"}):
        return f"{min(signs)}all"
    old_ends = " and ".join(f"`{end}`" for end in ends)
    changes.append(
        f"{old_ends} became `~all`: receivers mark mail from other senders, but refuse none while you check "
        "your senders"
    )
    return "~all"


def _ordered(terms: Sequence[str], end: str, changes: list[str]) -> list[str]:
    """Mechanisms, then `all`, then modifiers. A redirect beside `all` does nothing (RFC 7208 §6.1): it becomes an include."""
    mechanisms: list[str] = []
    modifiers: list[str] = []
    passed: SpfMechanism | None = None
    for term in terms:
        found = mechanism(term)
        if found and found.kind is MechanismKind.ALL:
            passed = passed or found
        elif found:
            if passed:
                changes.append(f"`{term}` was moved before `all`: receivers do not evaluate what comes after it")
            mechanisms.append(term)
        elif _is_redirect(term) and end:
            included = f"include:{term.partition('=')[2]}"
            changes.append(f"`{term}` became `{included}`: receivers ignore a redirect beside `all`")
            mechanisms += [included] if included.lower() not in map(str.lower, mechanisms) else []
        else:
            modifiers.append(term)
    return [*mechanisms, *([end] if end else []), *modifiers]
