"""Many sending domains, seeded: what common ones look like. None announces a policy file, which would have to be fetched."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator

ESPS = ("google", "outlook", "sendgrid", "mailgun", "amazonses", "zendesk", "mailchimp", "hubspot")
HEAD = """\
$ORIGIN {origin}.
$TTL 300
@ IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@ IN NS ns1
ns1 IN A 192.0.2.53

"""


def many_domains(count: int, seed: int) -> dict[str, str]:
    """The zone of each domain by its name, and under "example" that of the email services that they use."""
    draw = random.Random(seed)
    services = "\n".join(line for esp in ESPS for line in _service(esp, draw))
    zones = {"example": HEAD.format(origin="example") + services + "\n"}
    for number in range(count):
        origin = f"d{number:03}.example"
        zones[origin] = HEAD.format(origin=origin) + "\n".join(_domain(origin, draw)) + "\n"
    return zones


def _service(esp: str, draw: random.Random) -> Iterator[str]:
    yield f'{esp}-spf IN TXT "v=spf1 include:{esp}-1.example include:{esp}-2.example ~all"'
    for part in (1, 2):
        ranges = " ".join(f"ip4:198.51.{draw.randrange(100, 104)}.{draw.randrange(0, 256, 16)}/28" for _ in range(4))
        yield f'{esp}-{part} IN TXT "v=spf1 {ranges} -all"'
    yield f"mx.{esp} IN A 192.0.2.{draw.randrange(1, 255)}"
    yield f"mx.{esp} IN AAAA 2001:db8::{draw.randrange(1, 9999)}"
    yield f'key.{esp} IN TXT "v=DKIM1; k=rsa; p=" "{base64.b64encode(draw.randbytes(160)).decode()}"'


def _domain(origin: str, draw: random.Random) -> Iterator[str]:
    services = draw.sample(ESPS, draw.randrange(1, 4))
    includes = " ".join(f"include:{esp}-spf.example" for esp in services)
    yield f"@ IN A 192.0.2.{draw.randrange(1, 255)}"
    yield f"@ IN MX 10 mx.{services[0]}.example."
    yield "@ IN MX 20 mx"
    yield f"mx IN A 192.0.2.{draw.randrange(1, 255)}"
    yield f'@ IN TXT "v=spf1 mx {includes} {draw.choice(("-all", "~all", "?all"))}"'
    yield f'_dmarc IN TXT "v=DMARC1; p={draw.choice(("none", "quarantine", "reject"))}; rua=mailto:d@{origin}"'
    for selector in draw.sample(("google", "s1", "s2", "k1", "selector1"), 2):
        yield f"{selector}._domainkey IN CNAME key.{services[0]}.example."
    yield f'_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:t@{origin}"'
