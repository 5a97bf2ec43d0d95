"""The wire clients' TLS in memory: its good-bye is one that the other side understands."""

from __future__ import annotations

import ssl
from contextlib import suppress

from benchkit.sink.certificate import Certificate
from benchkit.transports.tls_layer import TlsLayer


def test_a_farewell_ends_the_stream_and_does_not_cut_it() -> None:
    certificate = Certificate()
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = certificate.context().wrap_bio(to_server, to_client, server_side=True)
    client = TlsLayer(ssl.create_default_context(cadata=certificate.ca_pem), "localhost")
    done = False
    while not done:
        done = client.handshake()
        to_server.write(client.outgoing())
        with suppress(ssl.SSLWantReadError):
            server.do_handshake()
        client.received(to_client.read())
    to_server.write(client.encrypted(b"hi") + client.farewell())
    to_server.write_eof()
    assert server.read() == b"hi"
    assert server.read() == b"", "without the good-bye it would raise SSLEOFError"
