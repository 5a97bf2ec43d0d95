"""The logo and the certificate of a BIMI record: what is read in them, and what the audit says with `--connect`."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from benchkit.audit import ConnectOptions
from benchkit.audit.connect_probe import HttpsFile, LiveProbes
from benchkit.audit.connect_probe.https_file import WantedFile
from benchkit.audit.records.bimi_certificate import BRAND_INDICATOR, LOGOTYPE, read_mark_certificate
from benchkit.audit.records.bimi_svg import svg_faults
from benchkit.model.audit import AuditReport

NOW = datetime(2026, 11, 27, tzinfo=UTC)
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 64 64">'
    b"<title>Shop</title><path d='M0 0'/></svg>"
)
KEY = ec.generate_private_key(ec.SECP256R1())


def pem(
    *names: str, usage: str = BRAND_INDICATOR, logo: bytes = SVG, days: int = 300, issuers: Sequence[str] = ("Mark CA",)
) -> bytes:
    """The mark's certificate and its issuers'."""
    extensions: list[x509.ExtensionType] = [x509.ExtendedKeyUsage([x509.ObjectIdentifier(usage)])]
    if names:
        extensions.append(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]))
    if logo:
        data = b"data:image/svg+xml;base64," + base64.b64encode(gzip.compress(logo))
        extensions.append(x509.UnrecognizedExtension(x509.ObjectIdentifier(LOGOTYPE), b"\x30\x82" + data))
    chain = [_certificate("Shop", issuers[0] if issuers else "Mark CA", days, extensions)]
    chain += [_certificate(name, name, 3000, []) for name in issuers]
    return b"".join(each.public_bytes(Encoding.PEM) for each in chain)


def _certificate(subject: str, issuer: str, days: int, extensions: Sequence[x509.ExtensionType]) -> x509.Certificate:
    named = [x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]) for name in (subject, issuer)]
    builder = x509.CertificateBuilder().subject_name(named[0]).issuer_name(named[1]).public_key(KEY.public_key())
    builder = (
        builder.serial_number(1).not_valid_before(NOW - timedelta(days=30)).not_valid_after(NOW + timedelta(days=days))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(KEY, SHA256())


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"", b"", ""),
        (b'version="1.2"', b'version="1.1"', "version"),
        (b"tiny-ps", b"tiny", "baseProfile"),
        (b"<title>Shop</title>", b"", "title"),
        (b"0 0 64 64", b"0 0 64 32", "square"),
        (b"<path", b"<script>x</script><path", "a script"),
        (b"<path", b"<image/><path", "an embedded image"),
        (b"<path", b"<use href='https://evil.example/x.svg'/><path", "outside itself"),
        (b"<path", b"<use href='#x'/><path", ""),
        (b"<path", b"<path onclick='x()'/><path", "event attribute"),
        (b"<path", b"<animate/><path", "an animation"),
        (b"<svg xmlns", b"<svg x='1' xmlns", "x= or y="),
        (b"<title>Shop", b"<title>" + b"x" * 40_000, "40,"),
        (b"<svg", b"<!DOCTYPE svg [<!ENTITY a 'aaaa'>]><svg", "document type"),
        (b"</svg>", b"", "not XML"),
        (b"http://www.w3.org/2000/svg", b"http://other.example/", "root"),
        (SVG, "\ufeff<svg/>".encode("utf-16"), "not UTF-8"),
        (SVG, b"", "not XML"),
    ],
)
def test_logo(old: bytes, new: bytes, fault: str) -> None:
    faults = svg_faults(SVG.replace(old, new, 1))
    assert any(fault in each for each in faults) if fault else not faults


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        (pem("shop.example"), ""),
        (pem("shop.example", usage=ExtendedKeyUsageOID.SERVER_AUTH.dotted_string), "no mark certificate"),
        (pem("shop.example", logo=b""), "no logotype"),
        (pem("shop.example", issuers=()), "missing behind it"),
        (pem("shop.example", issuers=("Mark CA", "Other CA")), "order"),
        (b"no PEM", "no PEM file"),
        (b"", "no PEM file"),
    ],
)
def test_certificate(octets: bytes, fault: str) -> None:
    found = read_mark_certificate(octets)
    assert any(fault in each for each in found.faults) if fault else not found.faults
    assert found.logo == (SVG if not fault or "behind" in fault or "order" in fault or "mark" in fault else b"")


RECORD = (
    '@ IN TXT "v=spf1 -all"\n_dmarc IN TXT "v=DMARC1; p=reject"\nlogo IN A 192.0.2.80\n'
    'default._bimi IN TXT "v=BIMI1; l=https://logo.shop.example{}/l.svg; a=https://logo.shop.example/vmc.pem"\n'
)


@pytest.mark.parametrize(
    ("logo", "mark", "rules"),
    [
        (SVG, pem("shop.example"), ["bimi_files", "bimi_files"]),
        (SVG + b"\n", pem("shop.example"), ["bimi_files", "bimi_files"]),
        (SVG.replace(b"tiny-ps", b"full"), pem("shop.example"), ["bimi_files.logo", "bimi_files.other_logo"]),
        (SVG, pem("other.example"), ["bimi_files.certificate", "bimi_files"]),
        (SVG, pem("shop.example", days=5), ["bimi_files.ends_soon", "bimi_files"]),
        (SVG, pem("shop.example", days=-5), ["bimi_files.certificate", "bimi_files"]),
        (SVG, b"", ["bimi_files.not_served", "bimi_files"]),
        (b"", b"", ["bimi_files.not_served", "bimi_files.not_served"]),
        (None, None, ["bimi_files.unreachable", "bimi_files.unreachable"]),
    ],
)
def test_the_files_are_judged(
    logo: bytes | None,
    mark: bytes | None,
    rules: list[str],
    audit: Callable[..., AuditReport],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def https_file(_: object, wanted: WantedFile, addresses: Sequence[str]) -> HttpsFile:
        assert list(addresses) == ["192.0.2.80"]
        body = logo if wanted.path == "/l.svg" else mark
        if not body:
            return HttpsFile(wanted.url, answered=body is not None, error="HTTP status 404")
        return HttpsFile(wanted.url, answered=True, status=200, body=body)

    monkeypatch.setattr(LiveProbes, "https_file", https_file)
    report = audit(RECORD.format(""), connections=ConnectOptions(now=NOW))
    assert sorted(each.rule for each in report.findings if each.rule.startswith("bimi_files")) == sorted(rules)


@pytest.mark.parametrize("port", [":8443", ":22"])
def test_no_other_port_is_connected_to(
    port: str, audit: Callable[..., AuditReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def https_file(_: object, wanted: WantedFile, addresses: Sequence[str]) -> HttpsFile:
        asked.append(wanted.url)
        return HttpsFile(wanted.url, error="x")

    monkeypatch.setattr(LiveProbes, "https_file", https_file)
    report = audit(RECORD.format(port), connections=ConnectOptions(now=NOW))
    assert asked == ["https://logo.shop.example/vmc.pem"]
    assert any("another port" in each.message for each in report.findings)


def test_nothing_is_fetched_without_permission(audit: Callable[..., AuditReport]) -> None:
    assert not [each for each in audit(RECORD.format("")).findings if each.rule.startswith("bimi_files")]
