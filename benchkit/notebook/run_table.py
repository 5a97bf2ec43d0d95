"""One table of a run, as a notebook sees it: any library that takes Arrow takes it (the Arrow PyCapsule interface).

    polars.DataFrame(run.messages) · pandas.DataFrame.from_arrow(run.messages) · duckdb.from_arrow(run.messages)

Neither of them is a dependency of benchkit.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from benchkit.model.counts import counted
from benchkit.model.plain_number import significant
from benchkit.model.run import Run
from benchkit.model.tables import StoredColumn, TableLayout
from benchkit.notebook import html

SHOWN_ROWS = 8


class ColumnList(tuple[StoredColumn, ...]):
    """The columns of a table, each with its type and what it holds; draws itself as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return html.block(html.table(("column", "type", "what it holds"), self._rows(), texts=(0, 1, 2)))

    def __repr__(self) -> str:
        return "\n".join(f"{name:16} {kind:9} {about}" for name, kind, about in self._rows())

    def _rows(self) -> list[tuple[str, str, str]]:
        return [(column.name, column.kind, column.about) for column in self]


class RunTable:
    """`table["service_ms"]` is a numpy array; `table.arrow` is pyarrow's Table. Read when first asked for, and kept."""

    def __init__(self, run: Run, layout: TableLayout) -> None:
        self._run = run
        self._layout = layout

    @property
    def columns(self) -> ColumnList:
        from benchkit.store import explained

        return ColumnList(explained(self._layout))

    @cached_property
    def arrow(self) -> Any:
        """Raises StoreError where the file cannot be read."""
        from benchkit.store import arrow_table

        return arrow_table(self._run, self._layout)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.arrow.__arrow_c_stream__(requested_schema)

    def __getitem__(self, name: str) -> Any:
        """Raises KeyError where there is no such column."""
        return self.arrow.column(name).combine_chunks().to_numpy(zero_copy_only=False)

    def __len__(self) -> int:
        return int(self.arrow.num_rows)

    def __repr__(self) -> str:
        return f"<{self._layout.name} of {self._run.manifest.run}: {counted(len(self), 'row')}, {len(self.columns)} columns>"

    def _repr_html_(self) -> str:
        first = self.arrow.slice(0, SHOWN_ROWS)
        rows = zip(*([_shown(value) for value in column.to_pylist()] for column in first.columns), strict=True)
        caption = f"{self._layout.name}: {counted(len(self), 'row')}; .columns says what each column holds"
        return html.block(html.table(first.column_names, rows, texts=_texts(first)), html.paragraph(caption, "faint"))


def _texts(table: Any) -> Sequence[int]:
    return [place for place, value in enumerate(table.schema.types) if str(value).startswith(("string", "dictionary"))]


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    return significant(value, 4) if isinstance(value, float) else str(value)
