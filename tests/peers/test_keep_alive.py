"""How long a connection is kept is the server's to say: when it ends one, that costs turns, and nothing untrue is claimed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from benchkit.cli.names import known_names
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import Security
from tests.peers.api_ways import HTTP_VERSION, SETUP_TURNS
from tests.peers.servers import hypercorn, uvicorn
from tests.peers.servers.peer import Peer
from tests.peers.session import arm_for, client_of, converse, message_to, talk

CLIENTS = known_names().clients["api"]
HTTP1 = [client for client in CLIENTS if client not in HTTP_VERSION]
MESSAGES = [message_to("one")] * 6
LISTENERS = {Security.NONE: 0, Security.IMPLICIT: 1}
# Over TLS the server's end is an alert within an open TCP connection, which httpcore reads only with the next response.
SEES_THE_END = [
    (client, security) for client in HTTP1 for security in LISTENERS if (client[:5], security) != ("httpx", "implicit")
]
COPIES = {OutcomeKind.ACCEPTED: {1}, OutcomeKind.AMBIGUOUS: {0, 1}}  # that arrive of a message; none of another outcome
_PATIENCE_S = 10.0
_LOOK_AGAIN_S = 0.01


@pytest.fixture(scope="module")
def two_requests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """It answers two requests on each connection."""
    with hypercorn.start(tmp_path_factory.mktemp("two"), "keep_alive_max_requests = 2") as peer:
        yield peer


@pytest.fixture(scope="module")
def no_patience(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """It closes each connection as soon as it is idle, and does not announce it."""
    with uvicorn.start(tmp_path_factory.mktemp("none"), "--timeout-keep-alive", "0") as peer:
        yield peer


@pytest.mark.parametrize("security", LISTENERS)
@pytest.mark.parametrize("client", HTTP1)
def test_an_announced_end_costs_a_new_connection(two_requests: Peer, client: str, security: Security) -> None:
    session = converse(
        two_requests, arm_for(two_requests, client, two_requests.listeners[LISTENERS[security]]), MESSAGES
    )
    again = 1 + SETUP_TURNS[security]
    assert session.kinds == [OutcomeKind.ACCEPTED] * len(MESSAGES), session.outcomes
    assert session.turns == (1, 1, again, 1, again, 1)
    arrived = two_requests.messages(session.token, wanted=len(MESSAGES))
    assert {send: len(copies) for send, copies in arrived.items()} == dict.fromkeys(range(len(MESSAGES)), 1)


@pytest.mark.parametrize("security", LISTENERS)
def test_the_library_gives_up_the_stream_that_http2_ends_with(two_requests: Peer, security: Security) -> None:
    """hypercorn sends GOAWAY while it answers the third request; httpcore raises at once, and no one knows that outcome."""
    session = converse(
        two_requests, arm_for(two_requests, "httpx2h2", two_requests.listeners[LISTENERS[security]]), MESSAGES
    )
    accepted, ambiguous, again = OutcomeKind.ACCEPTED, OutcomeKind.AMBIGUOUS, 1 + SETUP_TURNS[security]
    assert session.kinds == [accepted, accepted, ambiguous] * 2, session.outcomes
    assert session.turns == (1, 1, 1, again, 1, 1)
    arrived = two_requests.messages(session.token, wanted=4)
    assert set(arrived) >= {0, 1, 3, 4}
    assert all(len(copies) == 1 for copies in arrived.values())


@pytest.mark.parametrize("security", LISTENERS)
@pytest.mark.parametrize("client", HTTP1)
def test_an_end_without_a_word_is_never_taken_for_an_answer(no_patience: Peer, client: str, security: Security) -> None:
    """Whether a request meets it is chance (RFC 9112 §9.3.1); what is said of the message afterwards is not."""
    session = converse(no_patience, arm_for(no_patience, client, no_patience.listeners[LISTENERS[security]]), MESSAGES)
    arrived = no_patience.messages(session.token, wanted=session.kinds.count(OutcomeKind.ACCEPTED))
    assert session.kinds[0] is OutcomeKind.ACCEPTED
    for number, kind in enumerate(session.kinds):
        assert len(arrived.get(number, [])) in COPIES.get(kind, {0}), (number, session.outcomes[number])


@pytest.mark.parametrize(("client", "security"), SEES_THE_END)
def test_an_end_that_is_seen_costs_only_turns(no_patience: Peer, client: str, security: Security) -> None:
    transport = client_of(no_patience, arm_for(no_patience, client, no_patience.listeners[LISTENERS[security]]))

    async def see_the_end() -> None:
        async with asyncio.timeout(_PATIENCE_S):
            while transport.connected:  # noqa: ASYNC110 (a transport can only be asked)
                await asyncio.sleep(_LOOK_AGAIN_S)

    session = asyncio.run(talk(transport, MESSAGES, between=see_the_end))
    assert session.kinds == [OutcomeKind.ACCEPTED] * len(MESSAGES), session.outcomes
    assert session.turns == (1, *[1 + SETUP_TURNS[security]] * (len(MESSAGES) - 1))
