"""SPF records (RFC 7208 §4.5, §4.6, §12) as terms with positions. Evaluating them is audit/spf's work.

A term with a syntax error is no term: it leaves a fatal fault, and the record is a permerror wherever the error is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from benchkit.audit.records.selection import Selection, select
from benchkit.audit.records.spf_syntax import parse_terms
from benchkit.audit.records.spf_terms import MechanismKind, Modifier, Qualifier, SpfMechanism, Term
from benchkit.audit.records.text import BEFORE, RecordFault, as_text, is_fatal

__all__ = [
    "MechanismKind",
    "Modifier",
    "Qualifier",
    "SpfMechanism",
    "SpfRecord",
    "Term",
    "is_spf",
    "parse_spf",
    "select_spf",
]

_VERSION = re.compile(r"v=spf1(?= |\Z)", re.IGNORECASE)
_ALMOST = re.compile(BEFORE + r"(v\s*=\s*spf|spf1?\s*=|spf2\.0/|v=\"?spf)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """All sound terms of one record in their order, and everything that is wrong with it."""

    text: str
    terms: tuple[Term, ...] = ()
    faults: tuple[RecordFault, ...] = ()

    @property
    def valid(self) -> bool:
        return not is_fatal(self.faults)

    @property
    def mechanisms(self) -> tuple[SpfMechanism, ...]:
        return tuple(term for term in self.terms if isinstance(term, SpfMechanism))

    @property
    def all(self) -> SpfMechanism | None:
        """The first `all`; nothing after it is ever reached (§5.1)."""
        return next((term for term in self.mechanisms if term.kind is MechanismKind.ALL), None)

    @property
    def unreached(self) -> tuple[Term, ...]:
        """Mechanisms after `all`, and a `redirect` beside it wherever it is (§5.1, §6.1)."""
        end = self.all
        return tuple(term for term in self.terms if end and _comes_after(term, end))

    @property
    def redirect(self) -> Modifier | None:
        """The modifier, also where `all` makes it moot."""
        return self.modifier("redirect")

    @property
    def exp(self) -> Modifier | None:
        return self.modifier("exp")

    def modifier(self, name: str) -> Modifier | None:
        return next((term for term in self.terms if isinstance(term, Modifier) and term.name == name), None)


def is_spf(text: str) -> bool:
    """Whether the text begins with the version, and that ends at a space or with the text (§4.5)."""
    return _VERSION.match(text) is not None


def select_spf(texts: Iterable[bytes | str]) -> Selection:
    """Of a name's TXT texts: none is "none", more than one is permerror (§4.5)."""
    return select(texts, is_spf, _ALMOST)


def parse_spf(raw: bytes | str) -> SpfRecord:
    """Any text → its terms and faults; never raises. A text that is no SPF record has one fatal fault, `version`."""
    text = as_text(raw)
    version = _VERSION.match(text)
    if version is None:
        return SpfRecord(
            text, (), (RecordFault("version", "does not begin with v=spf1 and a space", (0, min(len(text), 7))),)
        )
    terms, faults = parse_terms(text, version.end())
    return SpfRecord(text, terms, faults)


def _comes_after(term: Term, end: SpfMechanism) -> bool:
    return term.looks_up if isinstance(term, Modifier) else term.span[0] > end.span[0]
