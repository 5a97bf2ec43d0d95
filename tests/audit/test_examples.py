"""Every rule's page has a worked example that is true: the wrong text gives the finding, the corrected one does not."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from benchkit.audit import ConnectOptions, Options, audit_domain
from benchkit.audit.aggregate_reports import ReportCollection, collect
from benchkit.audit.checks import CHECKS
from benchkit.audit.connect_probe import HttpsFile, MailServer, StarttlsStage
from benchkit.audit.connect_probe.certificates import read_chain
from benchkit.audit.connect_probe.https_file import WantedFile
from benchkit.audit.examples import EXAMPLES, Example, ExampleKind, shown
from benchkit.audit.message.parser import read_mail
from benchkit.audit.sending_identities import ArmIdentity
from benchkit.audit.zone_facts import zone_facts
from benchkit.model.dns import Ask
from benchkit.report.audit_manual import rule_page
from benchkit.resolver import from_zone
from tests.audit.fixes.published import HEAD, REST
from tests.audit.reports.aggregate import report, row, tls_report

KIND = ExampleKind
NOW = datetime(2026, 11, 27, tzinfo=UTC)


def certificate() -> bytes:
    """For mail.shop.example, with the key that the TLSA records of the examples name."""
    key = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.shop.example")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(NOW - timedelta(days=30)).not_valid_after(NOW + timedelta(days=300))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("mail.shop.example")]), critical=False)
    return made.sign(key, None).public_bytes(Encoding.DER)


class Shown:
    """The probes of a connection: what the example's text says."""

    def __init__(self, text: str) -> None:
        self._text = text

    async def mail_server(self, address: str, host: str) -> MailServer:
        seen = MailServer(
            host, address, 25, StarttlsStage.DONE, offered=True, tls_version="TLSv1.3", cipher="TLS_AES_128"
        )
        seen = replace(seen, chain=read_chain([certificate()]))
        if self._text.startswith("250"):
            offered = "STARTTLS" in self._text
            return replace(seen, offered=offered, stage=StarttlsStage.DONE if offered else StarttlsStage.EHLO)
        if words := re.match(r"(\S+), (\S+), (\d+) bits", self._text):
            return replace(seen, tls_version=words[1], cipher=words[2], cipher_bits=int(words[3]))
        return replace(seen, distrust="self-signed certificate" if "issued by itself" in self._text else "")

    async def policy_file(self, domain: str, addresses: Sequence[str]) -> HttpsFile:
        return self._file(f"https://mta-sts.{domain}")

    async def https_file(self, wanted: WantedFile, addresses: Sequence[str]) -> HttpsFile:
        return self._file(wanted.url)

    def _file(self, url: str) -> HttpsFile:
        return HttpsFile(url, "192.0.2.40", answered=True, status=200, body=f"{self._text}\n".encode())


def asked(lines: str, folder: Path, *, whole: bool) -> Ask:
    """From the lines of a zone; those with absolute names elsewhere are the rest of the DNS. `whole`: nothing else exists."""
    folder.mkdir(exist_ok=True)
    texts = {"shop.zone": HEAD, "rest.zone": REST}
    for line in lines.splitlines():
        owner = line.split(" ")[0]
        foreign = owner.endswith(".") and not owner.endswith("shop.example.")
        texts["rest.zone" if foreign else "shop.zone"] += f"{line}\n"
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return from_zone([folder / name for name in texts][: 2 if whole else 1])


def of_server(text: str, name: str) -> str:
    return "\n".join(line.partition(": ")[2] for line in text.splitlines() if line.startswith(f"{name}: "))


def reported(text: str) -> ReportCollection:
    """The numbers of the text as receivers write them."""
    found = re.findall(r"([0-9,]+) (?:messages|with|sessions|failed)", text)
    good, bad = (int(each.replace(",", "")) for each in found)
    if "sessions" in text:
        document = json.loads(tls_report())
        (policy,) = document["policies"]
        policy["summary"] = {"total-successful-session-count": good, "total-failure-session-count": bad}
        policy["failure-details"] = policy["failure-details"] if bad else []
        return collect([("tls.json", json.dumps(document).encode())])
    rows = [row("192.0.2.25", good, "pass", "pass")] if good else []
    rows += [row("192.0.2.25", bad, "fail", "fail")] if bad else []
    return collect([("dmarc.xml", report(*rows))])


def reports_beside(name: str) -> ReportCollection:
    """Where the example changes the zone: signed mail of which SPF failed, or signatures that all failed."""
    results = {"reported_spf": ("pass", "fail"), "reported_dkim": ("fail", "pass")}[name]
    return collect([("dmarc.xml", report(row("192.0.2.25", 100, *results)))])


def options_of(example: Example, text: str) -> Options:
    options = Options(ip=example.ip, blocklists=True, now_s=round(NOW.timestamp()))
    if example.kind in (KIND.TLS, KIND.FILE, KIND.ZONE):
        options = replace(options, connections=ConnectOptions(Shown(text), NOW))
    if example.kind is KIND.MESSAGE:
        options = replace(options, mail=read_mail(f"{text}\n".encode()))
    if example.kind is KIND.ARM:
        author, envelope, signer = re.findall(r"(?:from|envelope|signed by) (\S+?)(?:,|$)", text)
        options = replace(options, arms=(ArmIdentity("api", author, envelope, signer, unsubscribe=True),))
    return options


def rules_of(name: str, text: str, folder: Path) -> set[str]:
    """What the audit says by the rule `name` where the text is as in the example."""
    example = EXAMPLES[name]
    own = text if example.kind is KIND.ZONE else ""
    lines = f"{example.around}\n{own}"
    foreign = [line for line in lines.splitlines() if line.split(" ")[0].endswith(".") and "shop.example. " not in line]
    ask = asked(lines, folder, whole=bool(foreign))
    options = replace(options_of(example, text), offline=not foreign)
    if not foreign:
        zone = from_zone([folder / "shop.zone"])
        options = replace(options, zone=zone_facts(zone.records, zone.origins, zone.faults))
    if example.kind is KIND.SERVERS:
        by_server = {
            f"192.0.2.{53 + number}": asked(of_server(text, f"ns{number + 1}"), folder / f"{number}", whole=False)
            for number in (0, 1)
        }
        options = replace(options, authorities=lambda _, address: by_server[address], allow_private=True, offline=False)
    if name.startswith("reported_"):
        reports = reported(text) if example.kind is KIND.REPORTS else reports_beside(name)
        options = replace(options, reports=reports)
    found = asyncio.run(audit_domain(example.domain, ask, options)).findings
    return {finding.rule for finding in found if finding.rule.partition(".")[0] == name}


def test_every_rule_has_one() -> None:
    assert sorted(EXAMPLES) == sorted(CHECKS.names())


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_wrong_text_gives_the_finding_and_the_corrected_one_does_not(name: str, tmp_path: Path) -> None:
    example = EXAMPLES[name]
    case = f"{name}.{example.case}"
    assert example.case in CHECKS[name].rule.cases
    assert case in rules_of(name, example.wrong, tmp_path / "wrong")
    assert case not in rules_of(name, example.right, tmp_path / "right")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_shows_record_reason_and_corrected_record(name: str) -> None:
    example, page = EXAMPLES[name], rule_page(CHECKS[name].rule)
    parts = (
        f"Example of `{name}.{example.case}`",
        shown(example.wrong),
        example.why.split()[0],
        "Corrected:",
        shown(example.right),
    )
    places = [page.find(part) for part in parts]
    assert -1 not in places
    assert example.why.endswith(".")
