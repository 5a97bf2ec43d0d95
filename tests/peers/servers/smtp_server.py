"""nodemailer's smtp-server: AUTH PLAIN, LOGIN, CRAM-MD5 and XOAUTH2 at every listener, and PIPELINING."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.model.scenario import Security
from tests.peers.requirements import need, need_unpacked
from tests.peers.servers.peer import Account, Listener, Peer, free_ports, serving, write_certificate

SCRIPT = Path(__file__).with_name("smtp_server.cjs")


@contextmanager
def start(yard: Path) -> Iterator[Peer]:
    node = need("node")
    modules = need_unpacked("npm", "node_modules", "smtp-server").parent
    (yard / "mail").mkdir()
    _, ca_file = write_certificate(yard)
    plain, tls = free_ports(2)
    account = Account()
    admitted = (account.username, account.password, account.token)
    with serving([node, SCRIPT, modules, yard, str(plain), str(tls), *admitted], yard, [plain, tls]):
        yield Peer(
            "smtp_server",
            (Listener(Security.NONE, plain), Listener(Security.STARTTLS, plain), Listener(Security.IMPLICIT, tls)),
            mailbox=yard / "mail",
            ca_file=ca_file,
            account=account,
        )
