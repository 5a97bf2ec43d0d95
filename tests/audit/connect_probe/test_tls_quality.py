"""What a server's TLS is judged by: the versions that it accepts, its cipher, its key."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from dataclasses import replace

import pytest
import trustme

from benchkit.audit.checks.tls_quality import _judge
from benchkit.audit.connect_probe import MailServer, PeerCertificate, StarttlsStage, probe
from tests.audit.connect_probe.test_starttls import OFFER, saying
from tests.loopback_server import client_context, server_context, serving


def versions(authority: trustme.CA, least: ssl.TLSVersion, most: ssl.TLSVersion, ciphers: str = "") -> MailServer:
    context = server_context(authority, "mx.test")
    with warnings.catch_warnings(action="ignore"):
        context.set_ciphers(ciphers or "ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = least, most
    script = saying("220 mx.test ESMTP\r\n", OFFER, tls=context)

    async def run() -> MailServer:
        async with serving(script) as port:
            trust = client_context(authority)
            return await probe("127.0.0.1", "mx.test", port=port, trust=trust, timeout_s=20.0, allow_private=True)

    return asyncio.run(run())


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.mark.parametrize(
    ("least", "most", "version", "accepts"),
    [
        ("TLSv1_2", "TLSv1_3", "TLSv1.3", ""),
        ("TLSv1", "TLSv1_3", "TLSv1.3", "TLSv1.1"),
        ("TLSv1", "TLSv1", "TLSv1", ""),
        ("TLSv1_1", "TLSv1_1", "TLSv1.1", ""),
    ],
)
def test_versions(authority: trustme.CA, least: str, most: str, version: str, accepts: str) -> None:
    """A server that has nothing newer is seen all the same, and told by starttls.old."""
    seen = versions(authority, ssl.TLSVersion[least], ssl.TLSVersion[most])
    assert (seen.stage, seen.tls_version, seen.accepts_old) == (StarttlsStage.DONE, version, accepts)


def test_the_cipher_and_its_bits(authority: trustme.CA) -> None:
    seen = versions(authority, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2, "ECDHE+AESGCM")
    assert seen.cipher.startswith("ECDHE-")
    assert seen.cipher_bits in (128, 256)


GOOD = MailServer(
    "mx.test",
    "192.0.2.1",
    25,
    StarttlsStage.DONE,
    tls_version="TLSv1.2",
    cipher="ECDHE-RSA-AES256-GCM-SHA384",
    cipher_bits=256,
    chain=(PeerCertificate(b"", key_type="rsa", key_bits=2048),),
)


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, ["tls_quality"]),
        ({"accepts_old": "TLSv1.1"}, ["tls_quality.old_accepted"]),
        ({"cipher": "AES128-GCM-SHA256", "cipher_bits": 128}, ["tls_quality.no_forward_secrecy"]),
        ({"cipher": "TLS_AES_128_GCM_SHA256", "tls_version": "TLSv1.3"}, ["tls_quality"]),
        ({"cipher": "ECDHE-RSA-RC4-SHA", "cipher_bits": 128}, ["tls_quality.weak_cipher"]),
        ({"cipher": "DES-CBC3-SHA", "cipher_bits": 112}, ["tls_quality.weak_cipher", "tls_quality.no_forward_secrecy"]),
        ({"chain": (PeerCertificate(b"", key_type="rsa", key_bits=1024),)}, ["tls_quality.short_key"]),
        ({"chain": (PeerCertificate(b"", key_type="ec", key_bits=256),)}, ["tls_quality"]),
    ],
)
def test_judgement(changes: dict[str, object], rules: list[str]) -> None:
    assert [finding.rule for finding in _judge(replace(GOOD, **changes))] == rules  # type: ignore[arg-type]
