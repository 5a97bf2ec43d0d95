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
    def told(self) -> str:
        """Within a sentence: an arm's own name in quotation marks."""
        return f"“{self.name}”" if self.name in self.arms else self.name


def ways_of(summary: Summary) -> tuple[Way, ...]:
    """Over the first group of links that differ in RTT alone, in the order of the arms, without copies (A/A)."""
    copies = {contrast.arm for contrast in summary.contrasts if contrast.aa}
    models = [model for model in summary.models if model.arm not in copies]
    if models and not models[0].link:
        models = [model for model in models if not model.link]
    elif models:
        models = [model for model in models if model.link == models[0].link]
    arms = {arm.name: arm for arm in summary.arms}
    return tuple(_named(_ways(models, arms)))


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
    """Two ways of one client are told apart by their first arm."""
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
