"""An email API by httpx2, the kept successor of httpx, over HTTP/1.1."""

from __future__ import annotations

import httpcore2
import httpx2

from benchkit.model.endpoint import Endpoint
from benchkit.transports.httpx_client import HttpxClient, Library

_LIBRARY = Library(httpx2, httpcore2)


class Client(HttpxClient):
    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint, _LIBRARY)
