"""A verb of many options: they are the fields of a dataclass, each with its type, default and help, for typer to read."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")


def with_options(options: type[T]) -> Callable[[Callable[[T], None]], Callable[..., None]]:
    """Makes a verb of a function that takes one of `options`, whose annotations are typer's."""

    def decorate(verb: Callable[[T], None]) -> Callable[..., None]:
        @wraps(verb)
        def call(**given: Any) -> None:
            verb(options(**given))

        call.__signature__ = inspect.signature(options, eval_str=True)  # type: ignore[attr-defined]  # PEP 362 says it may
        return call

    return decorate
