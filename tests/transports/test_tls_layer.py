"""The wire clients' TLS in memory: nothing that came is lost, and the other side understands its close_notify."""

from __future__ import annotations

import ssl
from contextlib import suppress

import pytest

from benchkit.sink.certificate import ServerCertificate
from benchkit.transports.tls_layer import TlsLayer


def both_sides() -> tuple[TlsLayer, ssl.SSLObject, ssl.MemoryBIO, ssl.MemoryBIO]:
    """Client and server after the handshake, and the wires to the server and to the client."""
    certificate = ServerCertificate()
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
    return client, server, to_server, to_client


def test_what_comes_before_a_broken_record_is_read() -> None:
    client, server, _, to_client = both_sides()
    server.write(b"250 queued\r\n")
    client.received(to_client.read() + b"\x17\x03\x03\x00\x05hello")
    assert client.decrypted() == (b"250 queued\r\n", False)
    with pytest.raises(ssl.SSLError):
        client.decrypted()


def test_a_close_notify_ends_the_stream_and_does_not_cut_it() -> None:
    client, server, to_server, _ = both_sides()
    to_server.write(client.encrypted(b"hi") + client.close_notify())
    to_server.write_eof()
    assert server.read() == b"hi"
    assert server.read() == b"", "without close_notify it would raise SSLEOFError"
