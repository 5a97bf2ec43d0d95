"""Comments of header fields (RFC 5322 §3.2.2), which may nest, removed. A quoted string contains no comments."""

from __future__ import annotations


def without_comments(text: str) -> str:
    """Each comment becomes a space. One that never ends takes the rest."""
    return "".join(character for character, depth in _depths(text) if depth == 0)


def comments(text: str) -> str:
    """What stands in comments, those of one level joined by spaces."""
    return "".join(character for character, depth in _depths(text) if depth > 0).strip()


def _depths(text: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    depth, quoted, escaped = 0, False, False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\" and (quoted or depth):
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
        elif character == "(" and not quoted:
            depth += 1
            found.append((" ", 0 if depth == 1 else depth))
            continue
        elif character == ")" and not quoted and depth:
            depth -= 1
            found.append((" ", depth))
            continue
        found.append((character, depth))
    return found
