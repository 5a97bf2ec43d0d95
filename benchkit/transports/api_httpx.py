"""An email API by httpx over HTTP/1.1, by its kept successor httpx2, and by that over HTTP/2: one client, three names.

HTTP/2 by ALPN where there is TLS, else with prior knowledge (RFC 9113 §3.3). A library is loaded with its first client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from benchkit.model.contracts import Transport
from benchkit.model.endpoint import Endpoint
from benchkit.transports.httpx_client import HttpxClient, Library


def _client(client: str, core: str, *, http2: bool = False) -> Callable[[Endpoint], Transport]:
    def make(endpoint: Endpoint) -> Transport:
        library = Library(import_module(client), import_module(core), http2=http2)
        return HttpxClient(endpoint, library)

    return make


Client: Mapping[str, Callable[[Endpoint], Transport]] = {
    "api_httpx": _client("httpx", "httpcore"),
    "api_httpx2": _client("httpx2", "httpcore2"),
    "api_httpx2h2": _client("httpx2", "httpcore2", http2=True),
}
