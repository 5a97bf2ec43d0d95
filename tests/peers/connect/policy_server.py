"""The hosts of MTA-STS policies: one HTTPS server (the standard library's), which answers by the name that it is asked for."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests.peers.connect.domains import Served

PREFIX = "mta-sts."
PATH = "/.well-known/mta-sts.txt"


@contextmanager
def serving_policies(address: str, chain: Path, policies: Mapping[str, Served]) -> Iterator[list[str]]:
    """The hosts that were asked for, in the order of the requests."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers["host"]
            asked.append(host)
            served = policies[host.removeprefix(PREFIX)] if self.path == PATH else Served("", 404)
            body = served.body.encode()
            self.send_response(served.status)
            self.send_header("Content-Type", served.content_type)
            self.send_header("Content-Length", str(len(body)))
            if served.location:
                self.send_header("Location", served.location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """`asked` is the log."""

    server = _QuietServer((address, 443), Handler)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust the certificate goes away in the middle of the handshake."""
