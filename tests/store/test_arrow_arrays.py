"""Columns made from buffers are what pyarrow's own converter makes, and making them imports nothing."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.store.arrow_arrays import numbers_in, of_numbers, of_octets, of_texts

NUMBERS: dict[pa.DataType, Any] = {
    pa.int8(): np.int8, pa.int16(): np.int16, pa.int32(): np.int32, pa.int64(): np.int64, pa.bool_(): np.bool_,
}  # fmt: skip
_RECORDED = """
import sys
from pathlib import Path
from benchkit.model.tables import CELLS, LAGS, MESSAGES, PHASES
from benchkit.store.growing_spool import GrowingSpools
from benchkit.store.ledger import BODIES, SPOOLED_ARRIVALS
from benchkit.store.rows import RowBuffer
from benchkit.store.spool import SpoolWriter
from benchkit.store.rows import arrow_schema
EMPTY = {"string": "", "binary": b"", "binary16": b"0" * 16}
for layout in (CELLS, LAGS, MESSAGES, PHASES, SPOOLED_ARRIVALS, BODIES):
    rows = RowBuffer(layout, 2)
    rows.append(**{name: EMPTY.get(kind, 0) for name, kind in layout.kinds.items()})
    SpoolWriter(Path(sys.argv[1]) / f"{layout.name}.arrow", arrow_schema(layout)).write(rows.columns())
    assert len(list(GrowingSpools(Path(sys.argv[1]), layout.name).new_rows())) == 1
print("pandas" in sys.modules)
"""


@given(st.lists(st.integers(-128, 127)))
def test_numbers(values: list[int]) -> None:
    for kind, dtype in NUMBERS.items():
        array = np.array(values, dtype)
        assert of_numbers(array, kind).equals(pa.array(array, kind))
        every_other = np.repeat(array, 2)[::2]  # a column of rows is not contiguous
        assert of_numbers(every_other, kind).equals(pa.array(array, kind))
        assert numbers_in(of_numbers(array, kind)[1:]).tolist() == array[1:].tolist()


@given(st.lists(st.binary(min_size=16, max_size=16)))
def test_octets_of_a_fixed_width(values: list[bytes]) -> None:
    assert of_numbers(np.array(values, "V16"), pa.binary(16)).to_pylist() == values


@given(st.lists(st.text()))
def test_texts(values: list[str]) -> None:
    assert of_texts(values, pa.string()).to_pylist() == [value.encode("utf-8", "replace").decode() for value in values]


@given(st.lists(st.binary()))
def test_octets(values: list[bytes]) -> None:
    array = of_octets(values, pa.binary())
    array.validate(full=True)
    assert array.to_pylist() == values


def test_a_lone_surrogate_costs_no_row() -> None:
    assert of_texts(["a", "\ud800", "c"], pa.string()).to_pylist() == ["a", "?", "c"]


def test_a_run_in_progress_does_not_import_pandas(tmp_path: Any) -> None:
    """Where it is installed, pyarrow imports it at the first conversion: half a second within the run."""
    pytest.importorskip("pandas")
    command = [sys.executable, "-c", _RECORDED, str(tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"
