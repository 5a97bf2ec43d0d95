"""An email API by httpx2 over HTTP/2: by ALPN where there is TLS, else with prior knowledge (RFC 9113 §3.3)."""

from __future__ import annotations

import httpcore2
import httpx2

from benchkit.model.endpoint import Endpoint
from benchkit.transports.httpx_client import HttpxClient, Library

_LIBRARY = Library(httpx2, httpcore2, http2=True)


class Client(HttpxClient):
    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint, _LIBRARY)
