"""The ways of sending that a run has models of: arms that differ only in what becomes of the connection are one way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchkit.model.prediction import ArmModel
from benchkit.model.summary import ArmSummary, Summary

_TRANSPORTS = {"smtp": "SMTP", "api": "API"}


@dataclass(frozen=True, slots=True)
class Way:
    """`name` says what it is; `model` is of its first arm, and reaches to the others of the way."""

    name: str
    transport: str
    arms: tuple[str, ...]
    model: ArmModel

    @property
    def label(self) -> str:
        """Within a sentence: an arm's own name in quotation marks."""
        return f"“{self.name}”" if self.name in self.arms else self.name


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Links that differ in RTT alone; `link` says what else they have, and is "" where that is nothing."""

    link: str
    ways: tuple[Way, ...]
    sides: tuple[Way, Way]

    @property
    def label(self) -> str:
        return self.link or "no other limit"

    def rtts_ms(self, summary: Summary) -> list[float]:
        """That were measured, from the shortest."""
        own = (one for one in summary.conditions if self.link in (one.name, one.name.partition(", ")[2]))
        return sorted({one.rtt_ms for one in own if one.rtt_ms is not None})


def link_groups(summary: Summary) -> tuple[LinkGroup, ...]:
    """Those on which both an SMTP way and an API way have a model, in the order of the conditions."""
    links = dict.fromkeys(model.link for model in summary.models)
    every = ((link, ways_of(summary, link)) for link in links)
    return tuple(LinkGroup(link, ways, sides) for link, ways in every if (sides := sides_of(summary, ways)) is not None)


def ways_of(summary: Summary, link: str | None = None) -> tuple[Way, ...]:
    """Over one group of links, by default the first, in the order of the arms, without copies (A/A)."""
    copies = {contrast.arm for contrast in summary.contrasts if contrast.aa}
    models = [model for model in summary.models if model.arm not in copies]
    chosen = next((model.link for model in models), "") if link is None else link
    arms = {arm.name: arm for arm in summary.arms}
    return tuple(_named(_ways([model for model in models if model.link == chosen], arms)))


def _ways(models: Sequence[ArmModel], arms: dict[str, ArmSummary]) -> Iterator[tuple[str, Way]]:
    found: dict[str, list[ArmModel]] = {}
    for model in models:
        found.setdefault(model.way, []).append(model)
    for of_way in found.values():
        first, names = of_way[0], tuple(model.arm for model in of_way)
        client = arms[first.arm].client if first.arm in arms else ""
        name = f"{_TRANSPORTS.get(first.transport, first.transport)} ({client})"
        yield names[0], Way(name if len(names) > 1 else names[0], first.transport, names, first)


def _named(ways: Iterator[tuple[str, Way]]) -> Iterator[Way]:
    """Two ways of one client get the name of their first arm."""
    listed = list(ways)
    for first, way in listed:
        twice = sum(other.name == way.name for _, other in listed) > 1
        yield Way(f"{way.name}, as “{first}”", way.transport, way.arms, way.model) if twice else way


def sides_of(summary: Summary, ways: Sequence[Way]) -> tuple[Way, Way] | None:
    """The SMTP way and the API way that a reader compares first: the baseline's, and the first one of the other kind."""
    baselines = {contrast.baseline for contrast in summary.contrasts if not contrast.aa}
    by_kind = {
        kind: sorted((way for way in ways if way.transport == kind), key=lambda way: baselines.isdisjoint(way.arms))
        for kind in ("smtp", "api")
    }
    return (by_kind["smtp"][0], by_kind["api"][0]) if all(by_kind.values()) else None
