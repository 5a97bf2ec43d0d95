"""A table of a page on the terminal: names on the left that may fold, texts that may fold, numbers that stay whole.

Law: no character is lost at any width. rich cuts off what does not fit without a sign, so each table is laid out to fit.

Intervals stand beside their values where there is room, else under them. What still has no room is set in several tables,
without its optional columns, or as a list, whichever the table allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from benchkit.report.content.page import Cell, Table
from benchkit.report.terminal_style import styled

GAP = 2
NAME_WIDTH = 14  # the least that the names are given
TEXT_WIDTH = 18  # what a column of texts is given before the table is set in another way: an IPv4 network is whole


def render_table(table: Table, console: Console) -> None:
    for each in tables(table, console.width):
        console.print(each)


def tables(table: Table, width: int) -> Iterator[RichTable]:
    """One, or several where it is split."""
    if table.texts:
        yield _of_texts(table)
        return
    everything = range(1, len(table.columns))
    widest = max((_column_width(table, number, "\n") for number in everything), default=0)
    if table.splits and NAME_WIDTH + widest <= width:
        yield from (_side_by_side(table, part) for part in _fitting(table, width))
        return
    needed = [number for number in everything if not table.columns[number].optional]
    for names in (_longest_word(table), NAME_WIDTH):
        for shown, between in ((everything, " "), (everything, "\n"), (needed, "\n")):
            if names + _width(table, shown, between) <= width:
                yield _side_by_side(table, shown, between)
                return
    yield _as_list(table, width)


def _fitting(table: Table, width: int) -> Iterator[list[int]]:
    """Columns in runs that are no wider than the width."""
    run: list[int] = []
    left = width - NAME_WIDTH
    for number in range(1, len(table.columns)):
        taken = _column_width(table, number, "\n")
        left -= taken
        if run and left < 0:
            yield run
            run, left = [], width - NAME_WIDTH - taken
        run.append(number)
    yield run


def _longest_word(table: Table) -> int:
    """Of the names: with this width each folds between its words."""
    names = (_text(row[0], "\n").plain for row in table.rows)
    longest = max((Text(word).cell_len for name in names for word in name.split()), default=0)
    return max(NAME_WIDTH, GAP + longest)


def _width(table: Table, shown: Sequence[int], between: str) -> int:
    """Of the columns without wrapping; without the names, which may fold."""
    return sum(_column_width(table, number, between) for number in shown)


def _column_width(table: Table, number: int, between: str) -> int:
    """What a column takes, its gap included; a cell is as wide as its widest line."""
    cells = [Text(_heading(table, number)), *(_text(row[number], between) for row in table.rows)]
    widest = max(line.cell_len for cell in cells for line in cell.split("\n", allow_blank=True))
    return GAP + (min(widest, TEXT_WIDTH) if table.columns[number].text else widest)


def _side_by_side(table: Table, shown: Sequence[int], between: str = "\n") -> RichTable:
    grid = _empty(table.columns[0].heading)
    for number in shown:
        if table.columns[number].text:
            grid.add_column(_heading(table, number), overflow="fold")
        else:
            grid.add_column(_heading(table, number), justify="right", no_wrap=True)
    for row in table.rows:
        grid.add_row(_text(row[0], "\n"), *(_text(row[number], between) for number in shown))
    return grid


def _empty(names: str) -> RichTable:
    grid = RichTable(box=None, padding=(0, GAP, 0, 0), header_style="bold", pad_edge=False)
    grid.add_column(names, overflow="fold", min_width=NAME_WIDTH)
    return grid


def _of_texts(table: Table) -> RichTable:
    """Every column reads from the left, and folds where there is no room."""
    grid = RichTable(box=None, padding=(0, GAP, 0, 0), header_style="bold", pad_edge=False)
    for column in table.columns:
        grid.add_column(column.heading, overflow="fold")
    for row in table.rows:
        grid.add_row(*(_text(cell, "\n") for cell in row))
    return grid


def _as_list(table: Table, width: int) -> RichTable:
    """A line for each number, under the name of its row."""
    grid = _empty(table.columns[0].heading)
    grid.add_column("", overflow="fold")
    grid.add_column("", justify="right", overflow="fold")
    for name, *cells in table.rows:
        for number, cell in enumerate(cells, 1):
            if not table.columns[number].optional:
                first = _text(name, "\n") if number == 1 else Text()
                grid.add_row(first, _heading(table, number), _text(cell, "\n"))
    return grid


def _heading(table: Table, number: int) -> str:
    """Two short lines read better in a table than one long one."""
    heading = table.columns[number].heading
    return heading if "\n" in heading else heading.replace(" ", "\n", 1)


def _text(cell: Cell, between: str) -> Text:
    text = styled(cell.text, cell.tone)
    return text.append(between).append_text(styled(cell.second, cell.second_tone)) if cell.second else text
