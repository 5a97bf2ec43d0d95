"""An email API by httpx over HTTP/1.1, by its kept successor httpx2, and by that over HTTP/2: one client, three names.

HTTP/2 by ALPN where there is TLS, else with prior knowledge (RFC 9113 §3.3). A library is loaded with its first client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from benchkit.model.client_offers import HTTPS, ClientOffers
from benchkit.model.endpoint import Endpoint
from benchkit.transports.httpx_client import HttpxClient, Library

_OFFERS = ClientOffers(securities=HTTPS, batches=True)


@dataclass(frozen=True, slots=True)
class _Client:
    """The names of the library's two packages, and what it offers."""

    client: str
    core: str
    http2: bool = False
    offers: ClientOffers = _OFFERS

    def __call__(self, endpoint: Endpoint) -> HttpxClient:
        return HttpxClient(endpoint, Library(import_module(self.client), import_module(self.core), http2=self.http2))


Client: Mapping[str, _Client] = {
    "api_httpx": _Client("httpx", "httpcore"),
    "api_httpx2": _Client("httpx2", "httpcore2"),
    "api_httpx2h2": _Client("httpx2", "httpcore2", http2=True),
}
