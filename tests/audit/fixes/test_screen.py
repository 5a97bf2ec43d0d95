"""Owners of twelve faulty domains follow the screen and nothing else: their mail passes SPF, and DMARC is in force."""

from __future__ import annotations

from pathlib import Path

import dns.name
import dns.rdata
import dns.rdataclass
import dns.zone
import pytest
from typer.testing import CliRunner

from benchkit.cli.main import app
from tests.audit.fixes.faulty_zones import ZONES
from tests.audit.fixes.published import HEAD, audited

OWNERS = (
    "a blank before all",
    "commas",
    "two records",
    "three records, one mistyped",
    "modifiers in place of mechanisms",
    "a lost blank after the version",
    "typographic quotation marks",
    "an include that is gone",
    "no SPF, own MX",
    "two DMARC records",
    "DMARC at the domain",
    "faults everywhere",
)
NOW = ("Publish now", "Safe defaults")
SECTIONS = (*NOW, "Ask others", "Later", "Taken off the score", "Not checked")
DELETE, ADD = "In the zone file, delete:", "In the zone file, add:"


def screen(zone: str, folder: Path) -> str:
    path = folder / "shop.zone"
    path.write_text(zone, "utf-8")
    done = CliRunner().invoke(app, ["audit", "--zone", str(path), "shop.example"])
    assert done.exit_code == 0, done.output
    return done.stdout


def followed(zone: str, shown: str) -> str:
    """The zone after the lines of what is for now are deleted and added, as they are on the screen."""
    parsed = dns.zone.from_text(zone, relativize=False)
    section, doing = "", ""
    for line in shown.splitlines():
        section = line if line in SECTIONS else section
        if line in (DELETE, ADD):
            doing = line
        elif section in NOW and doing and " IN " in line:
            name, _, kind, text = line.split(" ", 3)
            rdata = dns.rdata.from_text(dns.rdataclass.IN, kind, text)
            held = parsed.find_rdataset(dns.name.from_text(name), kind, create=True)
            held.add(rdata, ttl=3600) if doing == ADD else held.items.pop(rdata)
        else:
            doing = ""
    for owner in list(parsed):
        for records in [each for each in parsed[owner] if not each]:
            parsed.delete_rdataset(owner, records.rdtype)
    return f"$ORIGIN {parsed.origin}\n{parsed.to_text(relativize=False)}"


@pytest.mark.parametrize("name", OWNERS)
def test_an_owner_follows_the_screen(name: str, tmp_path: Path) -> None:
    lines, passing, _ = ZONES[name]
    assert passing
    zone = followed(HEAD + lines, screen(HEAD + lines, tmp_path))
    for ip in passing:
        report = audited(zone, tmp_path, ip=ip)
        assert (report.spf.result, report.dmarc.record is not None) == ("pass", True)
    assert "Publish now" not in screen(zone, tmp_path)
