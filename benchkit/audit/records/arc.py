"""The ARC sets of a message (RFC 8617 §4.2): three fields an instance, and what each says of the chain before it.

The IETF moves ARC to Historic; here it is told for what it says. Nothing of it is verified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from benchkit.audit.records.tags import TagList, parse_tags

SEAL, SIGNATURE, RESULTS = "arc-seal", "arc-message-signature", "arc-authentication-results"
FIELDS = (SEAL, SIGNATURE, RESULTS)
MOST_INSTANCES = 50  # §4.2.1


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
            found.append(f"{self.stray} fields without an instance")
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


def _set(instance: int, fields: list[tuple[str, TagList]]) -> ArcSet:
    names = [name for name, _ in fields]
    seal = next((tags for name, tags in fields if name == SEAL), parse_tags(""))
    missing = tuple(name for name in FIELDS if names.count(name) != 1)
    return ArcSet(instance, seal.value("d").lower(), seal.value("cv").lower(), missing)


def _instance(tags: TagList) -> int:
    """ARC-Authentication-Results has it as a tag, too, before its results."""
    value = tags.value("i")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 4 else 0
