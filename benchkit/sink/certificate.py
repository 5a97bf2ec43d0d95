"""A certificate authority and a leaf for localhost and 127.0.0.1, made for each sink by trustme, and never written to disk."""

from __future__ import annotations

import ssl
from collections.abc import Sequence

ALPN = "http/1.1"


class ServerCertificate:
    """`ca_pem` is what a client must trust."""

    def __init__(self, *names: str) -> None:
        import trustme  # 50 ms that a report, which only reads what arrived, need not wait for

        self._authority = trustme.CA(organization_name="benchkit sink")
        self._leaf = self._authority.issue_cert("localhost", "127.0.0.1", *names)
        self.ca_pem: str = self._authority.cert_pem.bytes().decode("ascii")

    def context(self, maximum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, alpn: Sequence[str] = ()) -> ssl.SSLContext:
        """A server's context: TLS 1.2 or 1.3, up to `maximum`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.maximum_version = maximum
        if alpn:
            context.set_alpn_protocols(list(alpn))
        self._leaf.configure_cert(context)
        return context
