"""DKIM signatures: the published example of RFC 8463 §A verifies, and stops to with every change that a verifier must see."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.audit.dkim.verify import Verification, verify
from benchkit.audit.message.parser import read_mail
from benchkit.model.dns import Answer, AnswerState, Record
from benchkit.protocol import dkim_canonical as canonical

EXAMPLE = Path(__file__).with_name("data").joinpath("rfc8463.eml").read_bytes()
RSA_1024 = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/b"
    "yYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
)
KEYS = {
    "brisbane._domainkey.football.example.com": "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test._domainkey.football.example.com": f"v=DKIM1; k=rsa; p={RSA_1024}",
}
SIGNING_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OWN = b64encode(SIGNING_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
MAIL = b"From: a@shop.example\r\nSubject:  Hello \r\n there\r\n\r\nHi  you \r\n\r\n\r\n"


def results(octets: bytes, keys: dict[str, str], now_s: int = 0) -> list[tuple[str, str]]:
    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        text = keys.get(name)
        records = (Record("TXT", text, (text.encode(),)),) if text else ()
        return Answer(name, type, AnswerState.OK if text else AnswerState.NXDOMAIN, records)

    def result_of(each: Verification) -> tuple[str, str]:
        return each.result.value, each.reason

    return [result_of(each) for each in asyncio.run(verify(read_mail(octets), ask, now_s))]


def signed(
    octets: bytes,
    tags: str,
    *,
    method: str = "relaxed",
    headers: tuple[bytes, ...] = (b"From", b"Subject"),
    domain: str = "shop.example",
) -> bytes:
    """A signature made by hand, as RFC 6376 §3.7 says, with other tags where a test wants them."""
    mail = read_mail(octets)
    body_hash = b64encode(hashlib.sha256(canonical.body(mail.body, method)).digest()).decode()
    head = f"DKIM-Signature: v=1; a=rsa-sha256; c={method}/{method}; d={domain}; s=s1; "
    head += f"h={b':'.join(headers).decode()}; bh={body_hash}; {tags}b="
    fields = [field.raw for name in headers for field in mail.all(name.decode().lower())]
    covered = b"".join(canonical.header(field, method) for field in fields)
    covered += canonical.header(head.encode() + b"\r\n", method).removesuffix(b"\r\n")
    value = b64encode(SIGNING_KEY.sign(covered, padding.PKCS1v15(), SHA256()))
    return head.encode() + value + b"\r\n" + octets


def own_key(tags: str = "", key: str = OWN) -> dict[str, str]:
    return {"s1._domainkey.shop.example": f"v=DKIM1; k=rsa; {tags}p={key}"}


def test_published_example_verifies() -> None:
    assert results(EXAMPLE, KEYS) == [("pass", ""), ("pass", "")]
    assert results(EXAMPLE.replace(b"\n", b"\r\n"), KEYS) == [("pass", ""), ("pass", "")]


@pytest.mark.parametrize(
    ("change", "result"),
    [
        ((b"hungry", b"angry"), "fail"),
        ((b"Is dinner ready?", b"Is lunch ready?"), "fail"),
        ((b"the game.  Are", b"the game.   Are"), "pass"),  # relaxed: runs of blanks are one
        ((b"Joe.\n", b"Joe.\n\n\n"), "pass"),  # empty lines at the end do not count
        ((b"From: Joe", b"From: Jim"), "fail"),
        ((b"To: Suzie", b"X-New: 1\nTo: Suzie"), "pass"),
        ((b"From: Joe", b"From: other@evil.example\nFrom: Joe"), "fail"),  # From is signed twice over
    ],
)
def test_change(change: tuple[bytes, bytes], result: str) -> None:
    assert [each for each, _ in results(EXAMPLE.replace(*change), KEYS)] == [result] * 2


@pytest.mark.parametrize("domain", ["b\u00fccher.example", "B\u00dcCHER.example.", "xn--bcher-kva.example"])
def test_internationalized_mail_names_its_signer_in_letters(domain: str) -> None:
    """RFC 8616 §5."""
    keys = {"s1._domainkey.xn--bcher-kva.example": f"v=DKIM1; k=rsa; t=s; p={OWN}"}
    octets = "From: \u00fc@b\u00fccher.example\r\nSubject: \u00fc\r\n\r\nHi\r\n".encode()
    assert results(signed(octets, "i=\u00fc@b\u00fccher.example; ", domain=domain), keys) == [("pass", "")]
    assert results(signed(octets, "i=a@xn--bcher-kva.example; ", domain=domain), keys) == [("pass", "")]
    (other,) = results(signed(octets, "i=a@www.b\u00fccher.example; ", domain=domain), keys)
    assert other[0] == "permerror"


@pytest.mark.parametrize("method", ["simple", "relaxed"])
def test_either_canonicalisation(method: str) -> None:
    assert results(signed(MAIL, "", method=method), own_key()) == [("pass", "")]


@pytest.mark.parametrize(
    ("tags", "result"),
    [
        ("t=100; x=200; ", "fail"),
        ("t=100; x=9999999999; ", "pass"),
        ("i=@evil.example; ", "permerror"),
        ("i=@news.shop.example; ", "pass"),
        ("l=99999; ", "permerror"),
        ("q=dns/other; ", "permerror"),
    ],
)
def test_tags(tags: str, result: str) -> None:
    assert [each for each, _ in results(signed(MAIL, tags), own_key(), now_s=1_000_000)] == [result]


@pytest.mark.parametrize(
    ("keys", "result"),
    [
        ({}, "permerror"),
        (own_key("h=sha1; "), "permerror"),
        (own_key(key=""), "permerror"),
        (own_key(key=RSA_1024), "fail"),
        ({"s1._domainkey.shop.example": KEYS["brisbane._domainkey.football.example.com"]}, "permerror"),
    ],
)
def test_keys(keys: dict[str, str], result: str) -> None:
    assert [each for each, _ in results(signed(MAIL, ""), keys)] == [result]


def test_strict_key_wants_the_very_domain() -> None:
    assert results(signed(MAIL, "i=@news.shop.example; "), own_key("t=s; "))[0][0] == "permerror"


def test_rsa_sha1_is_refused() -> None:
    assert results(signed(MAIL, "").replace(b"rsa-sha256", b"rsa-sha1"), own_key())[0][0] == "permerror"


def test_from_must_be_signed() -> None:
    assert results(signed(MAIL, "", headers=(b"Subject",)), own_key())[0][0] == "permerror"


@given(st.binary(max_size=400))
@settings(max_examples=200)
def test_any_octets_end_in_a_result(octets: bytes) -> None:
    results(b"DKIM-Signature: v=1; " + octets + b"\r\nFrom: a@b.example\r\n\r\nx", own_key())
    results(octets, own_key())
