"""Files and folders that the user names to be written: where one cannot be, the input is to blame, and says so in a line."""

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
