"""parsedmarc reads the same numbers, where it is installed. It brings some 40 packages, so the tests do not require it.

Settled differences: parsedmarc repairs ill-formed XML, so that a report cut off in the middle counts as a whole one;
benchkit refuses it, and names the file. parsedmarc 11.1.0 does not read the forms in `UNREAD_BY_PARSEDMARC`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchkit.audit.aggregate_reports import collect
from tests.audit.reports.aggregate import FORMS, report, row

parsedmarc: Any = pytest.importorskip("parsedmarc")
UNREAD_BY_PARSEDMARC = {"blanks before the declaration", "a byte order mark", "UTF-16", "gzip in two members"}
MIXED = report(
    row("192.0.2.1", 10),
    row("192.0.2.2", 5, dkim="fail"),
    row("2001:db8::1", 2, dkim="fail", spf="fail"),
    report_id="m",
)


@pytest.mark.parametrize("form", sorted({*FORMS, "mixed"} - UNREAD_BY_PARSEDMARC))
def test_parsedmarc_agrees(form: str, tmp_path: Path) -> None:
    data = MIXED if form == "mixed" else FORMS[form]
    path = tmp_path / "r"
    path.write_bytes(data)
    theirs = parsedmarc.parse_report_file(str(path), offline=True)["report"]["records"]
    (ours,) = collect([("r", data)]).dmarc
    assert [(each["source"]["ip_address"], each["count"], each["alignment"]["dmarc"]) for each in theirs] == [
        (each.source, each.count, each.passed) for each in ours.rows
    ]
