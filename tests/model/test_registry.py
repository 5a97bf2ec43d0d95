"""The registry: names of other packages beside the built-in ones, and what a look-up costs."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.model import registry
from benchkit.model.registry import Registry


def statistics() -> Registry[object]:
    return Registry("statistic", "benchkit.stats", "STATISTIC", ("mean",))


def bring(monkeypatch: pytest.MonkeyPatch, folder: Path, *names: str) -> None:
    """An installed package with an entry point of each name, all of which are the builtin `len`."""
    package = folder / "outside-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1\n")
    points = "\n".join(f"{name} = builtins:len" for name in names)
    (package / "entry_points.txt").write_text(f"[benchkit.statistic]\n{points}\n")
    monkeypatch.syspath_prepend(str(folder))


def test_an_outside_package_adds_a_name_and_replaces_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_before = statistics()
    assert asked_before.names() == ("mean",)
    bring(monkeypatch, tmp_path, "zoo", "ape", "mean")
    for known in (asked_before, statistics()):
        assert known.names() == ("mean", "ape", "zoo")
        assert known["ape"] is len
        assert known["mean"] is not len


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(InputError, match='statistic "mea" is unknown; did you mean "mean"'):
        statistics()["mea"]


def test_the_installed_packages_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def nothing_installed(group: str) -> tuple[EntryPoint, ...]:
        asked.append(group)
        return ()

    monkeypatch.setattr(registry, "entry_points", nothing_installed)
    kind: Registry[object] = Registry("a kind of its own", "benchkit.stats", "STATISTIC", ("mean",))
    for _ in range(3):
        kind.names()
    assert asked == ["benchkit.a kind of its own"]
