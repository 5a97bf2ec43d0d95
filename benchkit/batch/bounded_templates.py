"""Jinja2 in its sandbox, because a template is a program of the user: only the loader's files, and bounded output.

limits.py bounds time and memory. Constant expressions are computed when a template is rendered, not when it is compiled: only
then can an error name its line.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, cast

from jinja2 import StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from benchkit.batch.limits import MAX_RENDERED_CHARS, OutputTooLong


@pass_context
def _at_run_time(context: Context, value: Any) -> Any:
    """As `finalize`, which the compiler cannot call."""
    return value


def bounded_environment(**options: Any) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(optimized=False, finalize=_at_run_time, undefined=StrictUndefined, **options)
    del environment.globals["lipsum"]  # draws from no seed; text_bytes gives filler
    return environment


def output(template: Template, variables: Mapping[str, Any], most: int = MAX_RENDERED_CHARS) -> str:
    """Raises what the template raises, and OutputTooLong, both with the template's line in the traceback."""
    parts, length = [], 0
    chunks = cast("Generator[str]", template.root_render_func(template.new_context(dict(variables))))
    try:
        for part in chunks:
            parts.append(part)
            length += len(part)
            if length > most:
                chunks.throw(OutputTooLong())
    except Exception:
        template.environment.handle_exception()
    return "".join(parts)
