"""Every SMTP client against every hostile dialogue: an outcome in bounded time and memory, and never a false acceptance."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
import uvloop

from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec
from benchkit.model.trace import Trace
from tests.loopback_server import serving
from tests.transports.clients import RUN_TOKEN, client_of
from tests.transports.hostile_smtp import CUT_REPLIES, DIALOGUES, Hostile
from tests.transports.scripted import EHLO, LastWords, Script, by_script, polite

CLIENTS = ("aiosmtplib", "smtplib", "wire")
TIMEOUT_S = 0.25
STEPS = 9  # banner, EHLO, MAIL, RCPT, DATA, content, and a RSET, a QUIT and a second connection
MakeArm = Callable[..., ArmSpec]
Compose = Callable[..., Message]


def script_of(hostile: Hostile) -> Script:
    said = None if hostile.says is None else (LastWords if hostile.closes else bytes)(hostile.says)
    commands: list[bytes] = []

    def answer(unit: bytes) -> bytes | None:
        after_data = bool(commands) and commands[-1][:4].upper() == b"DATA"
        commands.append(unit)
        place = "content" if after_data else unit[:4].decode("ascii", "replace").upper()
        return said if place == hostile.at else polite(unit)

    banner, ehlo = b"220 hi\r\n", EHLO
    if hostile.at == "banner":
        banner = b"" if said is None else said
    if hostile.at == "EHLO":
        ehlo = b"" if said is None else said
    return Script(answer, banner=banner, ehlo=ehlo)


def outcome_of(client: str, hostile: Hostile, make_arm: MakeArm, compose_message: Compose) -> tuple[Outcome, float]:
    arm = make_arm("smtp none", client=client, timeout_s=TIMEOUT_S)
    started = monotonic()
    (outcome,), _ = by_script(arm, script_of(hostile), [compose_message(text="Hello")])
    return outcome, monotonic() - started


@pytest.mark.parametrize("name", [*DIALOGUES, *CUT_REPLIES])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_hostile_dialogue_ends_in_time_and_is_no_acceptance(
    client: str, name: str, make_arm: MakeArm, compose_message: Compose
) -> None:
    hostile = {**DIALOGUES, **CUT_REPLIES}[name]
    outcome, took_s = outcome_of(client, hostile, make_arm, compose_message)
    assert outcome.kind in hostile.kinds, outcome
    outcome.text.encode("utf-8")
    assert took_s < STEPS * TIMEOUT_S + 5.0


@pytest.mark.parametrize("client", CLIENTS)
def test_a_server_that_closes_after_each_byte_of_the_dialogue(
    client: str, make_arm: MakeArm, compose_message: Compose
) -> None:
    """Cut after its n-th byte, for every n: accepted only where the whole last reply was said."""
    replies = [b"220 hi\r\n", EHLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 2.0.0 taken\r\n"]
    whole = sum(map(len, replies))
    arm = make_arm("smtp none", client=client, timeout_s=TIMEOUT_S)
    message = compose_message()

    async def against_cut(left: int) -> Outcome:
        async def talk(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
            remaining = left
            for number, reply in enumerate(replies):
                if number == len(replies) - 1:
                    await incoming.readuntil(b"\r\n.\r\n")
                elif number:
                    await incoming.readuntil(b"\r\n")
                outgoing.write(reply[:remaining])
                remaining -= len(reply)
                if remaining <= 0:
                    await outgoing.drain()
                    return
            await incoming.read()

        async with serving(talk) as port:
            one, trace = client_of(arm, port), Trace()
            trace.begin()
            outcome = await one.connect(trace)
            if outcome is None:
                outcome = await one.send(one.prepare(message), token_of(RUN_TOKEN, 0), trace)
            await one.close(Trace())
            return outcome

    async def all_of_them() -> list[Outcome]:
        return [await against_cut(left) for left in range(1, whole + 1)]

    *cut, last = uvloop.run(all_of_them())
    assert {outcome.kind for outcome in cut} <= {OutcomeKind.UNREACHABLE, OutcomeKind.AMBIGUOUS, OutcomeKind.TIMED_OUT}
    assert last.kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize("at", ["banner", "EHLO", "RCPT", "content"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_reply_that_comes_byte_by_byte_does_not_hold_a_client_beyond_the_step(
    client: str, at: str, make_arm: MakeArm, compose_message: Compose
) -> None:
    """A byte every 50 ms is never silence; the step, from the write to the whole reply, still takes `timeout_s` at most."""
    arm = make_arm("smtp none", client=client, timeout_s=TIMEOUT_S)
    message = compose_message()
    order = ["banner", "EHLO", "MAIL", "RCPT", "DATA", "content"]
    right = [b"220 hi\r\n", EHLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 ok\r\n"]

    async def talk(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        for place, reply in zip(order, right, strict=True):
            if place == "content":
                await incoming.readuntil(b"\r\n.\r\n")
            elif place != "banner":
                await incoming.readuntil(b"\r\n")
            if place == at:
                for _ in range(200):
                    outgoing.write(b"2" if at == "banner" else b"250-"[:1])
                    await outgoing.drain()
                    await asyncio.sleep(0.05)
            outgoing.write(reply)

    async def run() -> tuple[Outcome, float]:
        async with serving(talk) as port:
            one, trace = client_of(arm, port), Trace()
            trace.begin()
            started = monotonic()
            outcome = await one.connect(trace)
            if outcome is None:
                outcome = await one.send(one.prepare(message), token_of(RUN_TOKEN, 0), trace)
            took_s = monotonic() - started
            await one.close(Trace())
            return outcome, took_s

    outcome, took_s = uvloop.run(run())
    expected = OutcomeKind.AMBIGUOUS if at == "content" else OutcomeKind.TIMED_OUT
    assert outcome.kind is expected, outcome
    assert took_s < 8.0


_ENDLESS = """
import asyncio, json, sys
import uvloop
from benchkit.model.identity import token_of
from benchkit.model.trace import Trace
from tests.loopback_server import serving
from tests.transports.clients import RUN_TOKEN, client_of
from tests.transports.conftest import arm_of, message
from tests.transports.hostile_smtp import peak_mb

