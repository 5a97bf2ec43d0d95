"""Requests that carry several messages, for all API clients: they differ in how a request is delivered, and in that alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from benchkit.model.contracts import BatchProvider, Provider
from benchkit.model.exchange import Credentials, JointRequest, Request, Response
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome
from benchkit.model.trace import Trace


@dataclass(frozen=True, slots=True)
class Share:
    """One message of those that a joint request may carry."""

    of: JointRequest
    index: int


class JointRequests(ABC):
    """`prepare_batch` and `send_batch` of model.contracts.Batches."""

    _provider: Provider
    _account: Credentials

    def prepare_batch(self, messages: Sequence[Message]) -> Sequence[Share]:
        assert isinstance(self._provider, BatchProvider), "the scenario's rules know which providers are"
        joint = self._provider.batch(messages, self._account)
        return [Share(joint, index) for index in range(len(messages))]

    async def send_batch(
        self, prepared: Sequence[Share], identities: Sequence[bytes], trace: Trace
    ) -> Sequence[Outcome]:
        """A request that breaks is in doubt for all of its messages, or for none: it is read as a whole."""
        assert isinstance(self._provider, BatchProvider)
        request = prepared[0].of.request([share.index for share in prepared], identities)
        answer = await self._deliver(request, trace)
        if isinstance(answer, Outcome):
            return [answer] * len(identities)
        return self._provider.outcomes(answer, identities)

    @abstractmethod
    async def _deliver(self, request: Request, trace: Trace) -> Response | Outcome:
        """The response, or how it failed; stamps, turns and bytes as in a `send`."""
