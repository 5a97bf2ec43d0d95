"""TLSA records of MX hosts (RFC 6698 §2; RFC 7672 §3.1 on which of them SMTP can use)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchkit.audit.records.text import RecordFault, as_text, is_fatal

_FIELDS = re.compile(r"\s*([0-9]{1,3})\s+([0-9]{1,3})\s+([0-9]{1,3})\s+([0-9A-Fa-f\s]*)\Z")
_DIGEST_OCTETS = {1: 32, 2: 64}


@dataclass(frozen=True, slots=True)
class Tlsa:
    """The four fields; -1 where the text could not be read. Fatal faults make it unusable for SMTP."""

    text: str
    usage: int = -1
    selector: int = -1
    matching: int = -1
    data: bytes = b""
    faults: tuple[RecordFault, ...] = ()

    @property
    def usable(self) -> bool:
        return not is_fatal(self.faults)


def parse_tlsa(raw: bytes | str) -> Tlsa:
    """Presentation format, `3 1 1 0b9f…` → the fields and their faults; never raises."""
    text = as_text(raw)
    match = _FIELDS.match(text)
    digits = "".join(match[4].split()) if match else ""
    if match is None or len(digits) % 2:
        return Tlsa(text, faults=(RecordFault("unreadable", "not three numbers and hexadecimal data", (0, len(text))),))
    tlsa = Tlsa(text, int(match[1]), int(match[2]), int(match[3]), bytes.fromhex(digits))
    return Tlsa(text, tlsa.usage, tlsa.selector, tlsa.matching, tlsa.data, tuple(_faults(tlsa, match)))


def _faults(tlsa: Tlsa, match: re.Match[str]) -> Iterator[RecordFault]:
    if tlsa.usage in (0, 1):  # RFC 7672 §3.1.3
        yield RecordFault("usage-pkix", f"usage {tlsa.usage} is not used with SMTP: take 3 1 1 or 2 1 1", match.span(1))
    elif tlsa.usage not in (2, 3):
        yield RecordFault("bad-usage", f"there is no usage {tlsa.usage}", match.span(1))
    if tlsa.selector not in (0, 1):
        yield RecordFault("bad-selector", f"there is no selector {tlsa.selector}", match.span(2))
    if tlsa.matching not in (0, 1, 2):
        yield RecordFault("bad-matching", f"there is no matching type {tlsa.matching}", match.span(3))
    wanted = _DIGEST_OCTETS.get(tlsa.matching, len(tlsa.data))
    if len(tlsa.data) != wanted:
        yield RecordFault("digest-length", f"{len(tlsa.data)} octets instead of {wanted}", match.span(4))
    if not tlsa.data:
        yield RecordFault("no-data", "there is nothing to match", match.span(4))
