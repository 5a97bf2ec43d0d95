"""The receiver over a real socket: what it keeps, what it refuses, and that no 200 is sent before an event is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from benchkit.errors import StoreError
from benchkit.events.webhook_receiver import Receiver, WebhookSecret
from benchkit.events.webhooks import WEBHOOKS
from benchkit.events.webhooks.webhook import WebhookArrival
from benchkit.model.event import Event, EventKind
from benchkit.model.exchange import Request

SECRET = "a-long-secret"
DELIVERED = Event(
    EventKind.DELIVERED, "mailersend", at_ms=1_700_000_000_000, recipient="b@x.example", message_id="1", event_id="e"
)


def signed(secret: str = SECRET) -> Request:
    (request,) = WEBHOOKS["mailersend"].compose([DELIVERED])
    return WEBHOOKS["mailersend"].sign(request, secret, WebhookArrival())


def wire(request: Request, target: str = "/mailersend", method: str = "POST", more: str = "") -> bytes:
    fields = "".join(f"{name}: {value}\r\n" for name, value in request.headers)
    return (
        f"{method} {target} HTTP/1.1\r\nhost: x\r\n{fields}{more}content-length: {len(request.body)}\r\n\r\n".encode()
        + request.body
    )


def exchange(
    *chunks: bytes, keep: Callable[[Sequence[Mapping[str, Any]]], None] | None = None
) -> tuple[list[bytes], list[Mapping[str, Any]], Receiver]:
    """What comes back for the bytes, what was kept, and the receiver afterwards."""
    kept: list[Mapping[str, Any]] = []

    async def run() -> tuple[list[bytes], Receiver]:
        receiver = Receiver({"mailersend": WebhookSecret(SECRET)}, keep or kept.extend, lambda: 1_700_000_001.0)
        port = await receiver.start("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()
        data = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        await receiver.stop()
        return [line for line in data.split(b"\r\n") if line.startswith(b"HTTP/1.1")], receiver

    answers, receiver = asyncio.run(run())
    return answers, kept, receiver


def test_a_verified_event_is_kept_and_answered() -> None:
    answers, kept, receiver = exchange(wire(signed()))
    assert answers == [b"HTTP/1.1 200 OK"]
    assert [entry["event"]["kind"] for entry in kept] == ["delivered"]
    assert kept[0]["received_ms"] == 1_700_000_001_000
    assert receiver.counts == {"event": 1}


@pytest.mark.parametrize(
    ("data", "status", "what"),
    [
        (wire(signed("other")), b"401 Unauthorized", {"unverified": 1}),
        (wire(Request("POST", "/", (), b"{}")), b"401 Unauthorized", {"unverified": 1}),
        (
            wire(WEBHOOKS["mailersend"].sign(Request("POST", "/", (), b'{"type": "moo"}'), SECRET, WebhookArrival())),
            b"200 OK",
            {"foreign": 1},
        ),
        (wire(signed(), "/mailgun"), b"404 Not Found", {}),
        (wire(signed(), "/"), b"404 Not Found", {}),
        (wire(Request("HEAD", "/", (), b""), method="HEAD"), b"200 OK", {}),
        (wire(signed(), method="PUT"), b"405 Method Not Allowed", {}),
        (b"moo\r\n\r\n", b"400 Bad Request", {}),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000, b"400 Bad Request", {}),
        (
            b"POST /mailersend HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n" + b"x" * 10,
            b"413 Content Too Large",
            {},
        ),
    ],
)
def test_what_is_no_event_is_counted_or_refused(data: bytes, status: bytes, what: dict[str, int]) -> None:
    answers, kept, receiver = exchange(data)
    assert answers[:1] == [b"HTTP/1.1 " + status]
    assert receiver.counts == what
    assert not any("event" in entry for entry in kept)


def test_many_requests_on_one_connection_also_in_pieces() -> None:
    data = wire(signed()) * 50
    answers, kept, _ = exchange(*[data[first : first + 333] for first in range(0, len(data), 333)])
    assert len(answers) == len(kept) == 50


def test_a_chunked_body() -> None:
    request = signed()
    fields = "".join(f"{name}: {value}\r\n" for name, value in request.headers)
    head = f"POST /mailersend HTTP/1.1\r\nhost: x\r\n{fields}transfer-encoding: chunked\r\n\r\n".encode()
    body = (
        b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (request.body[:20], request.body[20:]))
        + b"0\r\n\r\n"
    )
    answers, kept, _ = exchange(head + body)
    assert (answers, len(kept)) == ([b"HTTP/1.1 200 OK"], 1)


def test_what_cannot_be_kept_is_not_acknowledged() -> None:
    def full(entries: Sequence[Mapping[str, Any]]) -> None:
        raise StoreError("no room")

    answers, _, receiver = exchange(wire(signed()), keep=full)
    assert answers == [b"HTTP/1.1 503 Service Unavailable"]
    assert not receiver.counts


def test_a_secret_is_not_shown() -> None:
    assert SECRET not in repr(WebhookSecret(SECRET))
