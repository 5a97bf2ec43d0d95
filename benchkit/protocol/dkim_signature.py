"""DKIM as a sender makes it: a key pair, and signatures (RFC 6376 §5; RFC 8301, RFC 8463), relaxed in header and body.

What changes with every send is not signed: the identity stands in X-Benchkit-Id and Message-ID, which need no signature
(§5.4.1). So one signature holds for all sends of a message.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from benchkit.model.identity import PLACEHOLDER
from benchkit.protocol import dkim_canonical as canonical

_CRLF = b"\r\n"
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[^\r]*(?:\r\n[ \t][^\r]*)*\r\n")
_SIGNED = (  # §5.4.1; in the order of h=
    "from", "reply-to", "subject", "date", "message-id", "to", "cc",
    "mime-version", "content-type", "content-transfer-encoding", "content-id", "content-description",
    "in-reply-to", "references", "list-id", "list-help", "list-unsubscribe", "list-unsubscribe-post",
    "list-subscribe", "list-post", "list-owner", "list-archive",
)  # fmt: skip
_BITS, _FEWEST_BITS = 2048, 1024  # of a new key, and of any (RFC 8301 §3.2)
_EXPONENT = 65537
_WIDTH = 72


class DkimSigner:
    """`key` is a private key in PEM without a passphrase, RSA or Ed25519. Raises ValueError for any other."""

    def __init__(self, domain: str, selector: str, key: str) -> None:
        self._key = _private_key(key)
        self._domain, self._selector = domain, selector

    @property
    def key_kind(self) -> str:
        """`rsa-2048` or `ed25519`."""
        return f"rsa-{self._key.key_size}" if isinstance(self._key, RSAPrivateKey) else "ed25519"

    def field(self, mime: bytes, signed_s: int) -> bytes:
        """The DKIM-Signature field of a message, with its line end. Raises ValueError where an identity stands in the body."""
        head, _, body = mime.partition(_CRLF + _CRLF)
        if PLACEHOLDER in body:
            raise ValueError("the body holds the identity of the send, which changes after the signature is made")
        fields = _fields(head + _CRLF)
        names = list(_names(fields))
        body_hash = b64encode(sha256(canonical.body(body, "relaxed")).digest()).decode()
        unsigned = _folded_tags(
            ("v=1", f"a={self._algorithm}", "c=relaxed/relaxed", f"d={self._domain}", f"s={self._selector}"),
            (f"t={signed_s}", "h=" + ":".join([*names, "from"])),  # once more: no second From can be added (§8.15)
            (f"bh={body_hash}",),
            ("b=",),
        )
        signed = b"".join(canonical.header(field, "relaxed") for name in names for field in [fields[name].pop()])
        signature = self._sign(signed + canonical.header(unsigned, "relaxed").removesuffix(_CRLF))
        return unsigned.removesuffix(_CRLF) + _CRLF.join(_lines(b64encode(signature))) + _CRLF

    @property
    def _algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self._key, RSAPrivateKey) else "ed25519-sha256"

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), SHA256())
        return self._key.sign(sha256(data).digest())  # RFC 8463 §3


def _private_key(key: str) -> RSAPrivateKey | Ed25519PrivateKey:
    try:
        loaded = load_pem_private_key(key.encode("utf-8", "surrogateescape"), password=None)
    except TypeError:
        raise ValueError("has a passphrase: give one without") from None
    except (ValueError, UnsupportedAlgorithm):  # its text may quote the key
        raise ValueError("is not a private key in PEM (-----BEGIN PRIVATE KEY-----)") from None
    if isinstance(loaded, RSAPrivateKey):
        if loaded.key_size < _FEWEST_BITS:
            fault = f"is RSA with {loaded.key_size} bits, and verifiers refuse less than {_FEWEST_BITS} (RFC 8301 §3.2)"
            raise ValueError(fault)
        return loaded
    if isinstance(loaded, Ed25519PrivateKey):
        return loaded
    raise ValueError(
        "is neither an RSA nor an Ed25519 key, and DKIM allows only these (RFC 8301, RFC 8463): use one of them"
    )


def _fields(head: bytes) -> dict[str, list[bytes]]:
    """The fields to sign, by name, in the order of the header; fields that hold an identity are left out."""
    found: dict[str, list[bytes]] = {}
    for match in _FIELD.finditer(head):
        if PLACEHOLDER not in match[0]:
            found.setdefault(match[1].decode("ascii").lower(), []).append(match[0])
    return found


def _names(fields: dict[str, list[bytes]]) -> Iterator[str]:
    """Each name as often as it occurs; a verifier takes fields of the same name from the bottom up (§5.4.2)."""
    for name in _SIGNED:
        yield from [name] * len(fields.get(name, ()))


def _folded_tags(*lines: tuple[str, ...]) -> bytes:
    """The field with a line for each group of tags, `h=` folded at its colons."""
    joined = ";\r\n ".join("; ".join(tags) for tags in lines)
    folded = re.sub(r"(?:[^:\r\n]+:){6}(?=[^:\r\n]+:)", lambda match: match[0] + "\r\n  ", joined)
    return f"DKIM-Signature: {folded}\r\n".encode()


def _lines(encoded: bytes) -> Iterator[bytes]:
    yield encoded[:_WIDTH]
    for at in range(_WIDTH, len(encoded), _WIDTH):
        yield b" " + encoded[at : at + _WIDTH]


@dataclass(frozen=True, slots=True)
class DkimKeyPair:
    private_pem: str = field(repr=False)
    record: str


def new_dkim_key() -> DkimKeyPair:
    key = generate_private_key(_EXPONENT, _BITS)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )  # OpenDKIM reads this form
    return DkimKeyPair(private.decode("ascii"), f"v=DKIM1; k=rsa; p={b64encode(public).decode('ascii')}")
