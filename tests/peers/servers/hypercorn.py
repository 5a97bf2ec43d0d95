"""hypercorn: HTTP/1.1 by h11 and, where TLS's ALPN or a preface says so, HTTP/2 by h2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.peers.servers import asgi
from tests.peers.servers.peer import HOST, Peer, free_ports, serving

VERSIONS = frozenset({"1.1", "2"})


@contextmanager
def start(yard: Path, *settings: str) -> Iterator[Peer]:
    """`settings` are lines of its configuration."""
    plain, tls = free_ports(2)
    peer = asgi.lay_out("hypercorn", yard, plain, tls, VERSIONS)
    lines = [
        f'bind = ["{HOST}:{tls}"]',
        f'insecure_bind = ["{HOST}:{plain}"]',
        f'certfile = "{yard}/server.pem"',
        f'keyfile = "{yard}/server.pem"',
        *settings,
    ]
    configuration = yard / "hypercorn.toml"
    configuration.write_text("\n".join(lines), "utf-8")
    with serving([*asgi.command("hypercorn"), "-c", configuration], yard, [plain, tls], asgi.environment(peer)):
        yield peer
