"""HTTP servers that never stop, or send what unpacks to gigabytes: every client takes little memory. Each has a process."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
import zlib
from itertools import repeat

import pytest
import uvloop

from benchkit.model.identity import token_of
from benchkit.model.trace import Trace
from tests.loopback_server import serving
from tests.transports.clients import RUN_TOKEN, client_of
from tests.transports.conftest import arm_of, message
from tests.transports.hostile_http import response
from tests.transports.hostile_http2 import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    OK_BLOCK,
    PING,
    PREFACE_SETTINGS,
    PUSH,
    SETTINGS,
    STATUS,
    block,
    frame,
)
from tests.transports.hostile_smtp import forget_the_peak, peak_mb
from tests.transports.test_hostile_http import CLIENTS, request_of

MOST_GROWN_MB = 100
TIMEOUT_S = 1.0


def zeros_in_gzip(megabytes: int) -> bytes:
    """Made piece by piece, or this process would hold them."""
    packing = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    return b"".join([packing.compress(bytes(1 << 20)) for _ in range(megabytes)]) + packing.flush()


GIGABYTE = gzip.compress(bytes(1 << 20)) * 1_000  # members, one after the other (RFC 1952 §2.2)
# What a server begins with, and what it then repeats.
HTTP1: dict[str, tuple[bytes, bytes]] = {
    "body": (b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 65_536),
    "field": (b"HTTP/1.1 200 OK\r\nx: ", b"a" * 65_536),
    "fields": (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n" * 8_000),
    "reason": (b"HTTP/1.1 200 ", b"a" * 65_536),
    "interim": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000),
    "tiny chunks": (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 10_000),
    "chunk extension": (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;", b"a" * 65_536),
    "trailers": (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", b"x: y\r\n" * 8_000),
    "gzip": (response(b"200 OK", GIGABYTE, b"content-encoding: gzip"), b""),
    "one gzip member": (
        response(b"200 OK", zeros_in_gzip(200), b"content-encoding: gzip"),
        b"",
    ),
}
_WHOLE = frame(HEADERS, END_HEADERS, 1, OK_BLOCK)
_GZIP = frame(HEADERS, END_HEADERS, 1, block(STATUS, (b"content-encoding", b"gzip")))
_BOMB = b"".join(frame(DATA, 0, 1, GIGABYTE[at : at + 16_384]) for at in range(0, 900_000, 16_384))
HTTP2: dict[str, tuple[bytes, bytes]] = {
    "data": (_WHOLE, frame(DATA, 0, 1, b"a" * 16_384) * 4),
    "empty data": (_WHOLE, frame(DATA, 0, 1, b"") * 7_000),
    "interim": (b"", frame(HEADERS, END_HEADERS, 1, block((b":status", b"103"))) * 4_000),
    "continuation": (frame(HEADERS, 0, 1, b""), frame(CONTINUATION, 0, 1, b"\0" * 16_384) * 4),
    "HPACK": (
        frame(HEADERS, 0, 1, b"\x40\x01x\x7f\xe1\x1e" + b"y" * 4_000),
        frame(CONTINUATION, 0, 1, b"\xbe" * 16_384),
    ),
    "ping": (b"", frame(PING, 0, 0, b"12345678") * 4_000),
    "settings": (b"", frame(SETTINGS, 0, 0, b"") * 7_000),
    "pushes": (b"", frame(PUSH, END_HEADERS, 1, b"\0\0\0\2\x88") * 4_000),
    "gzip": (_GZIP + _BOMB + frame(DATA, END_STREAM, 1, b""), b""),
}


async def grown(begin: bytes, piece: bytes, client: str) -> tuple[str, float]:
    """The outcome of a message, and what the client's process takes more for it, in MB."""

    async def talk(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        if client == "httpx2h2":
            outgoing.write(PREFACE_SETTINGS)
            await incoming.read(65_536)
        else:
            await request_of(incoming)
        outgoing.write(begin)
        for part in repeat(piece) if piece else ():
            outgoing.write(part)
            await outgoing.drain()
        await incoming.read()

    async with serving(talk) as port:
        one, trace = client_of(arm_of("api none", client=client, timeout_s=TIMEOUT_S), port), Trace()
        await one.connect(trace)
        prepared = one.prepare(message())
        forget_the_peak()
        before = peak_mb()
        outcome = await one.send(prepared, token_of(RUN_TOKEN, 0), trace)
        await one.close(Trace())
        return outcome.kind.label, peak_mb() - before


@pytest.mark.parametrize("client", [*CLIENTS, "httpx2h2"])
def test_what_never_ends_takes_little_memory(client: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.transports.test_http_memory", client],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    found: dict[str, tuple[str, float]] = json.loads(run.stdout)
    assert set(found) == set(HTTP2 if client == "httpx2h2" else HTTP1)
    assert {outcome for outcome, _ in found.values()} <= {"garbled", "ambiguous"}
    assert max(grown_mb for _, grown_mb in found.values()) < MOST_GROWN_MB, found


def main(client: str) -> None:
    cases = HTTP2 if client == "httpx2h2" else HTTP1
    found = {kind: uvloop.run(grown(begin, piece, client)) for kind, (begin, piece) in cases.items()}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
