"""`benchkit audit --connect`, as a user types it: what mail servers and policies' hosts really show, beside a signed DNS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tests.peers.connect.conftest import Internet
from tests.peers.connect.domains import PLAIN, POLICIES, SIGNED, UNREACHABLE
from tests.peers.connect.policy_server import PREFIX

RULES = ("starttls", "mx_certificate", "dane_match", "mta_sts_policy")  # those that open a connection
Documents = Mapping[str, Mapping[str, Any]]

HOSTS = {
    "old": ["dane_match", "mx_certificate.untrusted", "starttls"],  # DANE-EE asks for no date (RFC 7672 §3.1.1)
    "other": ["dane_match.none", "mx_certificate.untrusted", "starttls"],
    "unknown": ["dane_match.none", "mx_certificate.untrusted", "starttls"],
    "plain": ["starttls.not_offered"],
    "soon": ["dane_match.stale", "mx_certificate.ends_soon", "starttls"],
    "closed": ["starttls.unreachable"],
}
POLICY = {
    "good": ["mta_sts_policy"],
    "wildcard": ["mta_sts_policy"],
    "left-out": ["mta_sts_policy.mx_left_out"],
    "left-out-testing": ["mta_sts_policy.mx_left_out_testing", "mta_sts_policy.not_enforced"],
    "hasty": ["mta_sts_policy.short_age"],
    "garbled": ["mta_sts_policy.syntax", "mta_sts_policy.syntax"],
    "absent": ["mta_sts_policy.not_served"],
    "page": ["mta_sts_policy.not_served"],
    "moved": ["mta_sts_policy.not_served"],
    "foreign": ["mta_sts_policy.not_served"],
    "unreachable": ["mta_sts_policy.unreachable"],
}


def audit(internet: Internet, *words: str) -> Documents:
    """The JSON of each domain."""
    domains = [*POLICIES, UNREACHABLE, f"bad.{SIGNED}", PLAIN]
    command = [sys.executable, "-m", "benchkit", "audit", "-n", internet.resolver, "--json", *words, *domains]
    environment = os.environ | {"SSL_CERT_FILE": str(internet.ca_file)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return {document["domain"]: document for document in json.loads(done.stdout)}


@pytest.fixture(scope="session")
def documents(internet: Internet) -> Documents:
    return audit(internet, "--connect", "--allow-private")


def rules(document: Mapping[str, Any], about: str = "") -> list[str]:
    """What the connecting checks say whose subject has `about` in it."""
    found = [each for each in document["findings"] if each["rule"].partition(".")[0] in RULES]
    return sorted(each["rule"] for each in found if about in each["subject"])


@pytest.mark.parametrize("host", HOSTS)
def test_a_mail_server(host: str, documents: Documents) -> None:
    assert rules(documents[f"bad.{SIGNED}"], f"mx-{host}.{SIGNED}") == HOSTS[host]


@pytest.mark.parametrize("name", POLICY)
def test_a_policy(name: str, documents: Documents) -> None:
    found = rules(documents[f"{name}.{SIGNED}"])
    assert found == sorted(["starttls", "mx_certificate", "dane_match", *POLICY[name]])


def test_where_all_is_well_the_mechanism_passes(documents: Documents) -> None:
    report = documents[f"good.{SIGNED}"]
    assert [each["status"] for each in report["findings"] if each["rule"].partition(".")[0] in RULES] == ["pass"] * 4


@pytest.mark.parametrize(
    ("host", "rule", "expected"),
    [
        ("old", "mx_certificate.untrusted", "expired"),
        ("other", "mx_certificate.untrusted", "mismatch"),
        ("unknown", "mx_certificate.untrusted", "unable to get local issuer certificate"),
        ("other", "dane_match.none", "wrong-name"),
        ("unknown", "dane_match.none", "differs"),
    ],
)
def test_the_reason_is_told(host: str, rule: str, expected: str, documents: Documents) -> None:
    findings = documents[f"bad.{SIGNED}"]["findings"]
    (message,) = (each["message"] for each in findings if each["rule"] == rule and f"mx-{host}." in each["subject"])
    assert expected in message


def test_tlsa_records_that_nobody_validated_do_not_count(documents: Documents) -> None:
    """They match nothing, and no sender would look at them."""
    report = documents[PLAIN]
    assert rules(report) == ["dane_match.not_validated", "mx_certificate", "starttls"]
    assert "dane_records.unsigned" in [each["rule"] for each in report["findings"]]
    assert "dane_records.unsigned" not in [each["rule"] for each in documents[f"good.{SIGNED}"]["findings"]]


def test_without_leave_nobody_is_connected_to(internet: Internet, documents: Documents) -> None:
    """The servers' own logs are the witnesses; `documents` has filled them first."""
    assert sorted(internet.fetched) == sorted(PREFIX + domain for domain in POLICIES if "foreign" not in domain)
    before = internet.mail_log.read_text("utf-8").count("connect from")
    assert before > len(HOSTS)
    reports = audit(internet)
    assert not [rule for report in reports.values() for rule in rules(report)]
    assert len(internet.fetched) == len(POLICIES) - 1
    assert internet.mail_log.read_text("utf-8").count("connect from") == before
