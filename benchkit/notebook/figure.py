"""A figure that a notebook shows by itself, as SVG, and that can be saved."""

from __future__ import annotations

from pathlib import Path


class SvgFigure:
    """`svg` is its text; `save("latency.svg")` writes it."""

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> Path:
        Path(path).write_text(self.svg, "utf-8")
        return Path(path)

    def __repr__(self) -> str:
        return f"<figure, {len(self.svg):,} bytes of SVG>"
