"""How every table of the terminal is set: names on the left that may fold, numbers on the right that may not."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

NAME_WIDTH = 14  # the least that a column of names is given
GAP = 2


def empty_table(names: str | Text, *headings: str | Text, no_wrap: bool = False) -> Table:
    """`no_wrap` where the caller has seen to it that the columns fit."""
    table = Table(box=None, padding=(0, GAP, 0, 0), header_style="bold", pad_edge=False)
    table.add_column(names, overflow="fold", min_width=NAME_WIDTH)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=no_wrap)
    return table


def arm_name(name: str, *, saturated: bool) -> Text:
    """Marked where the numbers are the generator's own and say nothing of the target."""
    return Text.assemble(name, ("\nsaturated", "yellow")) if saturated else Text(name)


def column_width(cells: Iterable[Text]) -> int:
    """What a column takes, its gap included; a cell is as wide as its widest line."""
    return GAP + max(line.cell_len for cell in cells for line in cell.split("\n", allow_blank=True))
