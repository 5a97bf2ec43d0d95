"""The domain's SPF record (RFC 7208 §4.5): selected among the TXT records at the domain, and parsed."""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.records.selection import Selection
from benchkit.audit.records.spf import SpfRecord, parse_spf, select_spf
from benchkit.audit.records.text import txt_of, txts_of
from benchkit.model.dns import Answer, Record


@dataclass(frozen=True, slots=True)
class SpfFound:
    """`parsed` is None unless there is exactly one record."""

    answer: Answer
    selection: Selection
    parsed: SpfRecord | None

    @property
    def is_bare_fail(self) -> bool:
        """`v=spf1 -all` and nothing else; what it means depends on the domain's MX (facts/profile.py)."""
        record = self.parsed
        return bool(record and record.valid and [term.text.lower() for term in record.terms] == ["-all"])

    @property
    def records(self) -> tuple[Record, ...]:
        """The DNS records that are SPF records."""
        return tuple(record for record in self.answer.records if txt_of(record) in self.selection.records)


async def spf_record(context: AuditContext) -> SpfFound:
    answer = await context.ask(context.domain, "TXT")
    selection = select_spf(txts_of(answer))
    only = selection.only
    return SpfFound(answer, selection, None if only is None else parse_spf(only))
