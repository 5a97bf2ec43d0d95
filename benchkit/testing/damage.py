"""Damaged copies of an API's answers: JSON without one of its keys, and bodies that are not an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

# What a proxy, a welcome page or another product answers to a wrong path, often with a status of success.
NO_ANSWERS = (b"", b"null", b"[]", b"{}", b'""', b"0", b"true", b"<html><body>Welcome</body></html>", b"OK", b'{"ok":')
NESTED = b"[" * 20_000 + b"]" * 20_000
# Header fields that servers send with any status, some of them in no form that a client expects (RFC 9110 §10.2.3).
HINTS: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT"),),
    (("retry-after", "soon"), ("x-ratelimit-remaining", "many")),
    (("retry-after", "-1"), ("ratelimit-limit", "9" * 40), ("x-ratelimit-reset", "")),
    (("retry-after", "1.5"), ("content-type", "text/html")),
)


def without_each_key(body: bytes) -> Iterator[bytes]:
    """The JSON body once without each key, at any depth, and once with null in its place; none if it is not JSON."""
    with suppress(ValueError):
        document = json.loads(body)
        for path in _paths(document):
            yield json.dumps(_changed(document, path, remove=True)).encode()
            yield json.dumps(_changed(document, path, remove=False)).encode()


def _paths(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield (*above, key)
        yield from _paths(value, (*above, key))


def _changed(node: Any, path: tuple[Any, ...], *, remove: bool) -> Any:
    key, *rest = path
    copy = dict(node) if isinstance(node, dict) else list(node)
    if rest:
        copy[key] = _changed(node[key], tuple(rest), remove=remove)
    elif remove:
        del copy[key]
    else:
        copy[key] = None
    return copy
