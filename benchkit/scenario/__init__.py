"""TOML → a validated `model.scenario.Scenario`; every error at once, each with its place and how to fix it.

Law: this room knows no provider, client or statistic by name: the names come in through the `Vocabulary`. A file goes
through parsed_scenario.py (text, form, places) → rules.py (what keys mean together) → build.py (values of model/scenario.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from benchkit.model.scenario import Scenario
from benchkit.scenario.build import build
from benchkit.scenario.parsed_scenario import read
from benchkit.scenario.rules import check
from benchkit.scenario.schema import json_schema
from benchkit.scenario.secrets import reveal, reveal_key
from benchkit.scenario.vocabulary import Vocabulary

__all__ = ["Vocabulary", "json_schema", "load", "reveal", "reveal_key", "starter"]


def load(path: Path, vocabulary: Vocabulary, overrides: Sequence[str] = ()) -> Scenario:
    """The scenario of a file, with `--set` overrides ("load.blocks=5", "arm.0.client=name") put over it.

    Raises InputError with all mistakes, in the order of the file.
    """
    parsed = read(path, overrides)
    check(parsed, vocabulary)
    parsed.mistakes.raise_all()
    return build(parsed, vocabulary)


def starter() -> str:
    """The scenario that `benchkit init` writes: starter.toml, a plain file, so that it can be read and checked as one."""
    return resources.files("benchkit.scenario").joinpath("starter.toml").read_text("utf-8")
