"""TLS-RPT records at `_smtp._tls` (RFC 8460 §3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchkit.audit.records.report_uris import ReportUri, parse_report_uris
from benchkit.audit.records.selection import Selection, select
from benchkit.audit.records.tags import TagList
from benchkit.audit.records.text import BEFORE, RecordFault, as_text, is_fatal
from benchkit.audit.records.tls_fields import parse_fields

_VERSION = re.compile(r"v=TLSRPTv1[ \t]*(?:;|\Z)")
_ALMOST = re.compile(
    BEFORE + r"(?:v\s*[=:]?\s*\"?tls-?rpt|tls-?rptv?1\b|rua\s*[=:]\s*(?:mailto|https):)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class TlsRptRecord:
    """Where reports of failed TLS go; `rua` is of all its rua fields, of which there may be several (§3)."""

    text: str
    tags: TagList
    rua: tuple[ReportUri, ...] = ()
    faults: tuple[RecordFault, ...] = ()

    @property
    def valid(self) -> bool:
        return not is_fatal(self.faults)


def select_tls_rpt(texts: Iterable[bytes | str]) -> Selection:
    """The TLS-RPT records among TXT texts; unless it is exactly one, no reports are sent (§3)."""
    return select(texts, lambda text: _VERSION.match(text) is not None, _ALMOST)


def parse_tls_rpt(raw: bytes | str) -> TlsRptRecord:
    """Any text → a record with its faults; never raises."""
    text = as_text(raw)
    tags = parse_fields(text, ("v", "rua"))
    read = [parse_report_uris(tag, ("mailto", "https")) for tag in tags.tags if tag.name == "rua"]
    uris = tuple(uri for found, _ in read for uri in found)
    return TlsRptRecord(text, tags, uris, (*_faults(tags, uris), *(fault for _, faults in read for fault in faults)))


def _faults(tags: TagList, uris: tuple[ReportUri, ...]) -> Iterator[RecordFault]:
    yield from tags.faults
    if not _VERSION.match(tags.text):
        yield RecordFault("version", "does not begin with v=TLSRPTv1;", (0, min(len(tags.text), 11)))
    if not uris:
        yield RecordFault(
            "rua-missing",
            "there is no rua= with a mailto: or https: address, so no reports are sent",
            (0, len(tags.text)),
        )
