"""The HTTP/2 client against every hostile server: an outcome in bounded time, never a false acceptance, and none withheld."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

import pytest
import uvloop

from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec
from tests.loopback_server import serving
from tests.transports.hostile_http import TAKEN
from tests.transports.hostile_http2 import (
    FLOODS,
    GOAWAY,
    MALFORMED,
    PREFACE_SETTINGS,
    RST,
    TAKEN_ANSWERS,
    UNTAKEN,
    WHOLE,
    Answer,
    Serve,
    frame,
    frames,
    server_of,
)
from tests.transports.test_hostile_http import SLACK_S, TIMEOUT_S, send

Kind = OutcomeKind
MakeArm = Callable[..., ArmSpec]
Compose = Callable[..., Message]


@pytest.fixture
def outcomes(make_arm: MakeArm, compose_message: Compose) -> Callable[..., list[Outcome]]:
    """Of so many messages at such a server; none past its deadline."""

    def found(serve: Serve, messages: int = 1, timeout_s: float = TIMEOUT_S, pause_s: float = 0.0) -> list[Outcome]:
        async def run() -> list[Outcome]:
            async with serving(serve) as port:  # type: ignore[arg-type]
                arm = make_arm("api none", client="httpx2h2", timeout_s=timeout_s)
                return await send(arm, port, [compose_message()] * messages, pause_s)

        started = monotonic()
        outcomes = uvloop.run(run())
        assert monotonic() - started < messages * (timeout_s + SLACK_S)
        for outcome in outcomes:
            assert outcome.kind is Kind.ACCEPTED or outcome.text
        return outcomes

    return found


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_response_is_outside_the_protocol(name: str, outcomes: Callable[..., list[Outcome]]) -> None:
    (outcome,) = outcomes(server_of(MALFORMED[name]), timeout_s=20.0)  # only a hang takes so long
    assert outcome.kind is Kind.GARBLED, outcome


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_ends(name: str, outcomes: Callable[..., list[Outcome]]) -> None:
    (outcome,) = outcomes(server_of(FLOODS[name]), timeout_s=20.0)
    assert outcome.kind in (Kind.GARBLED, Kind.AMBIGUOUS)


@pytest.mark.parametrize("name", UNTAKEN)
def test_what_accepts_nothing_is_no_acceptance(name: str, outcomes: Callable[..., list[Outcome]]) -> None:
    (outcome,) = outcomes(server_of(UNTAKEN[name]))
    assert outcome.kind is not Kind.ACCEPTED


@pytest.mark.parametrize("name", TAKEN_ANSWERS)
def test_what_is_unusual_and_right_is_an_acceptance(name: str, outcomes: Callable[..., list[Outcome]]) -> None:
    assert [outcome.kind for outcome in outcomes(server_of(TAKEN_ANSWERS[name]), 2, 5.0)] == [Kind.ACCEPTED] * 2


def goaway(last: int, code: int = 0) -> tuple[int, int, int, bytes]:
    return GOAWAY, 0, 0, last.to_bytes(4, "big") + code.to_bytes(4, "big")


# What the server answers the first request and the second with, on a connection as long as that lasts.
CLOSING: dict[str, tuple[tuple[Answer, ...], list[Kind]]] = {
    "graceful": ((frames(goaway(1), *WHOLE),), [Kind.ACCEPTED] * 2),
    "graceful, with the highest number": ((frames(goaway(2**31 - 1), *WHOLE),), [Kind.ACCEPTED] * 2),
    "graceful, after the response": ((frames(*WHOLE, goaway(1)),), [Kind.ACCEPTED] * 2),
    "twice": ((frames(goaway(2**31 - 1), goaway(1), *WHOLE),), [Kind.ACCEPTED] * 2),
    "nothing done": ((frames(goaway(0)),), [Kind.DEFERRED] * 2),
    "nothing done about the second": (  # the library sends it again, over a connection of its own
        (frames(*WHOLE), frames(goaway(1)), frames(*WHOLE)),
        [Kind.ACCEPTED] * 2,
    ),
    "closed without a word about the second": (
        (frames(*WHOLE), frames(goaway(3, 11))),
        [Kind.ACCEPTED, Kind.AMBIGUOUS],
    ),
    "for an error": ((frames(goaway(1, 2)),), [Kind.AMBIGUOUS] * 2),
    "refused": ((frames((RST, 0, None, (7).to_bytes(4, "big"))),), [Kind.DEFERRED] * 2),
    "cancelled": ((frames((RST, 0, None, (8).to_bytes(4, "big"))),), [Kind.AMBIGUOUS] * 2),
}


@pytest.mark.parametrize("name", CLOSING)
def test_a_server_that_closes_or_resets(name: str, outcomes: Callable[..., list[Outcome]]) -> None:
    """RFC 9113 §6.8, §8.7."""
    answers, kinds = CLOSING[name]
    assert [outcome.kind for outcome in outcomes(server_of(*answers), 2, 2.0)] == kinds


def test_a_graceful_goaway_apart_from_the_response(outcomes: Callable[..., list[Outcome]]) -> None:
    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        outgoing.write(PREFACE_SETTINGS)
        while not (await incoming.read(65_536)).endswith(b"\0\0\0\0\1\0\0\0\1"):  # empty DATA, which ends the stream
            pass
        outgoing.write(frame(*goaway(1)))
        await outgoing.drain()
        await asyncio.sleep(0.05)
        outgoing.write(b"".join(frame(kind, flags, 1, payload) for kind, flags, _, payload in WHOLE))
        await incoming.read()

    assert [outcome.kind for outcome in outcomes(serve, 2, 2.0)] == [Kind.ACCEPTED] * 2


@pytest.mark.parametrize("settings", [b"", PREFACE_SETTINGS], ids=["alone", "behind SETTINGS"])
def test_a_response_before_the_request_is_none(settings: bytes, outcomes: Callable[..., list[Outcome]]) -> None:
    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        outgoing.write(settings + b"".join(frame(kind, flags, 1, payload) for kind, flags, _, payload in WHOLE))
        await incoming.read()

    (outcome,) = outcomes(serve, pause_s=0.05)
    assert outcome.kind is Kind.GARBLED


def test_settings_before_the_request_are_as_they_should_be(outcomes: Callable[..., list[Outcome]]) -> None:
    (outcome,) = outcomes(server_of(frames(*WHOLE)), timeout_s=30.0, pause_s=0.05)
    assert outcome.kind is Kind.ACCEPTED


def test_a_response_cut_after_each_byte(outcomes: Callable[..., list[Outcome]]) -> None:
    def serve_part(size: int) -> Serve:
        async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
            outgoing.write(PREFACE_SETTINGS)
            while not (await incoming.read(65_536)).endswith(b"\0\0\0\0\1\0\0\0\1"):
                pass
            outgoing.write(whole[:size])
            outgoing.close()

        return serve

    whole = b"".join(frame(kind, flags, 1, payload) for kind, flags, _, payload in WHOLE)
    kinds = [outcomes(serve_part(size))[0].kind for size in range(len(whole) + 1)]
    assert set(kinds[:-1]) == {Kind.AMBIGUOUS}
    assert kinds[-1] is Kind.ACCEPTED
    assert len(kinds) > len(TAKEN)


def test_a_response_that_comes_byte_by_byte_does_not_hold_the_client(outcomes: Callable[..., list[Outcome]]) -> None:
    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        await incoming.read(65_536)
        for byte in PREFACE_SETTINGS * 100:
            outgoing.write(bytes((byte,)))
            await outgoing.drain()
            await asyncio.sleep(0.05)

    (outcome,) = outcomes(serve)
    assert outcome.kind is Kind.AMBIGUOUS
