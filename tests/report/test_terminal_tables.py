"""Every table on the terminal at every width: no character of a cell or heading is lost, because rich crops without a mark."""

from __future__ import annotations

import io
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from benchkit.model.audit import AuditReport, HopSummary, MailSummary, ReportedSourceSummary, ReportsSummary
from benchkit.report.audit_fleet import render_fleet
from benchkit.report.audit_message import render_message
from benchkit.report.audit_sources import render_sources
from benchkit.report.audit_terminal import render_audit
from benchkit.report.content.page import Cell, Column, Table
from benchkit.report.terminal_table import render_table
from tests.audit.fixes.published import audited

WIDTHS = (60, 80, 100, 120)
BAD_ZONE = Path(__file__).parents[2] / "scenarios" / "zones" / "bad.zone"
LETTERS = [chr(code) for start, end in ((0x100, 0x250), (0x400, 0x460), (0x1E00, 0x1F00)) for code in range(start, end)]


def printed(render: Callable[[Console], None], width: int) -> str:
    out = io.StringIO()
    render(Console(file=out, width=width))
    return out.getvalue()


@st.composite
def table_shapes(draw: st.DrawFn) -> tuple[Table, str]:
    """A table in which each character is there once, with all its characters: what is lost cannot hide behind another."""
    letters: Iterator[str] = itertools.cycle(LETTERS)

    def word(most: int) -> str:
        return "".join(itertools.islice(letters, draw(st.integers(1, most))))

    texts = draw(st.booleans())
    columns = [Column(word(20))]
    columns += [Column(word(12), text=draw(st.booleans())) for _ in range(draw(st.integers(1, 8)))]
    rows = [
        tuple(Cell(word(24 if column.text or texts else 12)) for column in columns)
        for _ in range(draw(st.integers(1, 3)))
    ]
    table = Table(tuple(columns), tuple(rows), splits=draw(st.booleans()), texts=texts)
    expected = "".join([column.heading for column in columns] + [cell.text for row in rows for cell in row])
    return table, expected


@given(table_shapes(), st.sampled_from(WIDTHS))
@settings(max_examples=300, deadline=None)
def test_no_character_is_lost(shape: tuple[Table, str], width: int) -> None:
    table, characters = shape
    out = printed(lambda console: render_table(table, console), width)
    assert set(characters) <= set(out)
    assert "…" not in out


@given(st.lists(st.from_regex(r"[a-z-]{1,40}( [a-z-]{1,40})?", fullmatch=True), min_size=1, max_size=4))
def test_a_name_folds_between_its_words_wherever_it_has_room(names: list[str]) -> None:
    """An optional column gives way before a name is broken within a word."""
    heads = (Column("run"), Column("scenario", optional=True), Column("sent"))
    table = Table(heads, tuple((Cell(name), Cell("s" * 22), Cell("1,280")) for name in names))
    out = printed(lambda console: render_table(table, console), 60)
    assert all(word in out.split() for name in names for word in name.split())


def source(address: str, term: str) -> ReportedSourceSummary:
    return ReportedSourceSummary(
        address, messages=1_234_567, passed=1_000_000, dkim_aligned=900_000, spf_aligned=800_000, quarantined=123_456,
        rejected=11_111, spf_term=term,
    )  # fmt: skip


SOURCES = (
    source("192.0.2.77", "ip4:192.0.2.64/28"),
    source("2001:db8:1234:5678:9abc:def0:1234:5678", "include:_spf.a-long-name.example"),
)
REPORTS = ReportsSummary("1 to 7 November 2026", 12, 2_469_134, 2_000_000, 20, SOURCES, 0, 0)
HOP = HopSummary("a-host-with-a-long-name.mail.provider.example", "mx.shop.example", "ESMTPS", True, None, 1234.0)
MESSAGE = MailSummary(1234, (("text/plain", 800),), "mx.shop.example", (("spf", "pass"),), (HOP, HOP))


def cells(text: str) -> Counter[str]:
    """The characters, without the space that a width decides."""
    return Counter("".join(text.split()))


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> AuditReport:
    return audited(BAD_ZONE.read_text("utf-8"), tmp_path_factory.mktemp("bad"))


@pytest.mark.parametrize("width", WIDTHS)
def test_an_audit_says_the_same_at_every_width(bad: AuditReport, width: int) -> None:
    def everything(console: Console) -> None:
        render_audit(bad, console, verbose=True)
        render_fleet([bad, bad], console)
        render_sources(REPORTS, console)
        render_message(MESSAGE, console)

    assert not cells(printed(everything, 1_000)) - cells(printed(everything, width))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_network_and_its_heading_are_whole(width: int) -> None:
    out = printed(lambda console: render_sources(REPORTS, console), width)
    words = out.split()
    assert "ip4:192.0.2.64/28" in words
    assert "1,234,567" in words
    assert {"in", "today's", "SPF", "record", "by"} <= set(words)


def test_reports_about_other_domains_only_say_so() -> None:
    none = ReportsSummary("", 0, 0, 0, 0, (), 0, 0)
    out = printed(lambda console: render_sources(none, console), 80)
    assert "The reports name no message from this domain." in out
    assert "0 messages" not in out
