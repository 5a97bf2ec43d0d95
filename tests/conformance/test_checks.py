"""Every check in the registry passes the suite of benchkit.testing, in zones that it ships and in a faulty one."""

from __future__ import annotations

from typing import ClassVar

import pytest

from benchkit.audit.audit_context import Options
from benchkit.audit.checks import CHECKS
from benchkit.testing.check_suite import ZONES, CheckCase, CheckedZone, CheckSuite
from tests.audit.worlds import FIVE

SILENT = {
    "bimi_files", "mta_sts_policy", "mx_certificate", "starttls", "tls_quality", "dane_match",  # by connections
    "arm_alignment", "blocklisted", "zone_file",  # by a scenario, a blocklist, a zone file that was given
    "dmarc_misplaced", "dmarc_public_suffix", "non_sending", "null_mx_senders", "spf_idle_includes",  # not in these zones
}  # fmt: skip
TOLD = Options(ip="203.0.113.99", helo="mail.shop.example", selectors=("lost",))
TRIED = (CheckedZone(FIVE["bad"].domain, FIVE["bad"].files, TOLD), ZONES[0])
SILENT_KINDS = ("message_", "reported_")  # by a mail, by receivers' reports
LOSE_EACH = 17  # tests/audit/test_lost_answers.py loses every answer of whole audits


class TestChecks(CheckSuite):
    cases: ClassVar = [
        CheckCase(CHECKS[name], TRIED, name in SILENT or name.startswith(SILENT_KINDS), LOSE_EACH)
        for name in CHECKS.names()
    ]


@pytest.mark.parametrize("name", CHECKS.names())
def test_each_has_the_name_of_its_file(name: str) -> None:
    assert CHECKS[name].rule.name == name
