"""Which variables a template uses, found in its syntax tree before any row is rendered.

Jinja2 counts what a child template imports or sets at its top as unknown inside blocks; at run time it is known there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import meta, nodes


def names_in_template(tree: nodes.Template) -> dict[str, int]:
    """Name → the first line that reads it."""
    lines: dict[str, int] = {}
    for name in sorted(_undeclared(tree) - set(_bound(tree))):
        lines[name] = min(node.lineno for node in tree.find_all(nodes.Name) if node.name == name)
    return lines


def column_of(name: str, line: str) -> int:
    """Where a line reads a name, from 1: within brackets that are open there; 0 where none are. Jinja2 tells lines only."""
    for found in re.finditer(rf"\b{re.escape(name)}\b", line):
        before = line[: found.start()]
        if max(before.rfind("{{"), before.rfind("{%")) > max(before.rfind("}}"), before.rfind("%}")):
            return found.start() + 1
    return 0


def _undeclared(tree: nodes.Template) -> set[str]:
    """meta.find_undeclared_variables without its optimizer, which computes what is constant, however long that takes."""
    assert tree.environment is not None
    generator = meta.TrackingCodeGenerator(tree.environment)
    generator.optimizer = None
    generator.visit(tree)
    return generator.undeclared_identifiers


def _bound(tree: nodes.Template) -> Iterator[str]:
    for imported in tree.find_all(nodes.FromImport):
        yield from (name if isinstance(name, str) else name[1] for name in imported.names)
    yield from (imported.target for imported in tree.find_all(nodes.Import))
    yield from (macro.name for macro in tree.find_all(nodes.Macro))
    yield from (node.name for node in tree.find_all(nodes.Name) if node.ctx == "store")
