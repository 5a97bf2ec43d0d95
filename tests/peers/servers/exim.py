"""Exim: PIPELINING, CHUNKING, 8BITMIME, SMTPUTF8, PRDR, AUTH; its TLS is GnuTLS's, where most others' is OpenSSL's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.model.scenario import Security
from tests.peers.requirements import need_unpacked
from tests.peers.servers.namespace import own_namespace
from tests.peers.servers.peer import Account, Listener, Peer, fill_in, free_ports, serving, write_certificate

HERE = Path(__file__).parent


@contextmanager
def start(yard: Path) -> Iterator[Peer]:
    program = need_unpacked("exim4-daemon-light", "usr", "sbin", "exim4")
    prefix = own_namespace(yard, ("Debian-exim",))  # it looks this user up before it reads its configuration
    chain, ca_file = write_certificate(yard)
    for path in (*_folders(yard), chain):
        shutil.chown(path, "nobody", "nogroup")
    plain, tls = free_ports(2)
    account = Account()
    values = {"program": program, "chain": chain, "plain": plain, "tls": tls}
    values |= {"username": account.username, "password": account.password}
    conf = fill_in(HERE / "exim.conf", yard / "exim.conf", yard=yard, **values)
    with serving([*prefix, program, "-C", conf, "-bdf", "-q30m"], yard, [plain, tls]):
        yield Peer(
            "exim",
            (Listener(Security.NONE, plain), Listener(Security.STARTTLS, plain), Listener(Security.IMPLICIT, tls)),
            mailbox=yard / "mail" / "new",
            queues=(yard / "spool" / "input",),
            ca_file=ca_file,
            account=account,
        )


def _folders(yard: Path) -> list[Path]:
    folders = [yard / name for name in ("spool", "log", "mail")]
    for folder in folders:
        folder.mkdir()
    return folders
