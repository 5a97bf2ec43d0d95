"""Asks a server where mail goes, before the first message: by the arm's own client, on a connection that carries no mail."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from benchkit.errors import TargetUnreachable
from benchkit.model.contracts import SessionProvider
from benchkit.model.endpoint import Endpoint
from benchkit.model.exchange import Credentials, Request, Response
from benchkit.model.outcome import Outcome
from benchkit.model.trace import Trace
from benchkit.model.unreachable import advice_on_failure
from benchkit.providers import PROVIDERS
from benchkit.transports import TRANSPORTS
from benchkit.transports.joint_requests import JointRequests, host_field


async def with_sessions(endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
    """Each with the options that its server tells, where its arm asks for them. Raises TargetUnreachable."""
    return tuple([await _with_session(endpoint) for endpoint in endpoints])


async def _with_session(endpoint: Endpoint) -> Endpoint:
    provider = PROVIDERS[endpoint.arm.provider] if endpoint.arm.provider and endpoint.arm.transport == "api" else None
    if not isinstance(provider, SessionProvider):
        return endpoint
    account = Credentials(endpoint.password.reveal(), endpoint.arm.options)
    steps = provider.discovery(account, host_field(endpoint))
    if steps is None:
        return endpoint
    client, trace = TRANSPORTS[f"api_{endpoint.arm.client}"](endpoint), Trace()
    assert isinstance(client, JointRequests), "every client of an API is one"
    try:
        found = await _walked(steps, client, trace)
    except ValueError as error:
        raise TargetUnreachable(f"arm {endpoint.arm.name!r}: {error}; nothing was sent") from None
    finally:
        await client.close(trace)
    return replace(endpoint, arm=replace(endpoint.arm, options=found.options))


async def _walked(steps: Generator[Request, Response, Credentials], client: JointRequests, trace: Trace) -> Credentials:
    """Raises ValueError with what went wrong, and what to do."""
    try:
        request = next(steps)
        while True:
            failed = None if client.connected else await client.connect(trace)
            answer = failed or await client.ask(request, trace)
            if isinstance(answer, Outcome):
                why = f"{answer.text or answer.kind.label}: {advice_on_failure(answer)}"
                raise ValueError(f"{request.target} was not answered: {why}")
            request = steps.send(answer)
    except StopIteration as done:
        account: Credentials = done.value
        return account
