"""Short texts of a scenario that are templates of a row's columns: copies, return path, header fields, names of files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined)


def rendered_line(source: str, variables: Mapping[str, Any], key: str) -> str:
    """Raises ValueError with the key where it fails, or gives more than a line."""
    if "{{" not in source and "{%" not in source:
        return source
    try:
        text = _ENVIRONMENT.from_string(source).render(variables).strip()
    except TemplateError as error:
        raise ValueError(f"{key}: the template fails: {error.message or type(error).__name__}") from error
    except Exception as error:  # a template is a program of the user's: any operation in it can fail in its own way
        raise ValueError(f"{key}: the template fails: {type(error).__name__}: {error}") from error
    if "\n" in text or "\r" in text:
        raise ValueError(f"{key}: the template gives a line break")
    return text
