"""HTTP/2 servers that break RFC 9113, and some that are right though unusual, as tables: what they answer a request with."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import StreamEnded
from h2.exceptions import ProtocolError
from hpack import Encoder

from tests.transports.hostile_http import TAKEN

Answer = Callable[[H2Connection, int], bytes | None]
DATA, HEADERS, PRIORITY, RST, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, END_HEADERS, PADDED, WITH_PRIORITY = 1, 4, 8, 32
PREFACE_SETTINGS = bytes((0, 0, 0, SETTINGS, 0, 0, 0, 0, 0))
STATUS = (b":status", b"200")


def response(*fields: tuple[bytes, bytes], body: bytes = TAKEN, end: bool = True) -> Answer:
    def answer(server: H2Connection, stream: int) -> None:
        server.send_headers(stream, list(fields), end_stream=not body and end)
        if body:
            server.send_data(stream, body, end_stream=end)

    return answer


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def frames(*parts: tuple[int, int, int | None, bytes]) -> Answer:
    """(type, flags, stream, payload); a stream of None is the request's own."""
    return lambda server, stream: b"".join(
        frame(kind, flags, stream if own is None else own, payload) for kind, flags, own, payload in parts
    )


def block(*fields: tuple[bytes, bytes]) -> bytes:
    return Encoder().encode(fields)


