"""Refused recipients and refused content, as real servers refuse them: recorded as what they are, and never stored there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from benchkit.batch import to_mime
from benchkit.cli.names import known_names
from benchkit.model.endpoint import Endpoint
from benchkit.model.identity import token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Secret
from benchkit.model.trace import Trace
from benchkit.transports import TRANSPORTS
from tests.peers.servers.peer import DOMAIN, HOST, NAME, Peer

RUN_TOKEN = "0badcafe"
REFUSING = ("postfix", "exim", "dovecot", "smtp_server", "aiosmtpd")
MENDING = frozenset({"aiosmtplib"})  # turns a bare LF into CRLF before it sends
CLIENTS = known_names().clients["smtp"]


def message_to(*local_parts: str) -> Message:
    to = tuple(Address("", f"{part}@{DOMAIN}") for part in local_parts)
    content = Content("Grüße", Address("Shop", f"shop@{DOMAIN}"), to, "One line.\nAnother line.")
    return Message(0, content, to_mime(content), f"shop@{DOMAIN}", tuple(address.addr for address in to))


def send(peer: Peer, client: str, *messages: Message) -> list[Outcome]:
    """One after the other, on one connection for as long as it stands."""
    return asyncio.run(_send(peer, client, messages))


async def _send(peer: Peer, client: str, messages: tuple[Message, ...]) -> list[Outcome]:
    door = peer.doors[0]
    auth = "plain" if door.login else ""
    arm = ArmSpec("arm", "smtp", client, ConnectionPolicy(0), door.security, auth=auth, timeout_s=10)
    transport = TRANSPORTS[f"smtp_{client}"](
        Endpoint(HOST, door.port, NAME, arm, username=peer.username, password=Secret(peer.password))
    )
    outcomes, trace = [], Trace()
    for number, message in enumerate(messages):
        trace.begin()
        failure = None if transport.connected else await transport.connect(trace)
        sent = transport.send(transport.prepare(message), token_of(RUN_TOKEN, number), trace)
        outcomes.append(failure or await sent)
    await transport.close(trace)
    return outcomes


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", REFUSING)
def test_a_refused_recipient_is_told_from_an_accepted_one(name: str, client: str, start_peer: Any) -> None:
    peer = start_peer(name)
    outcomes = send(
        peer, client, message_to("reject"), message_to("defer"), message_to("one", "reject", "defer"), message_to("one")
    )
    kinds = [outcome.kind for outcome in outcomes]
    assert kinds == [OutcomeKind.REJECTED, OutcomeKind.DEFERRED, OutcomeKind.ACCEPTED, OutcomeKind.ACCEPTED]
    assert [outcome.code for outcome in outcomes[:2]] == [550, 451]
    assert [outcome.enhanced for outcome in outcomes[:2]] == ["5.1.1", "4.2.1"]
    assert [outcome.refused_recipients for outcome in outcomes[2:]] == [2, 0]


@pytest.mark.parametrize("client", CLIENTS)
def test_haraka_refuses_a_bare_line_feed_and_takes_what_we_compose(client: str, start_peer: Any) -> None:
    peer = start_peer("haraka")
    good = message_to("one")
    bad = replace(good, mime=good.mime.replace(b"line.\r\nAnother", b"line.\nAnother"))
    assert bad.mime != good.mime
    outcomes = send(peer, client, good, bad)
    assert outcomes[0].kind is OutcomeKind.ACCEPTED
    assert (outcomes[1].kind is OutcomeKind.ACCEPTED) == (client in MENDING)
