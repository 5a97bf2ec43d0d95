"""TLSA records against chains, as a table over usage, selector and matching type; chains that an anchor does not hold."""

from __future__ import annotations

import hashlib
import warnings
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.audit.connect_probe import Association, PeerCertificate, match_all
from benchkit.audit.connect_probe.certificates import read_certificate, read_chain

NOW = datetime(2026, 6, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
KEYS = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("leaf", "middle", "root", "stranger")}


def issue(subject: str, issuer: str, *names: str, until: datetime = NOW + YEAR, signer: str = "") -> PeerCertificate:
    def name(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])

    builder = (
        x509.CertificateBuilder()
        .subject_name(name(names[0] if names and not names[1:] else subject))
        .issuer_name(name(issuer))
        .public_key(KEYS[subject].public_key())
        .serial_number(1)
        .not_valid_before(NOW - YEAR)
        .not_valid_after(until)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), False)
    signed = builder.sign(KEYS[signer or issuer], hashes.SHA256())
    return read_certificate(signed.public_bytes(Encoding.DER))


LEAF = issue("leaf", "middle", "mx.shop.test", "*.mail.shop.test")
MIDDLE, ROOT = issue("middle", "root"), issue("root", "root")
CHAIN = (LEAF, MIDDLE, ROOT)
DIGESTS = {1: hashlib.sha256, 2: hashlib.sha512}


def association(usage: int, selector: int, matching: int, certificate: PeerCertificate) -> Association:
    data = certificate.key if selector == 1 else certificate.der
    return Association(usage, selector, matching, DIGESTS[matching](data).digest() if matching in DIGESTS else data)


def verdict(
    record: Association, chain: tuple[PeerCertificate, ...] = CHAIN, name: str = "mx.shop.test", now: datetime = NOW
) -> tuple[str, int]:
    (match,) = match_all([record], chain, [name], now)
    return match.verdict.value, match.depth


@pytest.mark.parametrize("selector", [0, 1])
@pytest.mark.parametrize("matching", [0, 1, 2])
@pytest.mark.parametrize(
    ("usage", "certificate", "expected"),
    [
        (3, LEAF, ("match", 0)),
        (3, MIDDLE, ("differs", -1)),
        (2, MIDDLE, ("match", 1)),
        (2, ROOT, ("match", 2)),
        (2, LEAF, ("match", 0)),
        (0, ROOT, ("unusable", -1)),
        (1, LEAF, ("unusable", -1)),
        (4, LEAF, ("unusable", -1)),
    ],
)
def test_usages(
    usage: int, certificate: PeerCertificate, expected: tuple[str, int], selector: int, matching: int
) -> None:
    assert verdict(association(usage, selector, matching, certificate)) == expected


@pytest.mark.parametrize(("selector", "matching"), [(2, 1), (1, 3), (255, 255)])
def test_what_smtp_does_not_know(selector: int, matching: int) -> None:
    assert verdict(Association(3, selector, matching, b"x")) == ("unusable", -1)


def test_the_servers_own_key_needs_neither_name_nor_time() -> None:
    late = NOW + 10 * YEAR
    assert verdict(association(3, 1, 1, LEAF), name="else.test", now=late) == ("match", 0)


def test_an_anchor_needs_name_time_and_signatures() -> None:
    anchor = association(2, 0, 1, ROOT)
    assert verdict(anchor, name="else.test") == ("wrong-name", 2)
    assert verdict(anchor, name="in.mail.shop.test") == ("match", 2)
    assert verdict(anchor, now=NOW + 2 * YEAR) == ("expired", 2)
    assert verdict(anchor, chain=(LEAF, ROOT)) == ("broken-chain", 1)
    forged = issue("middle", "root", signer="stranger")
    assert verdict(anchor, chain=(LEAF, forged, ROOT)) == ("broken-chain", 2)


def test_nothing_to_match() -> None:
    assert match_all([], CHAIN, ["mx.shop.test"], NOW) == ()
    assert verdict(association(3, 1, 1, LEAF), chain=()) == ("differs", -1)
    assert verdict(Association(3, 1, 0, b"")) == ("differs", -1)


@pytest.mark.parametrize(
    ("host", "fits"),
    [
        ("mx.shop.test", True),
        ("MX.Shop.Test.", True),
        ("a.mail.shop.test", True),
        ("mail.shop.test", False),
        ("a.b.mail.shop.test", False),
        ("shop.test", False),
        ("", False),
    ],
)
def test_names(host: str, fits: bool) -> None:
    assert LEAF.is_for(host) == fits


def test_what_is_read_of_a_certificate() -> None:
    assert (LEAF.subject, LEAF.issuer) == ("CN=leaf", "CN=middle")
    assert (LEAF.key_type, LEAF.key_bits, LEAF.fault) == ("ec", 256, "")
    assert LEAF.is_valid_at(NOW)
    assert not LEAF.is_valid_at(NOW + 2 * YEAR)
    assert ROOT.names == ("root",)  # of the common name, since it has no other


@settings(max_examples=500)
@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 255))
def test_any_bytes_as_a_certificate(raw: bytes, place: int, octet: int) -> None:
    changed = bytearray(LEAF.der)
    changed[place % len(changed)] = octet
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chain = read_chain([raw, bytes(changed), LEAF.der])
    assert chain[0].fault
    for each in chain:
        each.is_for("mx.shop.test")
        each.is_valid_at(NOW)
        each.is_issued_by(ROOT)
    match_all([association(2, 1, 1, LEAF)], chain, ["mx.shop.test"], NOW)
