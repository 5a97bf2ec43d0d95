"""A few messages through one of our clients, without a run around it: what each came to, what it cost, what arrived."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from benchkit.batch import to_mime
from benchkit.model.contracts import LooksAhead, Transport
from benchkit.model.endpoint import Endpoint
from benchkit.model.identity import token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Secret
from benchkit.model.trace import Trace
from benchkit.transports import TRANSPORTS
from tests.peers.servers.peer import DOMAIN, HOST, NAME, Door, Peer


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


def converse(
    peer: Peer, client: str, messages: Sequence[Message], *,
    dialogue: str = "step", door: Door | None = None, auth: str | None = None, secret: str | None = None, timeout_s: float = 10,
) -> Session:  # fmt: skip
    """One message after the other, on one connection for as long as it stands, at the peer's first door if not told.

    `auth` if not told is PLAIN where nobody gets through without; `secret` if not told is the right one.
    """
    return asyncio.run(talk(client_of(peer, client, dialogue, door, auth, secret, timeout_s), messages))


def client_of(
    peer: Peer, client: str, dialogue: str = "step",
    door: Door | None = None, auth: str | None = None, secret: str | None = None, timeout_s: float = 10,
) -> Transport:  # fmt: skip
    """What `converse` talks through."""
    door = door or peer.doors[0]
    transport = "api" if peer.http_versions else "smtp"
    if auth is None:
        auth = "plain" if door.login and transport == "smtp" else ""
    arm = ArmSpec(
        "arm", transport, client, ConnectionPolicy(0), door.security,
        provider="mailgun" if transport == "api" else "", dialogue=dialogue, auth=auth, timeout_s=timeout_s,
    )  # fmt: skip
    username, known = (peer.account.username, peer.account.secret(auth)) if peer.account else ("", "")
    ca_pem = peer.ca_file.read_text("ascii") if peer.ca_file else ""
    password = Secret(known if secret is None else secret)
    return TRANSPORTS[f"{transport}_{client}"](Endpoint(HOST, door.port, NAME, arm, ca_pem, username, password))


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
        if isinstance(client, LooksAhead) and client.looks_ahead and number + 1 < len(prepared):
            client.announce(prepared[number + 1])
        outcomes.append(failure or await client.send(letter, token_of(token, number), trace))
        turns.append(trace.turns)
    await client.close(trace)
    return Session(token, setup_turns, tuple(outcomes), tuple(turns))
