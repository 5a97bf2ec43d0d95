"""Dovecot's submission service: no one gets through without AUTH; what it takes it hands, at once, to a Postfix of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.model.scenario import Security
from tests.peers.requirements import need, need_root
from tests.peers.servers import dovecot_auth, postfix
from tests.peers.servers.peer import Listener, Peer, fill_in, free_ports, serving, write_certificate

HERE = Path(__file__).parent


@contextmanager
def start(yard: Path) -> Iterator[Peer]:
    program = need("dovecot")
    need_root("start Dovecot")
    for name in ("home", "relay"):
        (yard / name).mkdir()
    shutil.chown(yard / "home", "nobody", "nogroup")
    chain, ca_file = write_certificate(yard)
    plain, tls = free_ports(2)
    account = dovecot_auth.configure(yard)
    with postfix.relay(yard / "relay") as relay:
        values = {"yard": yard, "chain": chain, "plain": plain, "tls": tls}
        conf = fill_in(HERE / "dovecot.conf", yard / "dovecot.conf", relay=relay.listeners[0].port, **values)
        with serving([program, "-F", "-c", conf], yard, [plain, tls]):
            yield Peer(
                "dovecot",
                (
                    Listener(Security.NONE, plain, login=True),
                    Listener(Security.STARTTLS, plain, login=True),
                    Listener(Security.IMPLICIT, tls, login=True),
                ),
                mailbox=relay.mailbox,
                queues=relay.queues,
                ca_file=ca_file,
                account=account,
            )
