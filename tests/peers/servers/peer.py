"""A real server as a test sees it: its listeners, and the folder where every message that it took ends up as one file.

A server runs in the foreground as a child of the test, on ports that the kernel chose, out of a folder of its own (`yard`), and
is ended by its process id. None can send anywhere: each delivers into its yard or refuses.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from benchkit.experiment.receiving_lab.server_process import HOST as HOST
from benchkit.experiment.receiving_lab.server_process import fill_in as fill_in
from benchkit.experiment.receiving_lab.server_process import free_ports as free_ports
from benchkit.experiment.receiving_lab.server_process import serving as serving
from benchkit.model.identity import find_identity
from benchkit.model.scenario import Security

NAME = "localhost"  # in every certificate
DOMAIN = "peer.test"  # the domain that every peer delivers for
USERNAME = "user"
_DELIVERY_S = 10.0
_LOOK_AGAIN_S = 0.01


@dataclass(frozen=True, slots=True)
class Listener:
    """A port, and how TLS comes in there; `login` where no one gets through without AUTH."""

    security: Security
    port: int
    login: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """Who may log in: by the password, or with XOAUTH2 by the token."""

    username: str = USERNAME
    password: str = "correct-horse"
    token: str = "battery.staple"

    def secret(self, mechanism: str) -> str:
        return self.token if mechanism == "xoauth2" else self.password


@dataclass(frozen=True, slots=True)
class Peer:
    """`stored` finds the files of delivered messages below `mailbox`; `queues` are empty once all is delivered."""

    name: str
    listeners: tuple[Listener, ...]
    mailbox: Path
    stored: str = "*"
    separator: bytes = b""  # what it writes behind each stored message
    queues: tuple[Path, ...] = ()
    ca_file: Path | None = None
    account: Account | None = None  # None where it offers no AUTH
    http_versions: frozenset[str] = frozenset()  # of an email API; empty where SMTP is spoken

    def messages(self, run_token: str, wanted: int) -> dict[int, list[bytes]]:
        """What has arrived of a run, as stored, by send; waits until at least `wanted` are there and no queue holds more."""
        deadline = time.monotonic() + _DELIVERY_S
        while True:
            found = self._of_run(run_token)
            settled = sum(map(len, found.values())) >= wanted and not self._queued()
            if settled or time.monotonic() > deadline:
                return found
            time.sleep(_LOOK_AGAIN_S)

    def _of_run(self, run_token: str) -> dict[int, list[bytes]]:
        found: dict[int, list[bytes]] = {}
        for path in self.mailbox.glob(self.stored):
            raw = path.read_bytes().removesuffix(self.separator)
            identity = find_identity(raw)
            if identity is not None and identity[1] == run_token:
                found.setdefault(identity[2], []).append(raw)
        return found

    def _queued(self) -> bool:
        return any(path.is_file() for queue in self.queues for path in queue.rglob("*"))


@contextmanager
def new_yard() -> Iterator[Path]:
    """Not pytest's own folder: servers that change to a user of their own could not look into it."""
    with tempfile.TemporaryDirectory(prefix="benchkit-peer-", ignore_cleanup_errors=True) as folder:
        yard = Path(folder)
        yard.chmod(0o755)
        yield yard


Start = Callable[[Path], AbstractContextManager[Peer]]


def write_certificate(yard: Path) -> tuple[Path, Path]:
    """A leaf with its key in one file, and the authority that a client must trust."""
    authority = trustme.CA(organization_name="benchkit peers")
    leaf = authority.issue_cert(NAME, HOST)
    chain, ca_file = yard / "server.pem", yard / "ca.pem"
    leaf.private_key_and_cert_chain_pem.write_to_path(str(chain))
    authority.cert_pem.write_to_path(str(ca_file))
    return chain, ca_file
