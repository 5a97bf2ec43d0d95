"""An audit as Markdown, for tickets and wikis: the same order as on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.model.audit import AuditReport
from benchkit.model.dns import Record
from benchkit.model.finding import Finding, Status
from benchkit.model.outside_text import escape_control_chars, escaped, markdown
from benchkit.model.record_fix import RecordFix, value_of, zone_line
from benchkit.report.audit_words import MECHANISM_NAMES, answers, headline
from benchkit.report.finding_groups import do_first, finding_groups, unknown_groups
from benchkit.report.fix_words import groups, heading, panel_name
from benchkit.report.spf_words import spf_lines


def to_markdown(reports: Sequence[AuditReport]) -> str:
    return "\n".join(line for report in reports for line in _report(escaped(report)))


def _report(report: AuditReport) -> Iterator[str]:
    yield f"# {report.domain}\n"
    yield f"{headline(report)}.\n"
    yield from (f"- {about}: {result}" for _, about, result in answers(report))
    if actions := do_first(report.findings):
        yield "\n## Do this first\n"
        yield from (f"{number}. {markdown(action)}" for number, action in enumerate(actions, 1))
    yield ""
    yield "| mechanism | verdict |\n|---|---|"
    for mechanism, status in report.verdicts.items():
        yield f"| {MECHANISM_NAMES[mechanism]} | {status.value} |"
    if lines := spf_lines(report.spf):
        yield f"\nSPF: {markdown(report.spf.record or '')}\n"
        yield from (f"- {markdown(line)}" for line in lines)
    yield "\n## Findings\n"
    for group in finding_groups([finding for finding in report.findings if finding.status is not Status.PASS]):
        yield _finding(group.cause)
        yield from (f"  {_finding(each, advice=False)}" for each in group.follows)
    for unknown in unknown_groups(report.findings):
        yield f"- **unknown** {markdown(unknown.message)} (`{'`, `'.join(unknown.rules)}`)\n  {markdown(unknown.advice)}"
    for fixes in groups(report.fixes):
        yield f"\n## {fixes.title}\n\n{fixes.note}"
        yield from (_fix(fix) for fix in fixes.fixes)
    if report.deductions:
        yield "\n## Taken off the score\n"
        yield from (f"- {item.points}: `{item.rule}`" for item in report.deductions)
    yield "\n## Not checked\n"
    yield from (f"- {markdown(text)}" for text in report.not_checked)
    yield ""


def _finding(finding: Finding, *, advice: bool = True) -> str:
    text = f"- **{finding.status.value}** {markdown(finding.message)} (`{finding.rule}`, {finding.reference})"
    return f"{text}\n  {markdown(finding.advice)}" if finding.advice and advice else text


def _fix(fix: RecordFix) -> str:
    """Before and after side by side, the reasons, then the text to copy in two forms."""
    lines = [
        f"\n### {markdown(heading(fix))}\n",
        "| before | after |\n|---|---|",
        f"| {_side(fix.before)} | {_side(fix.after)} |\n",
    ]
    lines += [f"- {markdown(change)}" for change in fix.changes]
    titles = (
        ("The old record:", "The new record:") if fix.ask else ("In the zone file, delete:", "In the zone file, add:")
    )
    for title, records in zip(titles, (fix.before, fix.after), strict=True):
        if records:
            lines += [f"\n{title}\n", _code([zone_line(fix.name, record) for record in records])]
    if fix.after and not fix.ask:
        rows = [
            f"Name {panel_name(fix)} (in full {fix.name})\nType {record.type}\nValue {value_of(record)}"
            for record in fix.after
        ]
        lines += ["\nOr in a control panel:\n", _code(rows)]
    return "\n".join(lines)


def _side(records: Sequence[Record]) -> str:
    return "<br>".join(markdown(value_of(record)) for record in records) or "–"


def _code(lines: Sequence[str]) -> str:
    text = escape_control_chars("\n".join(lines)).replace("```", "'''")
    return f"```\n{text}\n```"
