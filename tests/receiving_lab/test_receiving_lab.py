"""The receiving side with real software: Postfix with rspamd as its milter, DNS out of zone files, a Maildir read back.

Each mail goes in as it was signed, and once more as a provider would change it: eight rewrites are each named with their
cause, and where the bytes are equal no symbol differs.
"""

from __future__ import annotations

import base64
import smtplib
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from benchkit.events.mailboxes import read_maildir
from benchkit.events.path_verdict import path_differences
from benchkit.events.placement import Placement, read_placement
from benchmarks.slow_dns import slow_dns
from tests.events.test_changes import REWRITES, sent
from tests.peers.requirements import need_root
from tests.peers.servers import postfix, rspamd
from tests.peers.servers.peer import Peer

MAILS = 8
ZONE = """$ORIGIN {origin}.
$TTL 60
@ IN SOA ns1 h 1 2 3 4 5
@ IN NS ns1
ns1 IN A 127.0.0.1
@ IN MX 10 mail
@ IN A 127.0.0.1
mail IN A 127.0.0.1
@ IN TXT "v=spf1 ip4:127.0.0.0/8 -all"
_dmarc IN TXT "v=DMARC1; p=quarantine"
{more}
"""
SIGNED = [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"]


@pytest.fixture(scope="module")
def lab() -> Iterator[Peer]:
    need_root("start Postfix")
    with tempfile.TemporaryDirectory(prefix="benchkit-lab-") as folder:
        yard = Path(folder)
        yard.chmod(0o755)  # Postfix changes to a user of its own
        for name in ("zones", "rspamd", "postfix"):
            (yard / name).mkdir()
        record = f's1._domainkey IN TXT "v=DKIM1; k=rsa; p={public_key()}"'
        for origin, more in (("shop.example", record), ("esp.example", "")):
            (yard / "zones" / origin).write_text(ZONE.format(origin=origin, more=more), "utf-8")
        with (
            slow_dns(yard / "zones", 0.0) as server,
            rspamd.milter(yard / "rspamd", int(server.rpartition(":")[2])) as milter,
            postfix.relay(yard / "postfix", smtpd_milters=milter, milter_default_action="tempfail") as peer,
        ):
            yield peer


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)


def private_key() -> bytes:
    return _key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def public_key() -> str:
    return base64.b64encode(_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def signed(n: int) -> bytes:
    mail = sent(n)
    return bytes(dkim.sign(mail, b"s1", b"shop.example", private_key(), include_headers=SIGNED)) + mail


def through(lab: Peer, mails: list[tuple[str, bytes]]) -> list[Placement]:
    """Envelope sender and octets, one after the other; what lies in the Maildir of each, in the same order."""
    first = next(SERIAL)
    recipients = [f"m{first}-{number}@peer.test" for number in range(len(mails))]
    with smtplib.SMTP("127.0.0.1", lab.listeners[0].port, local_hostname="mail.shop.example", timeout=60) as client:
        for recipient, (sender, octets) in zip(recipients, mails, strict=True):
            client.sendmail(sender, [recipient], octets)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = {recipient_of(mail.octets): mail for mail in read_maildir(lab.mailbox.parent, b"X-Benchkit-Id:")}
        if set(recipients) <= set(found):
            break
        time.sleep(0.05)
    pairs = zip(recipients, mails, strict=True)
    return [read_placement(found[recipient], sent_of(octets)) for recipient, (_, octets) in pairs]


def recipient_of(octets: bytes) -> str:
    return octets.partition(b"X-Original-To: ")[2].split(maxsplit=1)[0].decode()


def sent_of(octets: bytes) -> bytes:
    number = int(octets.partition(b"X-Benchkit-Id: bk0123abcd-")[2][:10])
    return sent(number)


SERIAL = count()
OWN = "bounce@shop.example"


def test_equal_bytes_have_equal_fates(lab: Peer) -> None:
    first = through(lab, [(OWN, signed(n)) for n in range(MAILS)])
    second = through(lab, [(OWN, signed(n)) for n in range(MAILS)])
    assert {tuple(sorted(each.results.items())) for each in first} == {
        (("dkim", "pass"), ("dmarc", "pass"), ("spf", "pass"))
    }
    assert {each.spam.filter for each in first} == {"rspamd"}
    assert [path_differences(one, other) for one, other in zip(first, second, strict=True)] == [()] * MAILS


NAMED_CHANGES = {kind for _, kinds, _, _ in REWRITES.values() for kind in kinds}


@pytest.mark.parametrize("name", REWRITES)
def test_each_rewrite_is_named_with_its_cause(lab: Peer, name: str) -> None:
    rewrite, kinds, dkim_result, cause = REWRITES[name]
    octets = rewrite(signed(1))
    if name == "broken signature":
        octets = octets.replace(b"Subject: Order 1\r\n", b"Subject: Order  1 \r\n").replace(b"b=", b"b=AAAA", 1)
    sender = "b@esp.example" if name == "foreign envelope sender" else OWN
    plain, other = through(lab, [(OWN, signed(1)), (sender, octets)])
    found = {difference.what: difference for difference in path_differences(plain, other)}
    named = {what for what in found if what in {kind.value for kind in NAMED_CHANGES}}
    assert named == {kind.value for kind in kinds}
    assert ("dkim" in found) == (dkim_result == "fail")
    assert ("envelope_sender" in found) == (name == "foreign envelope sender")
    if cause and name != "broken signature":
        assert found["dkim"].cause == cause
