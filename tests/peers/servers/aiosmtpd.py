"""aiosmtpd: a library's server, without PIPELINING; AUTH PLAIN and LOGIN at every listener."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.model.scenario import Security
from tests.peers.servers.peer import Account, Listener, Peer, free_ports, serving, write_certificate

SCRIPT = Path(__file__).with_name("aiosmtpd_doors.py")


@contextmanager
def start(yard: Path) -> Iterator[Peer]:
    (yard / "mail").mkdir()
    _, ca_file = write_certificate(yard)
    plain, tls = free_ports(2)
    account = Account()
    admitted = (account.username, account.password)
    with serving([sys.executable, "-P", SCRIPT, yard, str(plain), str(tls), *admitted], yard, [plain, tls]):
        yield Peer(
            "aiosmtpd",
            (Listener(Security.NONE, plain), Listener(Security.STARTTLS, plain), Listener(Security.IMPLICIT, tls)),
            mailbox=yard / "mail",
            ca_file=ca_file,
            account=account,
        )
