"""Findings of an audit as values; sentences for a reader are made of them in report/, rules are explained in audit/.

Law: `unknown` is never `missing`. If a finding depends on an answer that did not come, it is `unknown` and names that answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from benchkit.model.dns import Answer
from benchkit.model.record_fix import RecordFix, zone_text


class Status(StrEnum):
    """From the least to the most serious; `unknown` is apart and is never scored."""

    PASS = "pass"
    INFO = "info"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` is the check's registered name, or `check.case` where a check has several; `advice` says what to do.

    All findings about one record share one fix: the whole new record. `follows` names the finding's cause, where another
    finding of the same audit is the cause: its rule.
    """

    rule: str
    status: Status
    subject: str  # the name, record or term that it is about
    message: str  # one sentence, with the numbers in it
    evidence: tuple[Answer, ...] = ()
    advice: str = ""
    fixes: tuple[RecordFix, ...] = ()
    reference: str = ""  # "RFC 7208 §4.6.4"
    span: tuple[int, int] | None = None  # the place in the record's text
    follows: str = ""

    @property
    def paste(self) -> str:
        """Zone-file text that fixes it, where the owner can publish such a text now."""
        return zone_text(self.fixes)
