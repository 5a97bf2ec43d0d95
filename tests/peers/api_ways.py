"""Every way of sending to an email API that a peer offers and a client here knows, and the turns of each (method.md §2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchkit.cli.names import known_names
from benchkit.model.scenario import Security
from tests.peers.servers.peer import Listener, Peer

HTTP_VERSION = {"httpx2h2": "2"}  # the others speak 1.1
SETUP_TURNS = {Security.NONE: 1, Security.IMPLICIT: 2}  # connect; TLS
API_KEY = {"env": "BENCHKIT_PEER_PASSWORD"}


@dataclass(frozen=True, slots=True)
class ApiWay:
    """One arm. `listener` is where it goes in."""

    listener: Listener
    client: str
    connection: str

    @property
    def name(self) -> str:
        return f"{self.client}, {self.connection}, {self.listener.security}"

    @property
    def http_version(self) -> str:
        return HTTP_VERSION.get(self.client, "1.1")

    def arm(self, _peer: Peer) -> dict[str, object]:
        """Its keys in a scenario, but for the server."""
        keys = {"transport": "api", "provider": "mailgun", "client": self.client, "connection": self.connection}
        return {**keys, "api_key": API_KEY}

    def secret(self, peer: Peer) -> str:
        """What the scenario does not tell."""
        return peer.account.secret("api key") if peer.account else ""

    def turns(self, messages: int) -> list[int]:
        """Of so many messages, in the order of sending."""
        return [1 + (SETUP_TURNS[self.listener.security] if self.connection == "fresh" else 0)] * messages


def api_ways(peer: Peer) -> Iterator[ApiWay]:
    for listener in peer.listeners:
        for client in known_names().clients["api"]:
            if HTTP_VERSION.get(client, "1.1") in peer.http_versions:
                yield from (ApiWay(listener, client, connection) for connection in ("reuse", "fresh"))
