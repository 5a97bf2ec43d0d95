"""Seeded messages that dkimpy has signed, and one of DEEDS done to each: to the message, its signature or the key."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import dkim
import dkim.canonicalization
import dkim.crypto
import nacl.signing
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

NOW_S = 1_800_000_000
HOUR_S = 3600
DOMAIN, AT = b"shop.example", "s1._domainkey.shop.example"
METHODS = (b"simple", b"relaxed")
KINDS = ("rsa1024", "rsa2048", "ed25519")
SUBJECTS = (
    b"Subject: Hello",
    b"Subject:  Hello \r\n\tthere  ",
    b"SUBJECT:x\r\n  y\r\n z",
    b"Subject:",
    b"Subject: a\t \tb",
)
EXTRAS = ((), (b"Received: one", b"Received: two"), (b"X-Empty:",), (b"List-Id: <a.b>", b"X-8-Bit: \xc3\xa9 \xff"))
BODIES = (
    *(b"", b"\r\n", b"\r\n\r\n\r\n", b" \t\r\n", b"Hi\r\n", b"Hi", b"Hi  you \t \r\n\r\n\r\n", b" \r\nHi\r\n \r\n\r\n"),
    *(
        b"\ttab\tand  blanks  \r\nend\r\n",
        b"8 bit \xe9\x00\xff\r\n",
        b"Hi \r\nlast line without its end \t",
        b"x" * 1200 + b"\r\n",
    ),
)
Tags = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A private key as dkimpy takes it, and the `p=` of its record."""

    private: Any
    public: str
    tag: str


@cache
def key(kind: str, which: int = 0) -> Key:
    """One of each kind and number in a run of the tests."""
    if kind == "ed25519":
        signing = nacl.signing.SigningKey(bytes([which + 1]) * 32)
        return Key(signing, base64.b64encode(bytes(signing.verify_key)).decode(), "ed25519")
    if kind == "rsa511":
        return _weak_key()
    private = rsa.generate_private_key(public_exponent=65537, key_size=int(kind.removeprefix("rsa")))
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    form = PublicFormat.PKCS1 if which == 2 else PublicFormat.SubjectPublicKeyInfo
    public = base64.b64encode(private.public_key().public_bytes(Encoding.DER, form)).decode()
    return Key(dkim.crypto.parse_pem_private_key(pem), public, "rsa")


def _weak_key() -> Key:
    """Of two well-known primes: no library makes one so short any more."""
    p, q, e = 2**255 - 19, 2**256 - 189, 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    parts = {"modulus": p * q, "publicExponent": e, "privateExponent": d, "prime1": p, "prime2": q}
    parts |= {"exponent1": d % (p - 1), "exponent2": d % (q - 1), "coefficient": pow(q, -1, p)}
    public = rsa.RSAPublicNumbers(e, p * q).public_key()
    octets = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Key(parts, base64.b64encode(octets).decode(), "rsa")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one signature is made."""

    kind: str = "rsa1024"
    which: int = 0
    algorithm: bytes = b""
    header_method: bytes = b"relaxed"
    body_method: bytes = b"relaxed"
    names: tuple[bytes, ...] = (b"from", b"subject")
    tags: Tags = ()  # in place of, or beside, the usual ones
    length: int | None = None  # what l= says beyond the canonical body
    spelled: Callable[[bytes], bytes] = bytes  # of the c= tag


@dataclass(frozen=True, slots=True)
class Signed:
    """`deed` names what was done; `records` is what the DNS says, None for a timeout."""

    deed: str
    octets: bytes
    records: Mapping[str, str | None] = field(default_factory=dict)


def signed(seed: int) -> Signed:
    """A message with one to three signatures of one key, after its deed."""
    draw = random.Random(seed)
    deed, do = draw.choice(list(DEEDS.items()))
    recipe = _recipe(draw)
    work = do(draw, _Work(_message(draw), recipe, _record(recipe)))
    octets = work.octets
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        octets = sign(octets, work.recipe) + octets
    return Signed(deed, work.after(octets), {AT: work.record})


def sign(octets: bytes, recipe: Recipe) -> bytes:
    """The DKIM-Signature field, by dkimpy's own signer."""
    signer = dkim.DKIM(octets)
    algorithm = recipe.algorithm or (b"ed25519-sha256" if recipe.kind == "ed25519" else b"rsa-sha256")
    signer.signature_algorithm = algorithm
    signer.hasher = dkim.crypto.HASH_ALGORITHMS[algorithm]
    written = b"/".join((recipe.header_method, recipe.body_method))
    policy = dkim.canonicalization.CanonicalizationPolicy.from_c_value(written)
    body = policy.canonicalize_body(signer.body)
    tags: dict[bytes, bytes] = {b"v": b"1", b"a": algorithm, b"c": recipe.spelled(written), b"d": DOMAIN, b"s": b"s1"}
    tags |= {b"h": b" : ".join(recipe.names), b"bh": base64.b64encode(signer.hasher(body).digest())}
    if recipe.length is not None:
        tags[b"l"] = b"%d" % (len(body) + recipe.length)
    tags |= dict(recipe.tags) | {b"b": b"0" * 60}
    made: bytes = signer.gen_header(
        list(tags.items()), recipe.names, policy, b"DKIM-Signature", key(recipe.kind, recipe.which).private
    )
    return b"DKIM-Signature: " + made


