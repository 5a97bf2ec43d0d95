"""Connections that end, and servers that speak, where the dialogue does not expect it: what was said by then still counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
import uvloop

from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec
from benchkit.model.trace import Trace
from tests.transports.clients import RUN_TOKEN, client_of
from tests.transports.scripted import LastWords, Script, WordsAndReset, against, by_script, polite

Kind = OutcomeKind
MakeArm = Callable[..., ArmSpec]
Compose = Callable[..., Message]
DIALOGUES = ("step", "pipelined", "overlapped", "bdat-strict", "bdat-eager")
OFFER = b"250-scripted\r\n250-PIPELINING\r\n250 CHUNKING\r\n"


def saying(reply: bytes, to: bytes) -> Callable[[bytes], bytes]:
    """A polite server but for its reply to what begins so."""
    return lambda unit: reply if unit.startswith(to) else polite(unit)


LAST = [
    (b"MAIL", b"550 5.7.1 blocked\r\n", Kind.REJECTED, 550),
    (b"MAIL", b"421 4.3.2 bye\r\n", Kind.DEFERRED, 421),
    (b"RCPT", b"550 5.1.1 no\r\n", Kind.REJECTED, 550),
    (b"RCPT", b"421 4.3.2 bye\r\n", Kind.DEFERRED, 421),
]


@pytest.mark.parametrize("ending", [LastWords, WordsAndReset])
@pytest.mark.parametrize(("to", "reply", "kind", "code"), LAST)
@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_a_refusal_in_last_words(
    dialogue: str, to: bytes, reply: bytes, kind: Kind, code: int, ending: type[LastWords], make_arm: MakeArm,
    compose_message: Compose,
) -> None:  # fmt: skip
    """Whatever of the group is left unanswered, and however the connection ends: never a timeout, never a doubt."""
    arm = make_arm("smtp none", client="wire", dialogue=dialogue)
    outcomes, _ = by_script(arm, Script(saying(ending(reply), to), ehlo=OFFER), [compose_message()] * 2)
    assert [(outcome.kind, outcome.code) for outcome in outcomes] == [(kind, code)] * 2


@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_a_421_and_silence(dialogue: str, make_arm: MakeArm, compose_message: Compose) -> None:
    silent: list[bytes] = []

    def answer(unit: bytes) -> bytes:
        silent.append(unit)
        return b"421 4.3.2 bye\r\n" if len(silent) == 1 else b""

    arm = make_arm("smtp none", client="wire", dialogue=dialogue, timeout_s=0.2)
    (outcome,), _ = by_script(arm, Script(answer, ehlo=OFFER), [compose_message()])
    assert (outcome.kind, outcome.code) == (Kind.DEFERRED, 421)


@pytest.mark.parametrize("dialogue", ["pipelined", "overlapped"])
def test_a_refusal_stands_whatever_becomes_of_the_lone_dot(
    dialogue: str, make_arm: MakeArm, compose_message: Compose
) -> None:
    def answer(unit: bytes) -> bytes | None:
        return {b"RCPT": b"550 5.1.1 no\r\n", b"": None}.get(unit[:4], polite(unit))

    arm = make_arm("smtp none", client="wire", dialogue=dialogue)
    outcomes, heard = by_script(arm, Script(answer, ehlo=OFFER), [compose_message()] * 2)
    assert [(outcome.kind, outcome.code) for outcome in outcomes] == [(Kind.REJECTED, 550)] * 2
    assert heard.count(b"") == 2


BEHIND = [
    (b"421 4.3.2 bye\r\n", [Kind.ACCEPTED, Kind.ACCEPTED], [Kind.ACCEPTED, Kind.DEFERRED]),
    (b"\0what\r\n", [Kind.ACCEPTED, Kind.ACCEPTED], [Kind.ACCEPTED, Kind.GARBLED]),
]


@pytest.mark.parametrize(("behind", "kinds", "overlapped"), BEHIND)
@pytest.mark.parametrize("dialogue", ["step", "pipelined", "overlapped"])
def test_what_comes_behind_the_acceptance_of_a_message_is_not_about_it(
    dialogue: str, behind: bytes, kinds: list[Kind], overlapped: list[Kind], make_arm: MakeArm, compose_message: Compose
) -> None:
    def answer(unit: bytes) -> bytes:
        return LastWords(b"250 2.0.0 queued\r\n" + behind) if b"X-Benchkit-Id" in unit else polite(unit)

    arm = make_arm("smtp none", client="wire", dialogue=dialogue)
    outcomes, _ = by_script(arm, Script(answer, ehlo=OFFER), [compose_message(text="Hello")] * 2)
    assert [outcome.kind for outcome in outcomes] == (overlapped if dialogue == "overlapped" else kinds)


def test_an_envelope_that_nobody_answered_is_said_again(make_arm: MakeArm, compose_message: Compose) -> None:
    """A server that closes after each message: of the second only the envelope was on its way, and that is not a message."""

    async def run() -> list[Outcome]:
        heard: list[bytes] = []
        arm = make_arm("smtp none", client="wire", dialogue="overlapped")
        outcomes = []
        async with against(arm, Script(answer), heard) as client:
            letter, trace = client.prepare(compose_message(text="Hello")), Trace()
            for number in range(2):
                assert await client.connect(trace) is None
                client.prefetch(letter)
                outcomes.append(await client.send(letter, token_of(RUN_TOKEN, number), trace))
                async with asyncio.timeout(5):
                    while client.connected:  # noqa: ASYNC110  (the kernel's doing, and no event tells)
                        await asyncio.sleep(0)
        return outcomes

    def answer(unit: bytes) -> bytes:
        return LastWords(b"250 2.0.0 queued\r\n") if b"X-Benchkit-Id" in unit else polite(unit)

    assert [outcome.kind for outcome in uvloop.run(run())] == [Kind.ACCEPTED] * 2


def test_a_421_behind_the_reply_to_a_last_chunk(make_arm: MakeArm, compose_message: Compose) -> None:
    answer = saying(LastWords(b"250 2.0.0 queued\r\n421 4.3.2 bye\r\n"), b"BDAT")
    arm = make_arm("smtp none", client="wire", dialogue="bdat-eager")
    outcomes, _ = by_script(arm, Script(answer, ehlo=OFFER), [compose_message()] * 2)
    assert [outcome.kind for outcome in outcomes] == [Kind.ACCEPTED] * 2


def test_a_421_before_the_content_keeps_the_content_here(make_arm: MakeArm, compose_message: Compose) -> None:
    for dialogue in ("step", "pipelined", "overlapped"):
        answer = saying(b"354 go\r\n421 4.3.2 bye\r\n", b"DATA")
        arm = make_arm("smtp none", client="wire", dialogue=dialogue)
        (outcome,), heard = by_script(arm, Script(answer, ehlo=OFFER), [compose_message()])
        assert (outcome.kind, outcome.code) == (Kind.DEFERRED, 421)
        assert heard[-1] == b"DATA"


def test_an_acceptance_of_what_has_not_left(make_arm: MakeArm, compose_message: Compose) -> None:
    """A server that reads no further than the beginning of the content, and says 250."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(b"220 hi\r\n")
        for unit in (b"EHLO", b"MAIL", b"RCPT", b"DATA"):
            assert (await reader.readline()).startswith(unit)
            writer.write(polite(unit))
        await reader.readexactly(1000)
        writer.write(b"250 2.0.0 queued\r\n")

    async def run() -> tuple[Outcome, bool]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=4096)
        port = server.sockets[0].getsockname()[1]
        client = client_of(make_arm("smtp none", client="wire", dialogue="step"), port)
        trace = Trace()
        assert await client.connect(trace) is None
        outcome = await client.send(client.prepare(large), token_of(RUN_TOKEN, 0), trace)
        goes_on = client.connected
        await client.close(trace)
        writers[0].transport.abort()
        server.close()
        await server.wait_closed()
        return outcome, goes_on

    writers: list[asyncio.StreamWriter] = []
    large = compose_message(text="A line of text.\n" * 2_000_000)
    outcome, goes_on = uvloop.run(run())
    assert (outcome.kind, goes_on) == (Kind.GARBLED, False)


