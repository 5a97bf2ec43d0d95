"""What `benchkit audit --list` found: the number of clean rows, and of rejected ones by reason. No address is shown."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from benchkit.audit.recipient_list import JudgedList, Rejection
from benchkit.audit.recipient_list.reasons import MEANINGS
from benchkit.model.counts import counted
from benchkit.model.outside_text import escape_control_chars
from benchkit.report.content.page import Cell, Column, Table, columns
from benchkit.report.terminal_table import render_table

SHOWN_DOMAINS = 5


def to_json(judged: JudgedList, clean: Path, rejected: Path) -> dict[str, Any]:
    return {
        "rows": len(judged.rows),
        "kept": len(judged.kept),
        "rejected": {reason.value: count for reason, count in _counts(judged).items()},
        "needs_smtputf8": _smtputf8(judged),
        "domains_asked": judged.domains_asked,
        "unanswered_domains": dict(judged.unanswered),
        "clean_file": str(clean),
        "rejected_file": str(rejected),
    }


def render_list(judged: JudgedList, clean: Path, rejected: Path, console: Console) -> None:
    total, kept = len(judged.rows), len(judged.kept)
    console.print(
        Text(
            f"{counted(total, 'row')}: {kept:,} clean, {total - kept:,} rejected",
            style="bold",
        )
    )
    if counts := _counts(judged):
        rows = [(reason.value, f"{count:,}", MEANINGS[reason]) for reason, count in counts.items()]
        headings = (*columns("reason", "rows"), Column("the address", text=True))
        render_table(Table(headings, tuple(tuple(map(Cell, row)) for row in rows)), console)
    for line in _notes(judged):
        console.print(Text(escape_control_chars(line)))
    console.print(Text(f"clean: {clean}\nrejected, with the reasons: {rejected}"))
    console.print(
        Text(
            "benchkit did not contact any mailbox: whether an address exists shows only when mail to it is delivered "
            "or bounces."
        )
    )


def _counts(judged: JudgedList) -> dict[Rejection, int]:
    found = Counter(row.reason for row in judged.rejected)
    return {reason: found[reason] for reason in Rejection if found[reason]}


def _smtputf8(judged: JudgedList) -> int:
    return sum(row.address is not None and row.address.needs_smtputf8 for row in judged.kept)


def _notes(judged: JudgedList) -> list[str]:
    notes = []
    if lost := judged.unanswered:
        rows = sum(row.address is not None and row.address.domain in lost for row in judged.kept)
        some = ", ".join(list(lost.values())[:SHOWN_DOMAINS]) + (", …" if len(lost) > SHOWN_DOMAINS else "")
        notes.append(
            f"{_number(rows, 'clean row')} of {_number(len(lost), 'domain')} could not be checked ({some}). {_remedy(judged)}"
        )
    if count := _smtputf8(judged):
        verb = "needs" if count == 1 else "need"
        notes.append(
            f"{_number(count, 'clean row')} {verb} SMTPUTF8 (RFC 6531): many servers do not take such addresses."
        )
    return notes


def _remedy(judged: JudgedList) -> str:
    """A zone file does not hold more the second time."""
    if judged.in_zone_only:
        return "The zone file does not hold these domains: add --live to ask live servers about them."
    return "Their DNS did not answer: run it again."


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
