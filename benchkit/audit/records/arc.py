"""The ARC sets of a message (RFC 8617 §4.2): three fields an instance, and what each says of the chain before it.

This file does not verify the seals. The IETF moves ARC to Historic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from benchkit.audit.records.dkim_signature import DkimSignature, parse_dkim_signature
from benchkit.audit.records.tags import TagList, parse_tags
from benchkit.audit.records.text import RecordFault
from benchkit.model.counts import counted

SEAL, SIGNATURE, RESULTS = "arc-seal", "arc-message-signature", "arc-authentication-results"
FIELDS = (SEAL, SIGNATURE, RESULTS)
MOST_INSTANCES = 50  # §4.2.1


@dataclass(frozen=True, slots=True)
class ArcSealTags:
    """The tags of one ARC-Seal (§4.1.3); a fatal fault means that it cannot verify."""

    algorithm: str
    domain: str
    selector: str
    signature: bytes
    faults: tuple[RecordFault, ...]


@dataclass(frozen=True, slots=True)
class ArcSet:
    """`chain` is the seal's cv=; `missing` names fields that the instance lacks or has more than once."""

    instance: int
    domain: str
    chain: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArcChain:
    """`sets` in the order of their instances; `stray` counts fields without an instance."""

    sets: tuple[ArcSet, ...]
    stray: int

    @property
    def faults(self) -> tuple[str, ...]:
        """Why a verifier gives up on it before any cryptography (§5.2)."""
        found = [f"i={each.instance} lacks one {name}" for each in self.sets for name in each.missing]
        if [each.instance for each in self.sets] != list(range(1, len(self.sets) + 1)):
            found.append("the instances are not 1, 2, 3, …")
        if len(self.sets) > MOST_INSTANCES:
            found.append(f"more than {MOST_INSTANCES} instances")
        if self.stray:
            found.append(f"{counted(self.stray, 'field')} without an instance")
        expected = ("none", *("pass" for _ in self.sets[1:]))
        wrong = [each for each, chain in zip(self.sets, expected, strict=False) if each.chain != chain]
        return (*found, *(f"i={each.instance} says cv={each.chain or '(nothing)'}" for each in wrong))


def parse_arc(fields: Iterable[tuple[str, str]]) -> ArcChain | None:
    """(lower-case name, value) of a message's fields, in any order → its chain, None without one; never raises."""
    parsed = [(name, parse_tags(value)) for name, value in fields if name in FIELDS]
    instances: defaultdict[int, list[tuple[str, TagList]]] = defaultdict(list)
    for name, tags in parsed:
        instances[_instance(tags)].append((name, tags))
    stray = len(instances.pop(0, []))
    return ArcChain(tuple(_set(number, instances[number]) for number in sorted(instances)), stray) if parsed else None


def parse_seal(text: str) -> ArcSealTags:
    """An ARC-Seal's value → its tags and faults; never raises. It has the tags of a DKIM-Signature but h=, bh= and c=."""
    like_dkim = parse_dkim_signature(text)
    faults = [fault for fault in like_dkim.faults if _is_of_seal(fault)]
    if like_dkim.tags.find("h"):
        faults.append(RecordFault("header-list", "h= must not be in an ARC-Seal", (0, len(text))))
    return ArcSealTags(like_dkim.algorithm, like_dkim.domain, like_dkim.selector, like_dkim.signature, tuple(faults))


def parse_message_signature(text: str) -> DkimSignature:
    """An ARC-Message-Signature's value: a DKIM-Signature without v=, whose i= is the instance (§4.1.2)."""
    found = parse_dkim_signature(text)
    faults = [fault for fault in found.faults if fault.code != "identity" and not _is_missing(fault, "v")]
    if "arc-seal" in found.headers:
        faults.append(RecordFault("seal-signed", "h= must not name ARC-Seal", (0, len(text))))
    return replace(found, identity=f"@{found.domain}", faults=tuple(faults))


def _is_of_seal(fault: RecordFault) -> bool:
    return fault.code not in ("identity", "from-unsigned") and not any(
        _is_missing(fault, name) for name in ("v", "bh", "h")
    )


def _is_missing(fault: RecordFault, name: str) -> bool:
    return fault.code == "tag-missing" and fault.message.startswith(f"{name}= ")


def _set(instance: int, fields: list[tuple[str, TagList]]) -> ArcSet:
    names = [name for name, _ in fields]
    seal = next((tags for name, tags in fields if name == SEAL), parse_tags(""))
    missing = tuple(name for name in FIELDS if names.count(name) != 1)
    return ArcSet(instance, seal.value("d").lower(), seal.value("cv").lower(), missing)


def instance_of(text: str) -> int:
    """The instance that a field's value names; 0 without one."""
    return _instance(parse_tags(text))


def _instance(tags: TagList) -> int:
    """ARC-Authentication-Results has it as a tag, too, before its results."""
    value = tags.value("i")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 4 else 0
