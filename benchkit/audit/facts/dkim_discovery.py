"""Finds a domain's DKIM keys. The DNS has no list of selectors, so names are tried.

Law: three answers only. FOUND; NOT_FOUND, which means not found among the names that were tried, never that there are none; and
NONE_CAN_EXIST, where the zone denies `_domainkey` with everything below it (RFC 8020). Names that are tried, the best first:
selectors given, a message's, those that the providers in MX and SPF have their customers publish, names derived from the
domain, then common names. Below a name that the zone denies, only the likeliest of the common names are tried: some servers
wrongly deny names that have nothing but others below them, so that a denial alone proves nothing.

A key that was guessed counts only beside proof that no wildcard made it up: a selector that the zone denies, or answers in
another way. So every key in `selectors` is sound, whichever other answers did not come.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import mail_hosts
from benchkit.audit.facts.reported_mail import reported_mail
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.records.dkim import DkimKey, parse_dkim, select_dkim
from benchkit.audit.records.dkim_signature import parse_dkim_signature
from benchkit.audit.records.text import txts_of
from benchkit.audit.rule import unanswered_in
from benchkit.audit.tables.provider_signatures import (
    COMMON,
    LIKELIEST,
    SENDERS,
    ProviderSignature,
    by_mx,
    by_spf,
    by_target,
)
from benchkit.audit.zone_facts import HeldZoneFacts
from benchkit.model.dns import Answer, AnswerState

NO_ZONE = HeldZoneFacts()
CONTROL = "benchkit-control-7f3a9c"  # a selector that no one has; a key there is a wildcard's
NSEC_STEPS = 32
MOST_REPORTED = 20  # selectors taken from receivers' reports, the most used first
LONGEST_NAME = 254  # with a final dot
LONGEST_KEY_TEXT = 2_000
_KEY = re.compile(r"\bMI[A-Za-z0-9+/]{100}")  # base64 of a SubjectPublicKeyInfo
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.){2,}[a-z][a-z0-9-]*[a-z0-9]\.?\Z", re.IGNORECASE)


class SelectorState(StrEnum):
    FOUND = "found"
    NOT_FOUND = "not found where looked"
    NONE_CAN_EXIST = "none can exist"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Selector:
    """A selector that answered. `provider` is the one that its CNAME target proves; `source` tells how it came to be asked."""

    name: str
    source: str
    answer: Answer
    texts: tuple[str, ...]
    parsed: DkimKey | None
    provider: str = ""
    others: tuple[str, ...] = ()  # TXT texts beside or instead of a key

    @property
    def at(self) -> str:
        return self.answer.name

    @property
    def host_name(self) -> str:
        """A text that looks like the target of a CNAME, published as TXT in the place of a key."""
        return next((text for text in self.others if looks_like_host(text) and not self.texts), "")

    @property
    def bare_key(self) -> str:
        """A text that holds a key without the tags of a key record, such as a PEM file's."""
        return next((text for text in self.others if looks_like_key(text) and not self.texts), "")

    @property
    def status(self) -> str:
        if not self.answer.state.known:
            return SelectorState.UNKNOWN
        if not self.texts:
            return SelectorState.NOT_FOUND
        return "several keys" if self.parsed is None else "revoked" if self.parsed.revoked else SelectorState.FOUND


@dataclass(frozen=True, slots=True)
class Discovery:
    """`selectors`: those given and those that hold a record. `selectors_tried`: how many names were looked up."""

    outcome: SelectorState
    selectors: tuple[Selector, ...]
    selectors_tried: int
    inferred: tuple[ProviderSignature, ...]
    control: Answer
    probe: Answer
    unanswered: tuple[Answer, ...]

    @property
    def wildcard(self) -> bool:
        """The control selector has an answer: what is found may be the wildcard's."""
        return bool(self.control.records)

    @property
    def keys(self) -> tuple[Selector, ...]:
        return tuple(selector for selector in self.selectors if selector.texts)


async def discovery(context: AuditContext) -> Discovery:
    base = f"_domainkey.{context.domain}"
    probe, control, given = await asyncio.gather(
        context.ask(base, "TXT"), context.ask(f"{CONTROL}.{base}", "TXT"), _names(context)
    )
    inferred = await context.fact(inferred_senders)
    sources: dict[str, str] = {}
    denied = _are_denied(probe, control)
    for name, source in given:
        if not denied or source != "common" or name in LIKELIEST:
            sources.setdefault(name, source)
    answers = await asyncio.gather(*(context.ask(f"{name}.{base}", "TXT") for name in sources))
    witness = _witness(control, [answer for name, answer in zip(sources, answers, strict=True) if "." not in name])
    kept = tuple(
        _selector(name, source, answer)
        for (name, source), answer in zip(sources.items(), answers, strict=True)
        if source == "given" or (_holds_something(answer) and witness and not _is_wildcards(answer, witness))
    )
    unanswered = unanswered_in(answers if witness else (control, *answers))
    outcome = _outcome(kept, probe, control, unanswered)
    return Discovery(outcome, kept, len(sources), inferred, control, probe, unanswered)


