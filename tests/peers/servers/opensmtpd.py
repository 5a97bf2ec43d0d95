"""OpenSMTPD: neither PIPELINING nor CHUNKING nor SMTPUTF8, so that a client must do without.

It has fixed places and users compiled in, and finds them in a mount namespace of its own. Without TLS: the key engine of
Debian 12's build fails every handshake ("EVP lib") with OpenSSL 3.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.model.scenario import Security
from tests.peers.requirements import need_unpacked
from tests.peers.servers.namespace import own_namespace
from tests.peers.servers.peer import Listener, Peer, fill_in, free_ports, serving

HERE = Path(__file__).parent
USERS = ("opensmtpd", "opensmtpq")


@contextmanager
def start(yard: Path) -> Iterator[Peer]:
    with serve(yard) as peer:
        yield peer


@contextmanager
def serve(yard: Path, more: str = "") -> Iterator[Peer]:
    """`more`: lines of its configuration that come before what it delivers."""
    program = need_unpacked("opensmtpd", "usr", "sbin", "smtpd")
    places = _lay_out(yard) | {"/usr/libexec": program.parents[1] / "libexec"}
    prefix = own_namespace(yard, USERS, places)
    (port,) = free_ports(1)
    conf = fill_in(HERE / "opensmtpd.conf", yard / "smtpd.conf", yard=yard, port=port, more=more)
    with serving([*prefix, program, "-d", "-f", conf], yard, [port]):
        yield Peer(
            "opensmtpd",
            (Listener(Security.NONE, port),),
            mailbox=yard / "mail" / "new",
            queues=(yard / "spool" / "smtpd" / "queue",),
        )


def _lay_out(yard: Path) -> dict[str, Path]:
    """The folders of the yard, and where they are to be seen."""
    for name in ("run", "mail", "home", "lib/opensmtpd/empty", "spool/smtpd"):
        (yard / name).mkdir(parents=True)
    (yard / "spool" / "smtpd").chmod(0o711)
    shutil.chown(yard / "mail", "nobody", "nogroup")
    return {"/var/spool": yard / "spool", "/var/lib": yard / "lib", "/run": yard / "run"}
