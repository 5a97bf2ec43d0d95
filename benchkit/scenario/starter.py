"""The scenario that `benchkit init` writes: starter.toml, a plain file, so that it can be read and checked as one."""

from __future__ import annotations

from importlib.resources import files


def starter() -> str:
    return files("benchkit.scenario").joinpath("starter.toml").read_text("utf-8")
