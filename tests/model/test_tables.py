"""The list of stored tables explains itself: every column says what it holds."""

from __future__ import annotations

import pytest

from benchkit.model.tables import TABLES, StoredColumn

COLUMNS = [pytest.param(column, id=f"{table.name}.{column.name}") for table in TABLES for column in table.columns]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_says_what_it_holds(column: StoredColumn) -> None:
    assert column.about, f"give StoredColumn({column.name!r}) its `about`: notebooks and docs/notebooks.md show it"
