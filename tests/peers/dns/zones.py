"""The zones that the real servers serve: a plain one with every case of a look-up, a signed one, an expired one."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.peers.requirements import need

PLAIN = """\
$ORIGIN shop.example.
$TTL 3600
@            IN SOA   ns1 hostmaster 1 7200 3600 1209600 300
@            IN NS    ns1
@            IN MX    20 mx2
@            IN MX    10 mx1
@            IN TXT   "v=spf1 include:_spf" ".esp.example -all"
ns1      600 IN A     127.0.0.1
mx1          IN A     192.0.2.10
mx1          IN AAAA  2001:db8::10
www          IN CNAME mx1
chain        IN CNAME www
signed       IN CNAME www.signed.example.
away         IN CNAME www.elsewhere.example.
loop1        IN CNAME loop2
loop2        IN CNAME loop1
dangling     IN CNAME nowhere
a.deep.ent   IN A     192.0.2.11
*.wild       IN TXT   "star"
named.wild   IN A     192.0.2.12
*.alias      IN CNAME mx1
child        IN NS    ns.child
child        IN DS    1 8 2 00000000000000000000000000000000000000000000000000000000000000AA
ns.child     IN A     192.0.2.53
null         IN MX    0 .
_dmarc       IN TXT   "v=DMARC1; p=reject"
caa          IN CAA   0 issue "ca.example"
_25._tcp.mx1 IN TLSA  3 1 1 00000000000000000000000000000000000000000000000000000000000000AA
""" + "".join(f'large IN TXT "{number:03} {"x" * 200}"\n' for number in range(40))

SIGNED = """\
$ORIGIN {origin}.
$TTL 3600
@            IN SOA   ns1 hostmaster 1 7200 3600 1209600 300
@            IN NS    ns1
@            IN TXT   "v=spf1 -all"
ns1          IN A     127.0.0.1
www          IN A     192.0.2.20
*.wild       IN TXT   "star"
a.ent        IN A     192.0.2.21
"""
VALID, EXPIRED = ("20200101", "20400101"), ("20200101", "20200201")


@dataclass(frozen=True, slots=True)
class ZoneFile:
    origin: str
    path: Path
    anchor: str = ""  # the DS record of its key, for a validator to begin with


def write_zones(yard: Path) -> list[ZoneFile]:
    """All of them, in a folder; needs ldnsutils."""
    return [
        plain(yard, "shop.example", PLAIN),
        signed(yard, "signed.example", SIGNED.format(origin="signed.example")),
        signed(yard, "hashed.example", SIGNED.format(origin="hashed.example"), VALID, "-n"),
        signed(yard, "bogus.example", SIGNED.format(origin="bogus.example"), EXPIRED),
    ]


def plain(yard: Path, origin: str, text: str) -> ZoneFile:
    zone = ZoneFile(origin, yard / f"{origin}.zone")
    zone.path.write_text(text, "utf-8")
    return zone


def signed(yard: Path, origin: str, text: str, valid: tuple[str, str] = VALID, *options: str) -> ZoneFile:
    """Signed with a key of its own; `valid` are the days on which the signatures begin and end; `-n` hashes names (NSEC3)."""
    unsigned = plain(yard, origin, text).path
    key = _run(yard, "ldns-keygen", "-k", "-a", "ECDSAP256SHA256", origin).strip()
    inception, expiration = valid
    _run(yard, "ldns-signzone", *options, "-i", inception, "-e", expiration, unsigned.name, key)
    return ZoneFile(origin, yard / f"{origin}.zone.signed", (yard / f"{key}.ds").read_text("utf-8").strip())


def _run(yard: Path, program: str, *arguments: str) -> str:
    command = [str(need(program)), *arguments]
    return subprocess.run(command, cwd=yard, capture_output=True, text=True, check=True, timeout=60).stdout
