"""`benchkit.audit("shop.example")`: an audit, or one of several domains, as a notebook sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

from benchkit.notebook import html
from benchkit.notebook.figure import SvgFigure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from benchkit.audit import Options
    from benchkit.model.audit import AuditReport
    from benchkit.model.dns import Ask

T = TypeVar("T")
Names = list[str] | tuple[str, ...]
Files = str | Path | Sequence[str | Path]


class DomainAudit:
    """One domain's audit: draws its verdict and what to fix first. `report` has all of it as values, `json` as plain ones."""

    def __init__(self, report: AuditReport) -> None:
        self.report = report

    @property
    def domain(self) -> str:
        return self.report.domain

    @cached_property
    def json(self) -> dict[str, Any]:
        """As `benchkit audit --json` prints it."""
        from benchkit.report.audit_json import to_json

        return to_json(self.report)

    def plot(self) -> SvgFigure:
        """The SPF record's tree, each term with the DNS lookups that it takes."""
        from benchkit.plots.audit_figures import lookups

        return SvgFigure(lookups(self.json))

    def __repr__(self) -> str:
        from benchkit.report.audit_words import headline

        return f"<{headline(self.report)}>"

    def _repr_html_(self) -> str:
        from benchkit.model.finding import Status
        from benchkit.model.record_fix import zone_text
        from benchkit.report.audit_words import answers, headline
        from benchkit.report.fix_words import heading

        findings = [one for one in self.report.findings if one.status in {Status.FAIL, Status.WARN, Status.UNKNOWN}]
        rows = ((one.status.value, one.message, one.advice, one.reference) for one in findings)
        now = [fix for fix in self.report.fixes if fix.is_for_now]
        fixes = "".join(f"<p>{html.text(heading(fix))}</p><pre>{html.text(zone_text([fix]))}</pre>" for fix in now)
        return html.block(
            f"<p><b>{html.text(headline(self.report))}</b></p>",
            "".join(html.paragraph(f"{about}: {result}") for _, about, result in answers(self.report)),
            html.table(("", "what is wrong", "what to do", "reference"), rows, texts=(0, 1, 2, 3)) if findings else "",
            html.paragraph("To publish now:") + fixes if fixes else "",
        )


class AuditList(Sequence[DomainAudit]):
    """Audits of several domains; draws itself as a table, a row a domain."""

    def __init__(self, audits: Sequence[DomainAudit]) -> None:
        self._audits = tuple(audits)

    @overload
    def __getitem__(self, place: int) -> DomainAudit: ...
    @overload
    def __getitem__(self, place: slice) -> AuditList: ...
    def __getitem__(self, place: int | slice) -> DomainAudit | AuditList:
        return AuditList(self._audits[place]) if isinstance(place, slice) else self._audits[place]

    def __len__(self) -> int:
        return len(self._audits)

    def __iter__(self) -> Iterator[DomainAudit]:
        return iter(self._audits)

    def plot(self) -> SvgFigure:
        """The verdict of each domain on each mechanism."""
        from benchkit.plots.audit_figures import heat_map

        return SvgFigure(heat_map([audit.json for audit in self]))

    def __repr__(self) -> str:
        return "\n".join(map(repr, self))

    def _repr_html_(self) -> str:
        names = list(dict.fromkeys(name for audit in self for name in audit.report.verdicts))
        rows = ([audit.domain, "–" if audit.report.score is None else audit.report.score,
                 *(audit.report.verdicts.get(name, "–") for name in names)] for audit in self)  # fmt: skip
        headings = ("domain", "score", *(name.value.replace("_", " ") for name in names))
        return html.block(html.table(headings, rows, texts=(0, *range(2, len(headings)))))


@overload
def audit(domain: str, *, zone: Files = (), servers: Sequence[str] = (), selectors: Sequence[str] = (), ip: str = "",
          mail_from: str = "") -> DomainAudit: ...  # fmt: skip
@overload
def audit(domain: Names, *, zone: Files = (), servers: Sequence[str] = (), selectors: Sequence[str] = (), ip: str = "",
          mail_from: str = "") -> AuditList: ...  # fmt: skip
def audit(
    domain: str | Names,
    *,
    zone: Files = (),
    servers: Sequence[str] = (),
    selectors: Sequence[str] = (),
    ip: str = "",
    mail_from: str = "",
) -> DomainAudit | AuditList:
    """Judges whether a domain's mail will be believed; for a list of domains, each of them.

    `zone` answers from zone files, and no server is asked; otherwise `servers`, or the machine's own resolvers.
    `ip` and `mail_from` are the mail whose SPF result is wanted. Raises InputError on a name or a file that is wrong.
    """
    from benchkit.audit import Options

    names = [domain] if isinstance(domain, str) else list(domain)
    options = Options(selectors=tuple(selectors), ip=ip, mail_from=mail_from)
    files = [zone] if isinstance(zone, str | Path) else list(zone)
    found = AuditList([DomainAudit(report) for report in _outside_the_loop(_audited(names, files, servers, options))])
    return found[0] if isinstance(domain, str) else found


def _outside_the_loop(work: Coroutine[Any, Any, T]) -> T:
    """A notebook's own event loop runs already, and a second one needs a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _audited(
    names: Sequence[str], files: Sequence[str | Path], servers: Sequence[str], options: Options
) -> list[AuditReport]:
    from dataclasses import replace

    from benchkit.audit import audit_domains
    from benchkit.audit.zone_facts import zone_facts
    from benchkit.model.clock import utc_now
    from benchkit.resolver import from_zone

    options = replace(options, now_s=round(utc_now().timestamp()))
    if files:
        zone = from_zone(files)
        held = zone_facts(zone.records, zone.origins, zone.faults)
        return [
            report async for report in audit_domains(names, lambda _: zone, replace(options, offline=True, zone=held))
        ]
    async with _live(servers) as ask_for:
        return [report async for report in audit_domains(names, ask_for, options)]


@asynccontextmanager
async def _live(servers: Sequence[str]) -> AsyncIterator[Callable[[str], Ask]]:
    from benchkit.resolver import Budget, open_live

    async with open_live(servers) as live:
        yield lambda _: Budget(live)
