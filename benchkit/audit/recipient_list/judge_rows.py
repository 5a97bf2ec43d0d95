"""Each row of a list → kept or rejected, with one reason. The DNS is asked once for each domain that tables do not reject."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from benchkit.audit.recipient_list.csv_rows import RecipientCsv
from benchkit.audit.recipient_list.domain_mail import Unanswered, why_no_mail
from benchkit.audit.recipient_list.list_address import ListAddress, mailbox_key, parse_address
from benchkit.audit.recipient_list.reasons import MEANINGS, Rejection
from benchkit.audit.recipient_list.typing_errors import likely_domain
from benchkit.audit.tables.disposable_domains import is_disposable
from benchkit.audit.tables.role_names import ROLE_NAMES
from benchkit.model.dns import Ask
from benchkit.model.envelope import address_hash

AT_ONCE = 256  # domains whose DNS is asked together

DomainResult = Rejection | Unanswered | None


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Addresses that must not get mail, in lower case or as hashes."""

    addresses: Mapping[str, str]
    hashes: Mapping[int, str]

    def why(self, address: ListAddress, text: str) -> str | None:
        """`text` is the address as written, and may have been sent to so; a list may have either form of the domain."""
        forms = (address.text, text, f"{address.local}@{address.domain}")
        for form in dict.fromkeys((*forms, *(each.lower() for each in forms))):
            found = self.addresses.get(form)
            if found is None and self.hashes:
                found = self.hashes.get(address_hash(form))
            if found is not None:
                return found
        return None


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """`text` is the cell as given; `address` is None where it is none. `detail` says more than the reason."""

    line: int
    cells: tuple[str, ...]
    text: str
    address: ListAddress | None
    reason: Rejection | None = None
    detail: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class JudgedList:
    """`unanswered`: domains whose DNS gave no answer; their rows are kept, for nothing is known against them."""

    source: RecipientCsv
    rows: tuple[JudgedRow, ...]
    unanswered: Mapping[str, str] = field(default_factory=dict)
    domains_asked: int = 0
    in_zone_only: bool = False  # a zone file alone was asked

    @property
    def kept(self) -> tuple[JudgedRow, ...]:
        return tuple(row for row in self.rows if row.reason is None)

    @property
    def rejected(self) -> tuple[JudgedRow, ...]:
        return tuple(row for row in self.rows if row.reason is not None)


async def judge_list(
    source: RecipientCsv,
    ask_for: Callable[[str], Ask],
    *,
    suppressed: Mapping[str, str] | None = None,
    suppressed_hashes: Mapping[int, str] | None = None,
    keep: Collection[Rejection] = (),
) -> JudgedList:
    """`suppressed`: address in lower case → why; `suppressed_hashes`: its hash, as runs store it (model/envelope.py), → why.

    Rows are not rejected for the reasons in `keep`.
    """
    known = Suppressed(suppressed or {}, suppressed_hashes or {})
    rows = [_by_tables(line, cells, source.address(cells), known, keep) for line, cells in source.rows]
    domains = dict.fromkeys(row.address.domain for row in rows if row.address and row.reason is None)
    results = await _ask_domains(domains, ask_for)
    rows = [_by_domain(row, results, keep) for row in rows]
    if Rejection.DUPLICATE not in keep:
        rows = _without_duplicates(rows)
    unanswered = {domain: str(result) for domain, result in results.items() if isinstance(result, Unanswered)}
    return JudgedList(source, tuple(rows), unanswered, len(domains))


def _by_tables(
    line: int, cells: tuple[str, ...], text: str, suppressed: Suppressed, keep: Collection[Rejection]
) -> JudgedRow:
    address = parse_address(text)
    if isinstance(address, str):
        return JudgedRow(line, cells, text, None, Rejection.SYNTAX, address)
    row = JudgedRow(line, cells, text, address)
    for reason, (applies, detail, instead) in _table_reasons(address, suppressed.why(address, text)).items():
        if applies and reason not in keep:
            return replace(row, reason=reason, detail=detail, suggestion=instead)
    return row


def _table_reasons(address: ListAddress, why: str | None) -> dict[Rejection, tuple[bool, str, str]]:
    """In the order of their weight: whether the reason applies, what to say, what to write instead. `why` it is suppressed."""
    right = likely_domain(address.domain)
    return {
        Rejection.SUPPRESSED: (why is not None, f"It is on the suppression list: {why or 'no reason given'}.", ""),
        Rejection.TYPING_ERROR: (
            right is not None,
            f"{address.domain} is one slip away from {right}.",
            f"{address.local}@{right}",
        ),
        Rejection.DISPOSABLE: (is_disposable(address.domain), f"{address.domain} gives out disposable addresses.", ""),
        Rejection.ROLE: (address.local.lower() in ROLE_NAMES, f"{address.local} is the name of a role.", ""),
    }


async def _ask_domains(domains: Iterable[str], ask_for: Callable[[str], Ask]) -> dict[str, DomainResult]:
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(domain: str) -> DomainResult:
        async with slots:
            try:
                return await why_no_mail(domain, ask_for(domain))
            except Unanswered as unanswered:
                return unanswered

    names = list(domains)
    lookups: Sequence[Awaitable[DomainResult]] = [one(name) for name in names]
    return dict(zip(names, await asyncio.gather(*lookups), strict=True))


def _by_domain(row: JudgedRow, results: Mapping[str, DomainResult], keep: Collection[Rejection]) -> JudgedRow:
    result = results.get(row.address.domain) if row.address and row.reason is None else None
    if isinstance(result, Rejection) and result not in keep and row.address:
        return replace(row, reason=result, detail=f"The address {MEANINGS[result]}: {row.address.domain}.")
    return row


def _without_duplicates(rows: Iterable[JudgedRow]) -> list[JudgedRow]:
    first: dict[tuple[str, str], int] = {}
    found = []
    for row in rows:
        if row.reason is None and row.address:
            line = first.setdefault(mailbox_key(row.address), row.line)
            if line != row.line:
                row = replace(row, reason=Rejection.DUPLICATE, detail=f"It reaches the same mailbox as line {line}.")
        found.append(row)
    return found
