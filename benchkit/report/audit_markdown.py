"""An audit as Markdown, for tickets and wikis: the same order as on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.model.audit import AuditReport
from benchkit.model.finding import Finding, Status
from benchkit.model.outside_text import escaped, markdown
from benchkit.report.audit_words import MECHANISM_NAMES, headline


def to_markdown(reports: Sequence[AuditReport]) -> str:
    return "\n".join(line for report in reports for line in _report(escaped(report)))


def _report(report: AuditReport) -> Iterator[str]:
    yield f"# {report.domain}\n"
    yield f"{headline(report)}.\n"
    yield "| mechanism | verdict |\n|---|---|"
    for mechanism, status in report.verdicts.items():
        yield f"| {MECHANISM_NAMES[mechanism]} | {status.value} |"
    yield "\n## Findings\n"
    yield from (_finding(finding) for finding in report.findings if finding.status is not Status.PASS)
    if report.deductions:
        yield "\n## Taken off the score\n"
        yield from (f"- {item.points}: `{item.rule}`" for item in report.deductions)
    yield "\n## Not checked\n"
    yield from (f"- {markdown(text)}" for text in report.not_checked)
    yield ""


def _finding(finding: Finding) -> str:
    text = f"- **{finding.status.value}** {markdown(finding.message)} (`{finding.rule}`, {finding.reference})"
    if finding.advice:
        text += f"\n  {markdown(finding.advice)}"
    if finding.paste:
        lines = "\n  ".join(finding.paste.replace("```", "'''").splitlines())
        text += f"\n\n  ```\n  {lines}\n  ```\n"
    return text
