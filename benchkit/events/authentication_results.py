"""Authentication-Results (RFC 8601 §2.2): what a receiver has found for SPF, DKIM, DMARC and others.

Anyone may write this field: only the uppermost one, which the receiver itself wrote, can be trusted (§5).
Microsoft leaves out the server's name; such a field is read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchkit.events.comments import without_comments

_PARTS = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^;"])+|"', re.DOTALL)
_METHOD = re.compile(r"\s*([A-Za-z0-9_-]+)\s*(?:/\s*\d+\s*)?=\s*([A-Za-z0-9_-]+)(.*)", re.DOTALL)
_REASON = re.compile(r'\breason\s*=\s*("(?:[^"\\]|\\.)*"|\S+)', re.IGNORECASE)
_PROPERTY = re.compile(r'([A-Za-z0-9_-]+)\s*\.\s*([A-Za-z0-9_-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)')
LONGEST = 20_000  # characters that are read
MOST_RESULTS = 100


@dataclass(frozen=True, slots=True)
class MethodResult:
    """`properties`: `header.d` → `shop.example`. Method, result and names in lower case."""

    method: str
    result: str
    reason: str = ""
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """`server` is the authserv-id, "" where the field has none."""

    server: str
    results: tuple[MethodResult, ...]

    def all(self, method: str) -> tuple[MethodResult, ...]:
        return tuple(each for each in self.results if each.method == method)

    def result(self, method: str) -> str:
        """The first one's; "" where the method is not named."""
        return next((each.result for each in self.all(method)), "")


def parse_authentication_results(text: str) -> AuthenticationResults:
    """The field's body, folded or not. What is no result is left out."""
    parts = [part.strip() for part in _PARTS.findall(without_comments(text[:LONGEST]))]
    parts = [part for part in parts if part and part != ";"]
    server = "" if not parts or _METHOD.match(parts[0]) else parts.pop(0).split()[0].strip('"').lower()
    return AuthenticationResults(server, tuple(_results(parts)))


def _results(parts: list[str]) -> Iterator[MethodResult]:
    for part in parts[:MOST_RESULTS]:
        if match := _METHOD.match(part):
            method, result, rest = match.groups()
            reason = _REASON.search(rest)
            properties = {
                f"{kind.lower()}.{name.lower()}": _unquoted(value) for kind, name, value in _PROPERTY.findall(rest)
            }
            yield MethodResult(method.lower(), result.lower(), _unquoted(reason[1]) if reason else "", properties)


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value[:1] == '"' and len(value) > 1 else value
