"""A few messages through one of our clients, without a run around it: what each came to, what it cost, what arrived."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchkit.batch import to_mime
from benchkit.model.contracts import Prefetching, Transport
from benchkit.model.endpoint import Endpoint
from benchkit.model.identity import token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, ServerAddress
from benchkit.model.secret import Secret
from benchkit.model.trace import Trace
from benchkit.transports import TRANSPORTS
from tests.peers.servers.peer import DOMAIN, HOST, NAME, Account, Listener, Peer


@dataclass(frozen=True, slots=True)
class Session:
    """Of each message its outcome and its turns; `setup_turns` came before the first."""

    token: str
    setup_turns: int
    outcomes: tuple[Outcome, ...]
    turns: tuple[int, ...]

    @property
    def kinds(self) -> list[OutcomeKind]:
        return [outcome.kind for outcome in self.outcomes]


def message_to(*local_parts: str, subject: str = "Grüße") -> Message:
    to = tuple(Address("", f"{part}@{DOMAIN}") for part in local_parts)
    content = Content(subject, Address("Shop", f"shop@{DOMAIN}"), to, "One line.\nAnother line.")
    return Message(0, content, to_mime(content), f"shop@{DOMAIN}", tuple(address.addr for address in to))


def arm_for(peer: Peer, client: str, listener: Listener | None = None, **keys: Any) -> ArmSpec:
    """At the peer's first listener if not told, with PLAIN where no one gets through without; `keys` are more of an arm's."""
    listener = listener or peer.listeners[0]
    if peer.http_versions:
        settings = {"transport": "api", "provider": "mailgun"}
    else:
        settings = {"transport": "smtp", "auth": "plain" if listener.login else ""}
    server = ServerAddress(NAME, listener.port)
    return ArmSpec(
        name="arm", client=client, connection=ConnectionPolicy(0), security=listener.security, server=server,
        **{"timeout_s": 10.0, **settings, **keys},
    )  # fmt: skip


def converse(peer: Peer, arm: ArmSpec, messages: Sequence[Message], secret: str | None = None) -> Session:
    """One message after the other, on one connection for as long as it stands; `secret` if not told is the right one."""
    return asyncio.run(talk(client_of(peer, arm, secret), messages))


def client_of(peer: Peer, arm: ArmSpec, secret: str | None = None) -> Transport:
    """What `converse` talks through."""
    assert arm.server is not None
    account = peer.account or Account("", "", "")
    password = Secret(account.secret(arm.auth) if secret is None else secret)
    ca_pem = peer.ca_file.read_text("ascii") if peer.ca_file else ""
    endpoint = Endpoint(HOST, arm.server.port, NAME, arm, ca_pem, account.username, password)
    return TRANSPORTS[f"{arm.transport}_{arm.client}"](endpoint)


async def talk(
    client: Transport, messages: Sequence[Message], between: Callable[[], Awaitable[None]] | None = None
) -> Session:
    """`between` happens before each message but the first."""
    token, trace = secrets.token_hex(4), Trace()
    prepared = [client.prepare(message) for message in messages]
    failure = await client.connect(trace)
    setup_turns, outcomes, turns = trace.turns, [], []
    for number, letter in enumerate(prepared):
        if number and between is not None:
            await between()
        trace.begin()
        if number and not client.connected:
            failure = await client.connect(trace)
        if isinstance(client, Prefetching) and client.prefetches and number + 1 < len(prepared):
            client.prefetch(prepared[number + 1])
        outcomes.append(failure or await client.send(letter, token_of(token, number), trace))
        turns.append(trace.turns)
    await client.close(trace)
    return Session(token, setup_turns, tuple(outcomes), tuple(turns))
