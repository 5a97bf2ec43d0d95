"""Files and folders that the user wants written: if one cannot be written, that is an input error in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.errors import InputError, Mistake, reason


def check_suffix(path: Path | None, suffix: str) -> None:
    """Raises InputError where a file's name promises another format than is written; a name without a suffix promises none."""
    if path is not None and path.suffix.lower() not in ("", suffix):
        raise InputError(Mistake(str(path), f"would not hold what its name says: end the name with {suffix}"))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raises InputError for an OSError on the way."""
    try:
        yield
    except OSError as error:
        raise InputError(Mistake(str(path), f"cannot be written: {reason(error)}")) from None
