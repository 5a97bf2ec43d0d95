"""Files and folders that the user wants written: if one cannot be written, that is an input error in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.errors import InputError, Mistake, reason


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raises InputError for an OSError on the way."""
    try:
        yield
    except OSError as error:
        raise InputError(Mistake(str(path), f"cannot be written: {reason(error)}")) from None
