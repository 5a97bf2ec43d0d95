"""NSD, Unbound, Postfix and an HTTPS server together: one internet in small, at addresses that are this run's own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.peers.connect.certificates import Authority, Chain
from tests.peers.connect.domains import MAIL_HOSTS, PLAIN, POLICIES, SIGNED, zone_texts
from tests.peers.connect.policy_server import PREFIX, serving_policies
from tests.peers.dns.servers import nsd, unbound
from tests.peers.dns.zones import plain, signed
from tests.peers.requirements import need_free, need_root
from tests.peers.servers.postfix import listening

SMTP, HTTPS = 25, 443  # an MX record and a policy's URL name no port


@dataclass(frozen=True, slots=True)
class Internet:
    """`fetched` are the hosts that were asked for a policy, `mail_log` is Postfix's."""

    resolver: str
    ca_file: Path
    fetched: list[str]
    mail_log: Path


@pytest.fixture(scope="session")
def internet(folder: Callable[[str], Path]) -> Iterator[Internet]:
    need_root("listen at ports 25 and 443")
    addresses = {name: f"127.25.{os.getpid() % 256}.{n}" for n, name in enumerate((*MAIL_HOSTS, "policies"), start=1)}
    need_free(addresses["good"], SMTP)
    need_free(addresses["policies"], HTTPS)
    known, chains = Authority("known"), folder("chains")
    ca_file = chains / "ca.pem"
    known.root.cert_pem.write_to_path(str(ca_file))
    of_hosts = _chains(known, chains)
    policies = known.issue(chains / "policies", [PREFIX + domain for domain in POLICIES if "foreign" not in domain])
    listeners = {(addresses[name], SMTP): [f"smtpd_tls_chain_files={chain.file}"] for name, chain in of_hosts.items()}
    listeners[(addresses["plain"], SMTP)] = ["smtpd_tls_security_level=none"]
    texts, zones = zone_texts(addresses, of_hosts), folder("zones")
    held = [signed(zones, SIGNED, texts[SIGNED]), plain(zones, PLAIN, texts[PLAIN])]
    mail = folder("mail")
    with (
        nsd(folder("nsd"), held) as authority,
        unbound(folder("unbound"), held, authority) as resolver,
        listening(mail, listeners, of_hosts["good"].file),
        serving_policies(addresses["policies"], policies.file, POLICIES) as fetched,
    ):
        yield Internet(resolver, ca_file, fetched, mail / "mail.log")


@pytest.fixture(scope="session")
def folder() -> Iterator[Callable[[str], Path]]:
    """Not pytest's own: servers that change to a user of their own could not look into it."""
    with tempfile.TemporaryDirectory(prefix="benchkit-internet-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)

        def made(part: str) -> Path:
            Path(name, part).mkdir(mode=0o755)
            return Path(name, part)

        yield made


def _chains(known: Authority, folder: Path) -> dict[str, Chain]:
    """By the mail host's name."""
    return {
        "good": known.issue(folder / "good", [f"mx-good.{SIGNED}", f"mx.{PLAIN}"]),
        "old": known.issue(folder / "old", [f"mx-old.{SIGNED}"], days_left=-1),
        "other": known.issue(folder / "other", ["mx.elsewhere.example"]),
        "unknown": Authority("unknown").issue(folder / "unknown", [f"mx-unknown.{SIGNED}"]),
        "soon": known.issue(folder / "soon", [f"mx-soon.{SIGNED}"], days_left=5),
    }