async def inferred_senders(context: AuditContext) -> tuple[ProviderSignature, ...]:
    """The providers that the domain's SPF record and MX records name, each once."""
    spf, mx = await asyncio.gather(context.fact(spf_record), context.fact(mail_hosts))
    terms = spf.parsed.mechanisms if spf.parsed else ()
    included = tuple(term.domain.text.lower() for term in terms if term.domain)
    found = (*by_spf(included), *by_mx(mx.names))
    return tuple(sender for sender in SENDERS if sender in found)


async def _names(context: AuditContext) -> list[tuple[str, str]]:
    """Selectors and where each comes from, the best source first."""
    mail = context.options.mail
    signed = [field.text for field in mail.all("dkim-signature")] if mail else []
    names = [(name, "given") for name in (*context.options.selectors, *_selectors_of(signed, context.domain))]
    reported = await context.fact(reported_mail)
    names += [(name, "reports") for name in list(reported.selectors if reported else ())[:MOST_REPORTED]]
    inferred = await context.fact(inferred_senders)
    names += [(name, sender.name) for sender in inferred for name in sender.selectors]
    names += [(name, "zone file") for name in (context.options.zone or NO_ZONE).selectors_of(context.domain)]
    names += [(name, "derived") for name in await _derived(context)]
    names += [(name, "common") for sender in SENDERS for name in sender.selectors]
    return [*names, *((name, "common") for name in COMMON)]


def _selectors_of(fields: list[str], domain: str) -> list[str]:
    signatures = [parse_dkim_signature(field) for field in fields]
    return [each.selector for each in signatures if each.domain == domain and each.selector]


async def _derived(context: AuditContext) -> list[str]:
    """HubSpot's portal number is in its SPF name and in its selectors; a domain's own first label is a common selector."""
    spf = await context.fact(spf_record)
    terms = spf.parsed.mechanisms if spf.parsed else ()
    portals = [
        term.domain.text.partition(".")[0] for term in terms if term.domain and "hubspotemail" in term.domain.text
    ]
    walked = await _nsec_walk(context) if context.options.nsec_walk else []
    return [*walked, *(f"hs{number}-{portal}" for portal in portals for number in (1, 2)), context.domain.split(".")[0]]


async def _nsec_walk(context: AuditContext) -> list[str]:
    """In a zone signed with NSEC (RFC 4034 §4) each name gives the next: every selector, in at most NSEC_STEPS questions."""
    suffix, name, found = f"._domainkey.{context.domain}", context.domain, []
    for _ in range(NSEC_STEPS):
        answer = await context.ask(name, "NSEC")
        following = answer.records[0].text.split()[0].rstrip(".").lower() if answer.records else ""
        if not following or following == context.domain or not following.endswith(context.domain):
            break
        if following.endswith(suffix):
            found.append(following.removesuffix(suffix))
        name = following
    return found


def _selector(name: str, source: str, answer: Answer) -> Selector:
    selection = select_dkim(txts_of(answer))
    parsed = parse_dkim(selection.only) if selection.only is not None else None
    target = answer.cnames[0] if answer.cnames else ""
    proven = by_target(target)
    return Selector(name, source, answer, selection.records, parsed, proven.name if proven else "", selection.others)


def works(selector: Selector) -> bool:
    """Whether signatures with its one key can pass."""
    return selector.parsed is not None and selector.parsed.valid and not selector.others


def _holds_something(answer: Answer) -> bool:
    """A key, a CNAME that should lead to one, or what looks like the target of such a CNAME."""
    selection = select_dkim(txts_of(answer))
    return bool(answer.cnames or selection.records or any(map(_was_meant, selection.others)))


def _was_meant(text: str) -> bool:
    return looks_like_host(text) or looks_like_key(text)


def looks_like_key(text: str) -> bool:
    return len(text) <= LONGEST_KEY_TEXT and ("PUBLIC KEY" in text or _KEY.search(text) is not None)


def looks_like_host(text: str) -> bool:
    return len(text) <= LONGEST_NAME and _HOST.match(text.strip()) is not None


def _witness(control: Answer, tried: Sequence[Answer]) -> Answer | None:
    """What a selector that no one has answers; where that answer did not come, the zone's denial of another says the same."""
    if control.state.known:
        return control
    return next((answer for answer in tried if answer.state is AnswerState.NXDOMAIN and not answer.cnames), None)


def _is_wildcards(answer: Answer, witness: Answer) -> bool:
    same = {record.text for record in answer.records} == {record.text for record in witness.records}
    return same and answer.cnames == witness.cnames and bool(witness.records or witness.cnames)


def _outcome(
    kept: tuple[Selector, ...], probe: Answer, control: Answer, unanswered: tuple[Answer, ...]
) -> SelectorState:
    if any(each.texts for each in kept):
        return SelectorState.FOUND
    if unanswered:
        return SelectorState.UNKNOWN
    return SelectorState.NONE_CAN_EXIST if _are_denied(probe, control) else SelectorState.NOT_FOUND


def _are_denied(probe: Answer, control: Answer) -> bool:
    """Whether the zone denies `_domainkey`; a compact denial (RFC 9824) is said of a single name only."""
    return (probe.state, control.state) == (AnswerState.NXDOMAIN, AnswerState.NXDOMAIN) and not probe.compact_denial