# what is drawn


def _recipe(draw: random.Random) -> Recipe:
    return Recipe(
        kind=draw.choice(KINDS),
        which=draw.choice((0, 0, 2)),
        header_method=draw.choice(METHODS),
        body_method=draw.choice(METHODS),
        names=draw.choice(
            (
                (b"from", b"subject"),
                (b"from", b"from", b"subject", b"to"),  # oversigned, and one that is missing
                (b"subject", b"from", b"received", b"received", b"received", b"x-8-bit"),
                (b"from",),
            )
        ),
        tags=draw.choice(((), ((b"t", b"%d" % (NOW_S - 9)),), ((b"i", b"a+b@news.shop.example"), (b"unknown", b"x")))),
    )


def _message(draw: random.Random) -> bytes:
    fields = [b"From: Shop <a@shop.example>", draw.choice(SUBJECTS), *draw.choice(EXTRAS)]
    draw.shuffle(fields)
    octets = b"\r\n".join((*fields, b"", draw.choice(BODIES)))
    return octets.replace(b"\r\n", b"\n") if draw.random() < 0.1 else octets


def _record(recipe: Recipe, tags: str = "", which: int | None = None) -> str:
    own = key(recipe.kind, recipe.which if which is None else which)
    return f"v=DKIM1; k={own.tag}; {tags}p={own.public}"


# what is done


@dataclass(frozen=True, slots=True)
class _Work:
    octets: bytes
    recipe: Recipe
    record: str | None
    after: Callable[[bytes], bytes] = bytes


Deed = Callable[[random.Random, _Work], _Work]


def _with_key(work: _Work, kind: str, **changes: Any) -> _Work:
    recipe = replace(work.recipe, kind=kind, **changes)
    return replace(work, recipe=recipe, record=_record(recipe))


def _signing(**changes: Any) -> Deed:
    return lambda draw, work: replace(work, recipe=replace(work.recipe, **changes))


def _tags(*tags: tuple[bytes, bytes]) -> Deed:
    return _signing(tags=tags)


def _key(tags: str) -> Deed:
    return lambda draw, work: replace(work, record=_record(work.recipe, tags))


def _record_changed(change: Callable[[str], str | None]) -> Deed:
    return lambda draw, work: replace(work, record=change(work.record or ""))


def _after(change: Callable[[bytes], bytes]) -> Deed:
    return lambda draw, work: replace(work, after=change)


