"""Short texts of a scenario that may be templates of a row's columns: cc and bcc, return path, header fields, attachment
paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateError

from benchkit.batch.bounded_templates import bounded_environment, output
from benchkit.batch.limits import TOO_MUCH, LimitError, OutputTooLong, RenderTimeout, bounded_time
from benchkit.errors import Mistake

_ENVIRONMENT = bounded_environment()
_MAX_CHARS = 100_000


def rendered_line(source: str, variables: Mapping[str, Any], key: str) -> str:
    """Raises ValueError with the key where it fails or gives more than a line, and LimitError where it takes too much."""
    if "{{" not in source and "{%" not in source:
        return source
    try:
        with bounded_time():
            text = output(_compiled(source), variables, _MAX_CHARS).strip()
    except TemplateError as error:
        raise ValueError(f"{key}: the template fails: {error.message or type(error).__name__}") from error
    except (RenderTimeout, MemoryError, OutputTooLong) as error:
        raise LimitError(Mistake(key, f"the template fails: {TOO_MUCH[type(error)]}")) from None
    except Exception as error:  # a template is a program of the user's: any operation in it can fail in its own way
        raise ValueError(f"{key}: the template fails: {type(error).__name__}: {error}") from error
    if "\n" in text or "\r" in text:
        raise ValueError(f"{key}: the template produces a line break; the value must be one line")
    return text


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    return _ENVIRONMENT.from_string(source)
