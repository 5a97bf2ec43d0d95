"""The client that sends nothing: the time that remains is benchkit's own cost (method.md §3)."""

from __future__ import annotations

from benchkit.model.client_offers import ClientOffers
from benchkit.model.endpoint import Endpoint
from benchkit.model.message import Message
from benchkit.model.outcome import ACCEPTED, Outcome
from benchkit.model.trace import Trace


class Client:
    """Always connected, accepts everything at once."""

    offers = ClientOffers()
    connected = True

    def __init__(self, endpoint: Endpoint) -> None:
        """It connects to nothing and ignores `endpoint`."""

    def prepare(self, message: Message) -> None:
        return None

    async def connect(self, trace: Trace) -> Outcome | None:
        return None

    async def send(self, prepared: None, identity: bytes, trace: Trace) -> Outcome:
        trace.finish()
        return ACCEPTED

    async def close(self, trace: Trace) -> None:
        trace.finish_close()
