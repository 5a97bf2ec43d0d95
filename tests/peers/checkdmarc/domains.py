"""Seeded domains with their zones, each with one variant of every feature."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.peers.checkdmarc.defects import FEATURES, lines_of
from tests.peers.checkdmarc.defects.mta_sts import POLICY
from tests.peers.checkdmarc.defects.spf import SERVICES
from tests.peers.dns.zones import ZoneFile

SEED = 5
NO_ANSWER = "no answer"
HEAD = "$TTL 300\n@ IN SOA ns1 hostmaster 1 7200 3600 1209600 300\n@ IN NS ns1\nns1 IN A 127.0.0.1\n"
REVERSE = {
    "2.0.192.in-addr.arpa": "25 IN PTR mail.esp.example.\n26 IN PTR else.esp.example.\n",
    "100.51.198.in-addr.arpa": "25 IN PTR host.esp.example.\n",
    "8.b.d.0.1.0.0.2.ip6.arpa": "",
}


@dataclass(frozen=True, slots=True)
class Domain:
    """`variants` has the name of each feature's variant."""

    name: str
    variants: Mapping[str, str]

    @property
    def zone(self) -> str:
        lines = (line for feature, variant in self.variants.items() for line in lines_of(feature, variant, self.name))
        return "\n".join((f"$ORIGIN {self.name}.", *lines, ""))

    @property
    def policy(self) -> str:
        return POLICY[self.variants["sts_policy"]].replace("{d}", self.name)


def domains(count: int) -> list[Domain]:
    """Every variant of a feature as often as any other, in an order of its own; and one domain that no answer is given for."""
    draw = random.Random(SEED)
    columns = {feature: _shuffled(list(variants), draw) for feature, variants in FEATURES.items()}
    dark = Domain("mail.dark.test", dict.fromkeys(FEATURES, NO_ANSWER) | {"sts_policy": "sound"})
    return [
        *(
            Domain(f"mail.d{number:03}.example", {feature: next(column) for feature, column in columns.items()})
            for number in range(count - 1)
        ),
        dark,
    ]


def _shuffled(names: list[str], draw: random.Random) -> Iterator[str]:
    while True:
        draw.shuffle(names)
        yield from names


def write_zones(all_domains: list[Domain], folder: Path) -> list[ZoneFile]:
    """The zone of these domains and of the services they lean on, and those of the addresses."""
    own = "".join(domain.zone for domain in all_domains if domain.name.endswith(".example"))
    texts = {"example": f"$ORIGIN esp.example.\n{SERVICES}\n{own}", **REVERSE}
    files = [ZoneFile(origin, folder / f"{origin}.zone") for origin in texts]
    for file in files:
        file.path.write_text(f"$ORIGIN {file.origin}.\n{HEAD}{texts[file.origin]}", "utf-8")
    return files