OK_BLOCK = block(STATUS)
WHOLE = ((HEADERS, END_HEADERS, None, OK_BLOCK), (DATA, END_STREAM, None, TAKEN))
# Malformed responses (§8.1.1) and errors of a connection or stream: outside the protocol.
MALFORMED: dict[str, Answer] = {
    "no status": response((b"x", b"y")),
    "two statuses": response(STATUS, (b":status", b"202")),
    "the same status twice": response(STATUS, STATUS),
    "status in letters": response((b":status", b"abc")),
    "empty status": response((b":status", b"")),
    "status of two digits": response((b":status", b"20")),
    "status of four digits": response((b":status", b"2000")),
    "negative status": response((b":status", b"-200")),
    "status with plus": response((b":status", b"+200")),
    "status with a blank": response((b":status", b" 200")),
    "full-width status": response((b":status", "２００".encode())),
    "status 101": response((b":status", b"101")),
    "status after a field": response((b"x", b"y"), STATUS),
    "CR LF in a field": response(STATUS, (b"x", b"a\r\nb: c")),
    "CR in a field": response(STATUS, (b"x", b"a\rb")),
    "NUL in a field": response(STATUS, (b"x", b"a\0b")),
    "blank around a value": response(STATUS, (b"x", b" a")),
    "blank in a name": response(STATUS, (b"x y", b"a")),
    "empty name": response(STATUS, (b"", b"a")),
    "upper-case name": response(STATUS, (b"X-Upper", b"y")),
    "connection field": response(STATUS, (b"connection", b"close")),
    "transfer-encoding": response(STATUS, (b"transfer-encoding", b"chunked")),
    "a request's pseudo-header": response(STATUS, (b":path", b"/")),
    "unknown pseudo-header": response(STATUS, (b":made-up", b"x")),
    "length too long": response(STATUS, (b"content-length", b"9999")),
    "length too short": response(STATUS, (b"content-length", b"1")),
    "length in letters": response(STATUS, (b"content-length", b"ten")),
    "two lengths": response(STATUS, (b"content-length", b"%d" % len(TAKEN)), (b"content-length", b"1")),
    "1xx that ends": frames((HEADERS, END_HEADERS | END_STREAM, None, block((b":status", b"103")))),
    "1xx without end": frames(*((HEADERS, END_HEADERS, None, block((b":status", b"103"))),) * 5_000, *WHOLE),
    "data before headers": frames((DATA, END_STREAM, None, TAKEN)),
    "data after 1xx": frames((HEADERS, END_HEADERS, None, block((b":status", b"103"))), (DATA, END_STREAM, None, TAKEN)),
    "headers twice": frames((HEADERS, END_HEADERS, None, OK_BLOCK), *WHOLE),
    "status in trailers": frames(WHOLE[0], (DATA, 0, None, TAKEN), (HEADERS, END_HEADERS | END_STREAM, None, OK_BLOCK)),
    "headers on another stream": frames((HEADERS, END_HEADERS | END_STREAM, 3, OK_BLOCK)),
    "headers on stream 0": frames((HEADERS, END_HEADERS | END_STREAM, 0, OK_BLOCK)),
    "garbage for frames": lambda server, stream: b"HTTP/1.1 200 OK\r\n\r\n" + TAKEN,
    "HPACK without sense": frames((HEADERS, END_HEADERS | END_STREAM, None, b"\xff\xff\xff\xff\xff")),
    "HPACK that grows": frames((HEADERS, END_HEADERS, None, b"\x40\x01x\x7f\xe1\x1e" + b"y" * 4_000 + b"\xbe" * 12_000)),
    "CONTINUATION without end": frames((HEADERS, 0, None, b""), *((CONTINUATION, 0, None, b""),) * 25_000),
    "CONTINUATION of megabytes": frames(
        (HEADERS, 0, None, OK_BLOCK), *((CONTINUATION, 0, None, b"\0" * 16_000),) * 60
    ),
    "CONTINUATION without HEADERS": frames((CONTINUATION, END_HEADERS, None, OK_BLOCK)),
    "another frame within headers": frames(
        (HEADERS, 0, None, OK_BLOCK), (PING, 0, 0, b"12345678"), (CONTINUATION, END_HEADERS, None, b"")
    ),
    "a frame too large": frames((DATA, 0, None, b"a" * 70_000)),
    "padding beyond the frame": frames(WHOLE[0], (DATA, PADDED | END_STREAM, None, b"\xff" + TAKEN)),
    "push without leave": frames((PUSH, END_HEADERS, None, b"\x00\x00\x00\x02\x88")),
    "more behind the end": frames(*WHOLE, *WHOLE),
}  # fmt: skip
# More than is waited for, or than there is time for.
FLOODS: dict[str, Answer] = {
    "PING": frames(*((PING, 0, 0, b"12345678"),) * 25_000),
    "SETTINGS": frames(*((SETTINGS, 0, 0, b""),) * 25_000),
    "unknown frames": frames(*((99, 0, 0, b""),) * 25_000),
    "empty data": frames(WHOLE[0], *((DATA, 0, None, b""),) * 25_000),
    "data": frames(WHOLE[0], *((DATA, 0, None, b" " * 16_000),) * 100),
}
# Right in form, and no acceptance.
UNTAKEN: dict[str, Answer] = {
    "1xx only": response((b":status", b"103"), body=b"", end=False),
    "without end": response(STATUS, end=False),
    "500": response((b":status", b"500")),
    "429": response((b":status", b"429")),
    "302": response((b":status", b"302")),
    "no id": response(STATUS, body=b"{}"),
    "nested deeply": response(STATUS, body=b"[" * 16_000),
    "lone surrogate": response((b":status", b"400"), body=b'{"message":"\\ud800"}'),
    "gzip bomb": response(STATUS, (b"content-encoding", b"gzip"), body=gzip.compress(b"a" * 10_000_000, 9)),
    "unknown content coding": response(STATUS, (b"content-encoding", b"br")),
    "silence": lambda server, stream: None,
    "window overflow": frames((WINDOW, 0, 0, b"\x7f\xff\xff\xff"), (WINDOW, 0, 0, b"\x7f\xff\xff\xff")),
    "reset": frames((RST, 0, None, bytes(4))),
}
TAKEN_ANSWERS: dict[str, Answer] = {
    "plain": frames(*WHOLE),
    "1xx first": frames((HEADERS, END_HEADERS, None, block((b":status", b"103"))), *WHOLE),
    "trailers": frames(
        WHOLE[0], (DATA, 0, None, TAKEN), (HEADERS, END_HEADERS | END_STREAM, None, block((b"x", b"y")))
    ),
    "padded, with priority": frames(
        (HEADERS, END_HEADERS | PADDED | WITH_PRIORITY, None, b"\2" + bytes(5) + OK_BLOCK + b"\0\0"),
        (DATA, END_STREAM | PADDED, None, b"\3" + TAKEN + b"\0\0\0"),
    ),
    "CONTINUATION": frames((HEADERS, 0, None, OK_BLOCK[:1]), (CONTINUATION, END_HEADERS, None, OK_BLOCK[1:]), WHOLE[1]),
    "a right length": response(STATUS, (b"content-length", b"%d" % len(TAKEN))),
    "byte by byte": frames(WHOLE[0], *((DATA, 0, None, bytes((byte,))) for byte in TAKEN), (DATA, END_STREAM, None, b"")),
    "other frames between": frames(
        (PING, 0, 0, b"12345678"), (99, 0, 0, b"?"), WHOLE[0], (WINDOW, 0, 0, bytes((0, 0, 0, 9))), WHOLE[1]
    ),
    "gzip": response(STATUS, (b"content-encoding", b"gzip"), body=gzip.compress(TAKEN)),
    "reset behind the end": frames(*WHOLE, (RST, 0, None, bytes(4))),
}  # fmt: skip
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]


def server_of(*answers: Answer) -> Serve:
    """A server that gives one answer to each request, the last one again and again."""

    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        config = H2Configuration(client_side=False, validate_outbound_headers=False, normalize_outbound_headers=False)
        server, left = H2Connection(config), list(answers)
        server.initiate_connection()
        outgoing.write(server.data_to_send())
        while data := await incoming.read(65_536):
            try:
                events = server.receive_data(data)
            except ProtocolError:
                return
            for event in events:
                if isinstance(event, StreamEnded) and event.stream_id:
                    said = (left.pop(0) if len(left) > 1 else left[0])(server, event.stream_id)
                    outgoing.write(server.data_to_send() + (said or b""))
            outgoing.write(server.data_to_send())
            await outgoing.drain()

    return serve
