"""A real server as a child process: configuration from a template, ports from the kernel, ended by process id."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

HOST = "127.0.0.1"
START_S = 20.0
_LOOK_AGAIN_S = 0.01
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork
_END_S = 1.0
_LOG_SHOWN = 2_000  # characters, of a server that does not start


class ServerNotStarted(OSError):
    """The server ended, or does not listen; the message has the end of its log."""


def free_ports(count: int) -> list[int]:
    """Free ports that the kernel chose: all are held open until each is known, so they differ."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports: list[int] = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


def fill_in(template: Path, target: Path, **values: object) -> Path:
    """A configuration from its template; `@NAME@` is replaced, since configurations have uses of their own for $ and {}."""
    text = re.sub(r"@([A-Z_]+)@", lambda match: str(values[match[1].lower()]), template.read_text("utf-8"))
    target.write_text(text, "utf-8")
    return target


@contextmanager
def serving(
    command: Sequence[str | Path],
    folder: Path,
    listeners: Sequence[int | tuple[str, int] | Path],
    environment: Mapping[str, str] | None = None,
    start_s: float = START_S,
) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process, from when it listens everywhere (a port of HOST, an address, a socket) until it has ended.

    Raises ServerNotStarted.
    """
    log = folder / "output.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
    try:
        for listener in listeners:
            _await_listener((HOST, listener) if isinstance(listener, int) else listener, process, log, start_s)
        yield process
    finally:
        _end(process)


def _end_with_parent() -> None:
    """No server stays behind, even after kill -9 of benchkit (prctl(2); Linux only, like the lab)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _await_listener(where: tuple[str, int] | Path, process: subprocess.Popen[bytes], log: Path, start_s: float) -> None:
    deadline = time.monotonic() + start_s
    while True:
        try:
            _connect(where)
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                name = Path(str(process.args[0] if isinstance(process.args, list) else process.args)).name
                log_end = log.read_text("utf-8", "replace")[-_LOG_SHOWN:].strip()
                raise ServerNotStarted(f"{name} does not listen on {where}: {log_end}") from None
            time.sleep(_LOOK_AGAIN_S)
        else:
            return


def _connect(where: tuple[str, int] | Path) -> None:
    if isinstance(where, Path):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(where))
    else:
        socket.create_connection(where, timeout=1).close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends it with its children, which are in its process group: Dovecot's may outlive it by five seconds."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
