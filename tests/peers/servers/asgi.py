"""What all ASGI servers are told alike: the application, its certificate, where it puts what arrives."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from benchkit.model.scenario import Security
from tests.peers.servers.asgi_app import FOLDER, SECRET
from tests.peers.servers.peer import Account, Listener, Peer, write_certificate

APPLICATION = "tests.peers.servers.asgi_app:application"
HTTP1 = frozenset({"1.1"})
_ROOT = Path(__file__).parents[3]


def lay_out(name: str, yard: Path, plain: int, tls: int, versions: frozenset[str] = HTTP1) -> Peer:
    (yard / "mail").mkdir()
    _, ca_file = write_certificate(yard)
    return Peer(
        name,
        (Listener(Security.NONE, plain, login=True), Listener(Security.IMPLICIT, tls, login=True)),
        mailbox=yard / "mail",
        stored="*.json",
        ca_file=ca_file,
        account=Account(),
        http_versions=versions,
    )


def command(module: str) -> list[str | Path]:
    """The module of a server, on the application."""
    return [sys.executable, "-m", module, APPLICATION]


def environment(peer: Peer) -> dict[str, str]:
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    assert peer.account is not None
    return {"PYTHONPATH": path, FOLDER: str(peer.mailbox), SECRET: peer.account.password}
