"""Signatures that benchkit makes, verified by its own verifier and by dkimpy, whatever send they leave with."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.audit.dkim.verify import verify
from benchkit.audit.message.parser import read_mail
from benchkit.batch import compose, to_mime
from benchkit.cli.names import known_names
from benchkit.model.dns import Answer, AnswerState, Record
from benchkit.model.identity import PLACEHOLDER, token_of
from benchkit.model.message import Address, Content
from benchkit.model.scenario import MessageSpec
from benchkit.protocol.dkim_signature import DkimSigner
from benchkit.scenario import load

HOUSE = Path(__file__).parents[2]
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = Ed25519PrivateKey.generate()


def pem(key: rsa.RSAPrivateKey | Ed25519PrivateKey | ec.EllipticCurvePrivateKey, passphrase: bytes = b"") -> str:
    locked = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked).decode()


RECORDS = {
    "rsa-2048": "v=DKIM1; k=rsa; p="
    + b64encode(RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode(),
    "ed25519": "v=DKIM1; k=ed25519; p="
    + b64encode(ED25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode(),
}
SIGNERS = {
    "rsa-2048": DkimSigner("shop.example", "s1", pem(RSA)),
    "ed25519": DkimSigner("shop.example", "s1", pem(ED25519)),
}
KINDS = sorted(SIGNERS)


def verifies(octets: bytes, kind: str) -> tuple[bool, bool]:
    """What this project says, and what dkimpy says."""
    record = RECORDS[kind]

    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        return Answer(name, type, AnswerState.OK, (Record("TXT", record, (record.encode(),)),))

    (ours,) = asyncio.run(verify(read_mail(octets), ask, 1_700_000_100))
    try:
        theirs = bool(dkim.DKIM(octets).verify(dnsfunc=lambda name, timeout=5: record.encode()))
    except dkim.ValidationError:
        theirs = False
    return ours.result.value == "pass", theirs


def signed(mime: bytes, kind: str, send: int = 7) -> bytes:
    whole = SIGNERS[kind].field(mime, 1_700_000_000) + mime
    return whole.replace(PLACEHOLDER, token_of("0a1b2c3d", send))


def _batch(name: str) -> list[bytes]:
    scenario = load(HOUSE / "scenarios" / name, known_names(), ())
    return [message.mime for message in compose(scenario.message).messages[:2]]


MAILS = [
    pytest.param(mime, id=path.stem)
    for path in sorted((HOUSE / "scenarios").glob("*.toml"))
    for mime in _batch(path.name)[:1]
]
ODD = [
    pytest.param(message.mime, id=Path(message.source).stem)
    for message in compose(
        MessageSpec(Address("", ""), 0, 1, eml="*.eml", folder=HOUSE / "tests" / "data" / "mails")
    ).messages
    if message.mime.lower().count(b"dkim-signature:") == 0
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mime", [*MAILS, *ODD])
def test_both_verifiers_believe_it_with_any_identity(mime: bytes, kind: str) -> None:
    first, second = signed(mime, kind, 7), signed(mime, kind, 8)
    assert first != second
    assert verifies(first, kind) == verifies(second, kind) == (True, True)


LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30), max_size=6)


@settings(max_examples=40)
@given(
    LINES, st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=200), st.sampled_from(KINDS)
)
def test_any_mail_that_is_composed(lines: list[str], subject: str, kind: str) -> None:
    to = (Address("B", "b@customer.example"),)
    mime = to_mime(Content(subject.strip(), Address("Shop", "a@shop.example"), to, "\n".join(lines)))
    assert verifies(signed(mime, kind), kind) == (True, True)


MAIL = (
    b"From: a@shop.example\r\nTo: b@customer.example\r\nSubject: Hello\r\nX-Benchkit-Id: " + PLACEHOLDER
    + b"\r\nX-Other: 1\r\n\r\nHi.\r\nBye.\r\n"
)  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "believed"),
    [
        (b"Hi.", b"Ho.", False),
        (b"Subject: Hello", b"Subject: Hullo", False),
        (b"From: a@", b"From: c@", False),
        (b"Subject: Hello\r\n", b"", False),
        (b"To: b@", b"From: evil@evil.example\r\nTo: b@", False),  # a second From (RFC 6376 §8.15)
        (b"X-Other: 1", b"X-Other: 2", True),
        (b"Subject: Hello", b"subject:   Hello ", True),
        (b"Bye.\r\n", b"Bye.\r\n\r\n", True),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_it_covers(old: bytes, new: bytes, believed: bool, kind: str) -> None:
    changed = signed(MAIL, kind).replace(old, new, 1)
    assert verifies(changed, kind) == (believed, believed)


def test_the_field_is_folded_and_ascii() -> None:
    field = SIGNERS["rsa-2048"].field(MAIL, 0)
    assert field.isascii()
    assert field.endswith(b"\r\n")
    assert max(map(len, field.split(b"\r\n"))) <= 100


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("", "not a private key in PEM"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "not a private key in PEM"),
        (pem(RSA, b"secret"), "has a passphrase"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "neither an RSA nor an Ed25519 key"),
        (pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)).replace("\n", "\r\n"), ""),
    ],
)
def test_keys(key: str, told: str) -> None:
    if not told:
        assert DkimSigner("shop.example", "s1", key).key_kind == "rsa-1024"
        return
    with pytest.raises(ValueError, match=told) as raised:
        DkimSigner("shop.example", "s1", key)
    assert "AAAA" not in str(raised.value)


def test_an_identity_in_the_body_is_refused() -> None:
    with pytest.raises(ValueError, match="identity"):
        SIGNERS["ed25519"].field(b"From: a@shop.example\r\n\r\n" + PLACEHOLDER + b"\r\n", 0)