kind, client = sys.argv[1:]
PIECE = {"line": b"a" * 65536, "lines": b"250-" + b"a" * 60 + b"\\r\\n" * 1}[kind]

async def talk(incoming, outgoing):
    outgoing.write(b"220 hi\\r\\n")
    await incoming.readuntil(b"\\r\\n")
    outgoing.write(b"250-" if kind == "line" else b"")
    while True:
        outgoing.write(PIECE * (1 if kind == "line" else 1000))
        await outgoing.drain()

async def run():
    async with serving(talk) as port:
        one, trace = client_of(arm_of("smtp none", client=client, timeout_s=1.0), port), Trace()
        before = peak_mb()
        trace.begin()
        outcome = await one.connect(trace)
        await one.close(Trace())
        print(json.dumps([outcome.kind.label, peak_mb() - before]))

uvloop.run(run())
"""


@pytest.mark.parametrize("kind", ["line", "lines"])
@pytest.mark.parametrize("client", CLIENTS)
def test_an_endless_reply_takes_little_memory(client: str, kind: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ENDLESS, kind, client], capture_output=True, text=True, check=True, timeout=60
    )
    found: Any = json.loads(done.stdout)
    assert found[0] in ("garbled", "timed_out")
    assert found[1] < 100


def asking_for(prompt: bytes, seen: list[bytes]) -> Script:
    """A server that ignores the initial response of AUTH LOGIN, and asks for what `prompt` says, again and again."""

    def answer(unit: bytes) -> bytes:
        seen.append(unit)
        command = unit[:4].upper()
        return b"334 " + prompt + b"\r\n" if command not in (b"QUIT", b"RSET") else b"221 bye\r\n"

    return Script(answer)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("prompt", [b"VXNlcm5hbWU6", b"U29tZXRoaW5nIGVsc2U6", b"", b"!!!"])
def test_only_a_prompt_for_the_password_gets_it(
    client: str, prompt: bytes, make_arm: MakeArm, compose_message: Compose
) -> None:
    """`Username:`, `Something else:`, nothing, and no base64."""
    seen: list[bytes] = []
    arm = make_arm("smtp none login", client=client, timeout_s=30.0)
    (outcome,), _ = by_script(arm, asking_for(prompt, seen), [compose_message()])
    assert outcome.kind is OutcomeKind.GARBLED
    assert b"cGFzc3dvcmQ=" not in b" ".join(seen)


@pytest.mark.parametrize("client", ["aiosmtplib", "wire"])
def test_a_refusal_of_xoauth2_that_comes_as_a_challenge(
    client: str, make_arm: MakeArm, compose_message: Compose
) -> None:
    """Google answers 334 with JSON, and 535 only to the empty line that follows."""

    def answer(unit: bytes) -> bytes:
        if unit.startswith(b"AUTH"):
            return b"334 eyJzdGF0dXMiOiI0MDAifQ==\r\n"
        return b"535 5.7.8 Username and Password not accepted\r\n" if unit == b"" else polite(unit)

    arm = make_arm("smtp none xoauth2", client=client, timeout_s=30.0)
    (outcome,), heard = by_script(arm, Script(answer), [compose_message()])
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED, 535)
    assert b"" in heard