def _mutated(draw: random.Random, work: _Work) -> _Work:
    place, octet = draw.random(), draw.randrange(256)

    def change(octets: bytes) -> bytes:
        at = int(place * len(octets))
        return octets[:at] + bytes([octet]) + octets[at + 1 :]

    return replace(work, after=change)


def _at(seconds: int) -> bytes:
    return b"%d" % (NOW_S + seconds)


DEEDS: Mapping[str, Deed] = {
    "nothing": lambda draw, work: work,
    "an octet is another": _mutated,
    "From is another": _after(lambda octets: octets.replace(b"Shop <a@", b"Shop <b@")),
    "a blank more in Subject": _after(lambda octets: octets.replace(b"ubject:", b"ubject: ", 1)),
    "a From more, above": _after(lambda octets: b"From: evil@other.example\r\n" + octets),
    "a line more in the body": _after(lambda octets: octets + b"more\r\n"),
    "empty lines more at the end": _after(lambda octets: octets + b"\r\n\r\n"),
    "blanks more at the end of the body": _after(lambda octets: octets + b" \t\r\n"),
    "l= of the whole body": _signing(length=0),
    "l= of the whole body, and more behind it": lambda draw, work: replace(
        work, recipe=replace(work.recipe, length=0), after=lambda octets: octets + b"more\r\n"
    ),
    "l= beyond the body": _signing(length=7),
    "l= is no number": _tags((b"l", b"x")),
    "expired long ago": _tags((b"t", _at(-90 * HOUR_S)), (b"x", _at(-80 * HOUR_S))),
    "expired an hour ago": _tags((b"t", _at(-9 * HOUR_S)), (b"x", _at(-HOUR_S))),
    "not yet expired": _tags((b"t", _at(-HOUR_S)), (b"x", _at(HOUR_S))),
    "x= is t=": _tags((b"t", _at(HOUR_S)), (b"x", _at(HOUR_S))),
    "x= before t=": _tags((b"t", _at(2 * HOUR_S)), (b"x", _at(HOUR_S))),
    "signed in the future": _tags((b"t", _at(90 * HOUR_S))),
    "i= outside d=": _tags((b"i", b"a@other.example")),
    "i= ends like d=": _tags((b"i", b"a@notshop.example")),
    "q= of two": _tags((b"q", b"dns/txt:other")),
    "q= of another": _tags((b"q", b"other")),
    "v=2": _tags((b"v", b"2")),
    "c= in upper case": _signing(spelled=bytes.upper),
    "From is not signed": _signing(names=(b"subject",)),
    "rsa-sha1": lambda draw, work: _with_key(work, "rsa1024", algorithm=b"rsa-sha1"),
    "a= and k= differ": _record_changed(lambda record: record.replace("k=rsa", "k=ed25519")),
    "another key": lambda draw, work: replace(work, record=_record(work.recipe, which=1)),
    "a key of 511 bits": lambda draw, work: _with_key(work, "rsa511"),
    "no key": _record_changed(lambda record: ""),
    "a timeout": _record_changed(lambda record: None),
    "revoked": _record_changed(lambda record: record.partition("p=")[0] + "p="),
    "p= is cut": _record_changed(lambda record: record[:-3]),
    "p= in pieces": _record_changed(lambda record: record[:-30] + " \t" + record[-30:]),
    "p= alone": _record_changed(lambda record: "k=" + record.partition("k=")[2]),
    "k= in upper case": _record_changed(lambda record: record.replace("k=rsa", "k=RSA").replace("k=ed", "k=ED")),
    "key version 2": _record_changed(lambda record: record.replace("DKIM1", "DKIM2")),
    "key h=sha1": _key("h=sha1; "),
    "key h=sha1:sha256": _key("h=sha1:sha256; "),
    "key t=y": _key("t=y; n=a note; "),
    "key t=s": _key("t=s; "),
    "key s=email": _key("s=email; "),
    "key s=email among others": _key("s=other:email; "),
    "key s=other": _key("s=other; "),
    "key s=tlsrpt": _key("s=tlsrpt; "),
}
