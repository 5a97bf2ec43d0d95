"""CAA records (RFC 8659): which authorities may issue certificates for a name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PRESENTATION = re.compile(r'\s*(\d+)\s+([A-Za-z0-9]+)\s+"?(.*?)"?\s*\Z', re.DOTALL)


@dataclass(frozen=True, slots=True)
class CaaSet:
    """`issuers` are the domains that `issue` names; `limited` tells that there is an `issue` at all, be it `;` for none."""

    limited: bool
    issuers: tuple[str, ...]

    @property
    def forbids_all(self) -> bool:
        return self.limited and not self.issuers


def parse_caa(texts: Iterable[str]) -> CaaSet:
    """The records of one name in presentation format; what cannot be read is skipped; never raises."""
    values = [match[3] for text in texts if (match := _PRESENTATION.match(text)) and match[2].lower() == "issue"]
    issuers = (value.partition(";")[0].strip().lower() for value in values)
    return CaaSet(bool(values), tuple(dict.fromkeys(issuer for issuer in issuers if issuer)))
