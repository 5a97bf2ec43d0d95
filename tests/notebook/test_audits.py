"""`benchkit.audit(...)` in a notebook: one domain or several, from zone files, also where an event loop runs already."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

import benchkit
from benchkit.audit import Options
from benchkit.errors import InputError
from benchkit.notebook.audits import AuditList, DomainAudit, audit

ZONES = Path(__file__).parents[2] / "scenarios" / "zones"


def test_the_package_is_a_room_and_a_call() -> None:
    assert Options(ip="192.0.2.1").ip == "192.0.2.1"
    found = benchkit.audit("shop.example", zone=ZONES / "good.zone")  # type: ignore[operator]  # see benchkit/__init__.py
    assert (found.domain, found.report.verdict) == ("shop.example", "pass")


@pytest.mark.parametrize("first", ["import benchkit.audit", "from benchkit.audit import Options", "pass"])
def test_it_can_be_called_whoever_loads_it_first(first: str) -> None:
    code = f"{first}\nimport benchkit\nprint(benchkit.audit('shop.example', zone={str(ZONES / 'bad.zone')!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("<shop.example: fail")


def test_one_domain_draws_what_is_wrong_and_what_to_paste() -> None:
    bad = audit("shop.example", zone=ZONES / "bad.zone")
    assert isinstance(bad, DomainAudit)
    shown = bad._repr_html_()
    assert "shop.example: fail" in shown
    assert "<pre>" in shown
    assert bad.json["verdict"] == "fail"
    assert bad.plot().svg.rstrip().endswith("</svg>")


def test_several_domains_draw_a_table_and_a_heat_map() -> None:
    fleet = audit(["shop.example", "old.shop.example"], zone=[ZONES / "bad.zone"])
    assert isinstance(fleet, AuditList)
    assert [one.domain for one in fleet] == ["shop.example", "old.shop.example"]
    assert fleet._repr_html_().count("<tr>") == 3
    assert [one.domain for one in fleet[:1]] == ["shop.example"]
    assert "old.shop.example" in repr(fleet)
    assert fleet.plot().svg.rstrip().endswith("</svg>")


def test_works_where_a_loop_runs_already_as_in_a_notebook() -> None:
    async def cell() -> str:
        return audit("shop.example", zone=ZONES / "good.zone").domain

    assert asyncio.run(cell()) == "shop.example"


def test_a_wrong_name_is_told() -> None:
    with pytest.raises(InputError, match="domain"):
        audit("not a domain", zone=ZONES / "good.zone")
