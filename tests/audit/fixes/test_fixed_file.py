"""`--fixed FILE`: the whole zone. It says what the fixes say, comments stay, and the mail of owners who load it passes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import dns.zone
import pytest
from typer.testing import CliRunner

from benchkit.cli.main import app
from benchkit.resolver.corrected_zone import corrected_zone
from benchkit.resolver.zone_file import read_zone
from benchkit.testing.zones import REST
from tests.audit.fixes.faulty_zones import GOOD_ZONE, ZONES
from tests.audit.fixes.published import HEAD, audited, for_now, published

BAD = GOOD_ZONE.parent / "bad.zone"
TODAY = date(2026, 11, 28)


def records(zone: str) -> set[str]:
    return set(dns.zone.from_text(zone, relativize=False).to_text(relativize=False).splitlines())


@pytest.mark.parametrize("name", ZONES)
def test_the_file_says_what_the_fixes_say(name: str, tmp_path: Path) -> None:
    zone = HEAD + ZONES[name][0]
    fixes = for_now(audited(zone, tmp_path))
    path = tmp_path / "shop.zone"
    made = corrected_zone(read_zone(path), str(path), fixes, TODAY)
    serial = (" 1 7200", " 2 7200" if fixes else " 1 7200")
    head = HEAD.replace(*serial).splitlines()
    assert list(made.done) == fixes
    assert records(made.text) == records(published(zone, fixes).replace(*serial))
    assert made.text.splitlines()[1 : len(head) - 1] == head[:-2]


@pytest.mark.parametrize(
    "name", [name for name, (_, passing, outcome) in ZONES.items() if passing and outcome == "better"][:12]
)
def test_an_owner_loads_the_file(name: str, tmp_path: Path) -> None:
    lines, passing, _ = ZONES[name]
    path, fixed = tmp_path / "shop.zone", tmp_path / "fixed.zone"
    path.write_text(HEAD + lines, "utf-8")
    done = CliRunner().invoke(app, ["audit", "--zone", str(path), "--fixed", str(fixed), "shop.example"])
    assert done.exit_code == 0, done.output
    assert f"{fixed}: {path} with" in done.stderr
    assert "The serial of its SOA record was raised from 1 to 2. Load it" in done.stderr
    zone = fixed.read_text("utf-8")
    assert [audited(zone, tmp_path, ip=ip).spf.result for ip in passing] == ["pass"] * len(passing)
    assert not for_now(audited(zone, tmp_path))


REPORTED_TO = ("dmarc@sub.shop.example", "tls@sub.shop.example")
SUBDOMAINS = {  # lines of sub.shop.example, and whether they send reports to it
    "policy none": ('_dmarc.sub IN TXT "v=DMARC1; p=none"', False),
    "policy none, reports elsewhere": ('_dmarc.sub IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@shop.example"', False),
    "no policy": ('_dmarc.sub IN TXT "v=DMARC1; rua=mailto:dmarc@shop.example"', False),
    "reject": ('_dmarc.sub IN TXT "v=DMARC1; p=reject"', False),
    "own reports": (f'_dmarc.sub IN TXT "v=DMARC1; p=none; rua=mailto:{REPORTED_TO[0]}"', True),
    "own failure reports": (f'_dmarc.sub IN TXT "v=DMARC1; p=none; ruf=mailto:{REPORTED_TO[0]}!10m"', True),
    "own reports of TLS": (
        f'_dmarc.sub IN TXT "v=DMARC1; p=none"\n_smtp._tls.sub IN TXT "v=TLSRPTv1; rua=mailto:{REPORTED_TO[1]}"',
        True,
    ),
    "another domain's reports": (
        f'_dmarc.other IN TXT "v=DMARC1; p=none; rua=mailto:a@x.example,MAILTO:{REPORTED_TO[0]}"\n_dmarc.sub IN TXT "v=DMARC1"',
        True,
    ),
}


def fixed_file(zone: Path, folder: Path) -> tuple[str, list[dict[str, Any]]]:
    """The corrected text of all domains in the file, and the fixes that the audit offered for now."""
    out = folder / "fixed.zone"
    done = CliRunner().invoke(app, ["audit", "--zone", str(zone), "--fixed", str(out), "--json"])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    reports = document if isinstance(document, list) else [document]
    fixes = [fix for report in reports for fix in report["fixes"] if not fix["ask"] and not fix["when"]]
    return out.read_text("utf-8"), fixes


@pytest.mark.parametrize("name", ["bad.zone", *SUBDOMAINS])
def test_one_pass_is_enough_for_every_domain_of_the_file(name: str, tmp_path: Path) -> None:
    zone = tmp_path / "shop.zone"
    lines = f"{HEAD}{SUBDOMAINS[name][0]}\n" if name in SUBDOMAINS else BAD.read_text("utf-8")
    zone.write_text(lines, "utf-8")
    text, _ = fixed_file(zone, tmp_path)
    zone.write_text(text, "utf-8")
    assert fixed_file(zone, tmp_path)[1] == []


def test_a_file_without_a_change_says_so_and_asks_for_nothing(tmp_path: Path) -> None:
    fixed = tmp_path / "fixed.zone"
    done = CliRunner().invoke(app, ["audit", "--zone", str(GOOD_ZONE), "--fixed", str(fixed)])
    assert f"{fixed}: a copy of {GOOD_ZONE}: the audit has no change to publish now" in done.stderr
    assert not any(word in done.stderr for word in ("0 of 0", "Raise", "Load", "load"))
    assert records(fixed.read_text("utf-8")) == records(GOOD_ZONE.read_text("utf-8"))


@pytest.mark.parametrize("name", SUBDOMAINS)
def test_a_domain_that_gets_reports_is_never_told_to_take_no_mail(name: str, tmp_path: Path) -> None:
    lines, gets_reports = SUBDOMAINS[name]
    zone = tmp_path / "shop.zone"
    zone.write_text(f"{HEAD}{lines}\n", "utf-8")
    text, _ = fixed_file(zone, tmp_path)
    null_mx = "sub.shop.example. 3600 IN MX 0 ." in text
    assert null_mx is not gets_reports
    assert ('sub.shop.example. 3600 IN TXT "v=spf1 -all"' in text) is null_mx


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--fixed", "out.zone"), "--fixed corrects one zone file: name it with --zone"),
        (("--zone", str(BAD), "--zone", str(REST), "--fixed", "out.zone"), "--fixed corrects one zone file"),
        (
            ("--zone", "shop.zone", "--fixed", "shop.zone"),
            "--fixed would overwrite shop.zone, which this command reads",
        ),
    ],
)
def test_refused(words: tuple[str, ...], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.zone").write_text(HEAD, "utf-8")
    assert expected in str(CliRunner().invoke(app, ["audit", *words, "shop.example"]).exception)
    assert not Path("out.zone").exists()
