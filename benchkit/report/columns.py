"""How every table of the terminal is set: names on the left that may fold, numbers on the right that may not."""

from __future__ import annotations

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
