"""Postfix's smtp-sink: takes everything, from everyone, as fast as one process can, or fails where it is told to."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.model.scenario import Security
from tests.peers.requirements import need
from tests.peers.servers.peer import HOST, Listener, Peer, free_ports, serving

BACKLOG = "100"


@contextmanager
def start(yard: Path, *settings: str) -> Iterator[Peer]:
    """`settings` are more of its command line."""
    program = need("smtp-sink")
    mail = yard / "mail"
    mail.mkdir()
    (port,) = free_ports(1)
    command: list[str | Path] = [program, *settings, "-h", "smtp-sink.peer.test", "-d", "mail/"]
    if os.geteuid() == 0:  # it does not serve as root
        shutil.chown(mail, "nobody", "nogroup")
        command += ["-u", "nobody"]
    with serving([*command, f"{HOST}:{port}", BACKLOG], yard, [port]):
        # It offers AUTH, and answers it with 250 where RFC 4954 has 235: no one can log in.
        yield Peer("smtp_sink", (Listener(Security.NONE, port),), mailbox=mail, separator=b"\n")