def test_a_message_too_large_takes_back_what_was_announced_with_it(make_arm: MakeArm, compose_message: Compose) -> None:
    """Else its successor would be announced behind itself, and what follows it would be said into a content."""
    large, small = compose_message(text="x" * 70 + ("\n" + "x" * 70) * 30), compose_message(text="Hello")
    arm = make_arm("smtp none", client="wire", dialogue="overlapped")
    script = Script(polite, ehlo=b"250-x\r\n250-PIPELINING\r\n250 SIZE 1500\r\n")
    outcomes, heard = by_script(arm, script, [large, small, large, small])
    assert [outcome.kind for outcome in outcomes] == [Kind.REJECTED, Kind.ACCEPTED] * 2
    said = [unit[:4] for unit in heard if unit[:4] in (b"EHLO", b"MAIL", b"DATA", b"QUIT")]
    assert said == [b"EHLO", *[b"MAIL", b"DATA"] * 2, b"QUIT"]


def test_closing_waits_for_no_more_than_the_beginning_of_a_good_bye(
    make_arm: MakeArm, compose_message: Compose
) -> None:
    """A server could go on with its reply to QUIT, line by line, for ever."""
    answer = saying(b"221-and another thing\r\n", b"QUIT")
    arm = make_arm("smtp none", client="wire", timeout_s=60.0)
    outcomes, heard = by_script(arm, Script(answer, ehlo=OFFER), [compose_message(text="Hello")])
    assert outcomes[0].kind is Kind.ACCEPTED
    assert heard[-1] == b"QUIT"
