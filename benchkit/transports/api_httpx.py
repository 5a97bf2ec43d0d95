"""An email API by httpx, over HTTP/1.1."""

from __future__ import annotations

import httpcore
import httpx

from benchkit.model.endpoint import Endpoint
from benchkit.transports.httpx_client import HttpxClient, Library

_LIBRARY = Library(httpx, httpcore)


class Client(HttpxClient):
    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint, _LIBRARY)
