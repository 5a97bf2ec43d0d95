"""A real server as a test sees it: its listeners, and the folder where every message that it took ends up as one file.

A server runs in the foreground as a child of the test, on ports that the kernel chose, out of a folder of its own (`yard`), and
is ended by its process id. None can send anywhere: each delivers into its yard or refuses.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from benchkit.model.identity import find_identity
from benchkit.model.scenario import Security

HOST = "127.0.0.1"
NAME = "localhost"  # in every certificate
DOMAIN = "peer.test"  # the domain that every peer delivers for
USERNAME = "user"
_START_S = 20.0
_DELIVERY_S = 10.0
_LOOK_AGAIN_S = 0.01
_END_S = 1.0


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


Start = Callable[[Path], AbstractContextManager[Peer]]


def free_ports(count: int) -> list[int]:
    """Ports that the kernel chose, all different: they are held together until each is known."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports: list[int] = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


def write_certificate(yard: Path) -> tuple[Path, Path]:
    """A leaf with its key in one file, and the authority that a client must trust."""
    authority = trustme.CA(organization_name="benchkit peers")
    leaf = authority.issue_cert(NAME, HOST)
    chain, ca_file = yard / "server.pem", yard / "ca.pem"
    leaf.private_key_and_cert_chain_pem.write_to_path(str(chain))
    authority.cert_pem.write_to_path(str(ca_file))
    return chain, ca_file


def fill_in(template: Path, target: Path, **values: object) -> Path:
    """A configuration from its template; `@NAME@` is replaced, since configurations have uses of their own for $ and {}."""
    text = re.sub(r"@([A-Z_]+)@", lambda match: str(values[match[1].lower()]), template.read_text("utf-8"))
    target.write_text(text, "utf-8")
    return target


@contextmanager
def serving(
    command: Sequence[str | Path],
    yard: Path,
    ports: Sequence[int | tuple[str, int]],
    environment: Mapping[str, str] | None = None,
    start_s: float = _START_S,
) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process, from when it greets at every port (of HOST, or of the address beside it) until it has ended."""
    log = yard / "output.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=yard,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        for port in ports:
            _await_listener((HOST, port) if isinstance(port, int) else port, process, log, start_s)
        yield process
    finally:
        _end(process)


def _await_listener(where: tuple[str, int], process: subprocess.Popen[bytes], log: Path, start_s: float) -> None:
    deadline = time.monotonic() + start_s
    while True:
        try:
            socket.create_connection(where, timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{process.args!r} does not serve {where}:\n{log.read_text()}") from None
            time.sleep(_LOOK_AGAIN_S)
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    """With all its children, which are of its group: Dovecot's may outlive it by five seconds."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
