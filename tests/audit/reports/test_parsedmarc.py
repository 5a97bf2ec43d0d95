"""parsedmarc reads the same numbers. It brings some 40 packages, so `tests/peers/install` gives it an environment of its own.

Settled differences: parsedmarc repairs ill-formed XML, so that a report cut off in the middle counts as a whole one;
benchkit refuses it, and names the file. parsedmarc 11.1.0 does not read the forms in `UNREAD_BY_PARSEDMARC`, nor a TLS report
without contact-info, which benchkit does not need.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from benchkit.audit.aggregate_reports import collect
from tests.audit.reports.aggregate import FORMS, report, row, tls_report
from tests.peers.requirements import need_unpacked

UNREAD_BY_PARSEDMARC = {"blanks before the declaration", "a byte order mark", "UTF-16", "gzip in two members"}
MIXED = report(
    row("192.0.2.1", 10),
    row("192.0.2.2", 5, dkim="fail"),
    row("2001:db8::1", 2, dkim="fail", spf="fail"),
    report_id="m",
)
CUT_OFF = MIXED[: MIXED.index(b"2001:db8") - 40]
FILES = {**FORMS, "mixed": MIXED, "cut off": CUT_OFF}
FILES["tls"] = tls_report(**{"contact-info": "tls@company-x.example"})
FILES["tls without a contact"] = tls_report()
SCRIPT = """import json, pathlib, sys, parsedmarc
found = {}
for file in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        found[file.name] = parsedmarc.parse_report_file(str(file), offline=True)["report"]
    except Exception as error:
        found[file.name] = {"error": type(error).__name__}
print(json.dumps(found, default=str))
"""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every report by one start of parsedmarc."""
    python = need_unpacked("parsedmarc", "bin", "python")
    folder = tmp_path_factory.mktemp("reports")
    for name, data in FILES.items():
        (folder / name.replace("/", "-")).write_bytes(data)
    done = subprocess.run([python, "-c", SCRIPT, folder], capture_output=True, check=True, timeout=120)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("form", sorted({*FORMS, "mixed"} - UNREAD_BY_PARSEDMARC))
def test_parsedmarc_agrees(form: str, theirs: dict[str, Any]) -> None:
    (ours,) = collect([("r", FILES[form])]).dmarc
    assert [
        (each["source"]["ip_address"], each["count"], each["alignment"]["dmarc"]) for each in theirs[form]["records"]
    ] == [(each.source, each.count, each.passed) for each in ours.rows]


@pytest.mark.parametrize("form", sorted(UNREAD_BY_PARSEDMARC))
def test_the_forms_that_only_we_read_are_still_those(form: str, theirs: dict[str, Any]) -> None:
    assert "error" in theirs[form]
    assert collect([("r", FILES[form])]).dmarc


def test_what_it_repairs_we_refuse(theirs: dict[str, Any]) -> None:
    assert "error" not in theirs["cut off"]
    found = collect([("cut off", CUT_OFF)])
    assert (found.dmarc, [name for name, _ in found.unread]) == ((), ["cut off"])


def test_tls_reports_agree(theirs: dict[str, Any]) -> None:
    (ours,) = collect([("r", FILES["tls"])]).tls
    assert "error" in theirs["tls without a contact"]
    assert collect([("r", FILES["tls without a contact"])]).tls == (ours,)
    assert [
        (each["policy_domain"], each["successful_session_count"], each["failed_session_count"])
        for each in theirs["tls"]["policies"]
    ] == [(each.domain, each.successes, each.failures) for each in ours.policies]
