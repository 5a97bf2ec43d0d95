"""uvicorn: HTTP/1.1 by httptools. One process has one listener, so there are two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.peers.servers import asgi
from tests.peers.servers.peer import HOST, Peer, free_ports, serving


@contextmanager
def start(yard: Path, *settings: str) -> Iterator[Peer]:
    """`settings` are more of its command line."""
    plain, tls = free_ports(2)
    peer = asgi.lay_out("uvicorn", yard, plain, tls)
    certificate: list[str | Path] = ["--ssl-certfile", yard / "server.pem", "--ssl-keyfile", yard / "server.pem"]
    command: list[str | Path] = [*asgi.command("uvicorn"), "--host", HOST, "--no-access-log", *settings]
    environment = asgi.environment(peer)
    with (
        serving([*command, "--port", str(plain)], yard, [plain], environment),
        serving([*command, "--port", str(tls), *certificate], yard, [tls], environment),
    ):
        yield peer
