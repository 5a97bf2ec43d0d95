"""Domains whose mail servers, TLSA records and policies are each in order, or wrong in one way; a signed and a plain zone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

from tests.peers.connect.certificates import Chain

SIGNED, PLAIN = "post.example", "plain.example"
ZEROS = "00" * 32
HEAD = """\
$ORIGIN {origin}.
$TTL 3600
@    IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@    IN NS  ns1
ns1  IN A   127.0.0.1
"""


@dataclass(frozen=True, slots=True)
class Served:
    """What the policy's host answers; `body` is the policy."""

    body: str
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"
    location: str = ""


def policy(mx: str = f"mx-good.{SIGNED}", mode: str = "enforce", max_age: int = 604_800) -> str:
    return f"version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: {max_age}\r\n"


POLICIES: Mapping[str, Served] = {
    f"good.{SIGNED}": Served(policy()),
    f"wildcard.{SIGNED}": Served(policy(f"*.{SIGNED}")),
    f"left-out.{SIGNED}": Served(policy("mx.elsewhere.example")),
    f"left-out-testing.{SIGNED}": Served(policy("mx.elsewhere.example", "testing")),
    f"hasty.{SIGNED}": Served(policy(max_age=60)),
    f"garbled.{SIGNED}": Served("version: STSv1\r\nmode: sometimes\r\n"),
    f"absent.{SIGNED}": Served("not here", 404),
    f"page.{SIGNED}": Served(policy(), content_type="text/html"),
    f"moved.{SIGNED}": Served("", 301, location=f"https://mta-sts.good.{SIGNED}/.well-known/mta-sts.txt"),
    f"foreign.{SIGNED}": Served(policy()),  # its host is not in the certificate
}
UNREACHABLE = f"unreachable.{SIGNED}"  # its policy's host listens at no port
MAIL_HOSTS = ("good", "old", "other", "unknown", "plain", "soon", "closed")  # the last one listens at no port


def zone_texts(addresses: Mapping[str, str], chains: Mapping[str, Chain]) -> dict[str, str]:
    """Origin → zone. `addresses` has those of MAIL_HOSTS, and of `policies`."""
    return {SIGNED: _signed(addresses, chains), PLAIN: _plain(addresses)}


def _signed(addresses: Mapping[str, str], chains: Mapping[str, Chain]) -> str:
    good, old, other, soon = (chains[name] for name in ("good", "old", "other", "soon"))
    lines = [HEAD.format(origin=SIGNED)]
    lines += [f"mx-{name} IN A {addresses[name]}" for name in MAIL_HOSTS]
    lines += [f"bad IN MX 10 mx-{name}" for name in MAIL_HOSTS[1:]]
    lines += [
        f"_25._tcp.mx-{host} IN TLSA {record}"
        for host, record in (
            ("good", f"3 1 1 {_key(good.leaf)}"),
            ("good", f"2 0 1 {_whole(good.intermediate)}"),
            ("old", f"3 1 1 {_key(old.leaf)}"),
            ("other", f"2 0 1 {_whole(other.intermediate)}"),
            ("unknown", f"3 1 1 {ZEROS}"),
            ("soon", f"3 0 1 {_whole(soon.leaf)}"),
            ("soon", f"3 1 1 {ZEROS}"),
        )
    ]
    for domain in (*POLICIES, UNREACHABLE):
        name = domain.removesuffix(f".{SIGNED}")
        where = addresses["closed" if domain == UNREACHABLE else "policies"]
        lines += [f"{name} IN MX 10 mx-good", f'_mta-sts.{name} IN TXT "v=STSv1; id=1"', f"mta-sts.{name} IN A {where}"]
    return "\n".join(lines) + "\n"


def _plain(addresses: Mapping[str, str]) -> str:
    return HEAD.format(origin=PLAIN) + (
        f"@ IN MX 10 mx\nmx IN A {addresses['good']}\n_25._tcp.mx IN TLSA 3 1 1 {ZEROS}\n"
    )


def _key(pem: bytes) -> str:
    key = load_pem_x509_certificate(pem).public_key()
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _whole(pem: bytes) -> str:
    return hashlib.sha256(load_pem_x509_certificate(pem).public_bytes(Encoding.DER)).hexdigest()
