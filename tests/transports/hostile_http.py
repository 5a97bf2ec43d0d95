"""HTTP servers that break RFC 9110, 9112 and 9113, as tables: what they send, and how a message may end."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from h2.connection import H2Connection

from benchkit.model.outcome import OutcomeKind

Kind = OutcomeKind
TAKEN = b'{"id":"<20260101.1@shop.example>","message":"Queued. Thank you."}'
UNTAKEN = frozenset(set(OutcomeKind) - {OutcomeKind.ACCEPTED})
ANY = frozenset(OutcomeKind)


@dataclass(frozen=True, slots=True)
class Hostile:
    """`sends` answers a request; `early` comes before it; `closes` after that. `kinds` are the outcomes that are true."""

    sends: bytes = b""
    early: bytes = b""
    closes: bool = False
    kinds: frozenset[OutcomeKind] = UNTAKEN


def response(status: bytes = b"200 OK", body: bytes = TAKEN, *headers: bytes) -> bytes:
    length = b"content-length: %d" % len(body)
    return b"\r\n".join([b"HTTP/1.1 " + status, length, *headers, b"", body])


def _raw(*lines: bytes, body: bytes = TAKEN) -> bytes:
    return b"\r\n".join([*lines, b"", body])


OK = response()
_LENGTH = b"content-length: %d" % len(TAKEN)
_CHUNKED = b"transfer-encoding: chunked"
_CHUNK = b"%x\r\n%s\r\n" % (len(TAKEN), TAKEN)
_ID_ONLY = json.dumps({"id": "<x@y>"}).encode()

# Status lines that are none.
_STATUS_LINES = {
    "no version": b"200 OK", "SMTP": b"250 ok", "lower case": b"http/1.1 200 OK", "HTTP/9.9": b"HTTP/9.9 200 OK",
    "two digits": b"HTTP/1.1 20 OK", "four digits": b"HTTP/1.1 2000 OK", "letters": b"HTTP/1.1 abc OK",
    "minus": b"HTTP/1.1 -200 OK", "no code": b"HTTP/1.1 OK", "leading blank": b" HTTP/1.1 200 OK", "NUL": b"HTTP/1.1 200\0OK",
    "0": b"HTTP/1.1 000 OK", "99": b"HTTP/1.1 99 OK", "empty": b"", "HTML": b"<html>200</html>",
    "TLS alert": b"\x15\x03\x01\x00\x02\x02\x28", "hex": b"HTTP/1.1 0xC8 OK", "full-width": "HTTP/1.1 ２００ OK".encode(),
}  # fmt: skip
# Header sections that are none, or that contradict themselves.
_HEADERS = {
    "no colon": (b"nonsense", _LENGTH), "blank before the colon": (b"content-length : %d" % len(TAKEN),),
    "two lengths": (_LENGTH, b"content-length: 1"), "negative length": (b"content-length: -5",),
    "length in letters": (b"content-length: ten",), "length with plus": (b"content-length: +70",),
    "huge length": (b"content-length: 99999999999999999999",), "NUL in a value": (b"x: a\0b", _LENGTH),
    "length and chunked": (_LENGTH, _CHUNKED), "unknown coding of transfer": (b"transfer-encoding: magic",),
    "too long a length": (b"content-length: 4000",),
    "a header without end": (b"x: " + b"a" * 200_000,), "headers without end": (b"x: y",) * 40_000,
    "unknown content coding": (b"content-encoding: br", _LENGTH), "no gzip": (b"content-encoding: gzip", _LENGTH),
    "no deflate": (b"content-encoding: deflate", _LENGTH), "empty name": (b": x", _LENGTH),
}  # fmt: skip
_STATUSES = {
    "301": Kind.REJECTED, "302": Kind.REJECTED, "304": Kind.REJECTED, "400": Kind.REJECTED, "401": Kind.REJECTED,
    "403": Kind.REJECTED, "404": Kind.REJECTED, "413": Kind.REJECTED, "420": Kind.THROTTLED, "429": Kind.THROTTLED,
    "408": Kind.DEFERRED, "500": Kind.DEFERRED, "502": Kind.DEFERRED, "503": Kind.DEFERRED, "504": Kind.DEFERRED,
    "599": Kind.DEFERRED,
}  # fmt: skip
_BODIES = {
    "empty": b"", "no JSON": b"ok", "a list": b"[]", "null": b"null", "a number": b"200", "no id": b'{"message":"Queued"}',
    "empty id": b'{"id":""}', "id is a number": b'{"id":7}', "id is null": b'{"id":null}',
    "nested deeply": b"[" * 100_000, "objects nested deeply": b'{"a":' * 50_000, "lone surrogate": b'{"message":"\\ud800"}',
    "Latin-1": b'{"message":"Empf\xe4nger"}', "cut": TAKEN[:-4],
    "Magnificent": b"Mailgun Magnificent API", "NUL": b"\0" * 100, "escapes": b'{"message":"\\u001b[31mred"}',
}  # fmt: skip
HTTP1: dict[str, Hostile] = {
    **{f"status line: {name}": Hostile(_raw(line, _LENGTH), closes=True) for name, line in _STATUS_LINES.items()},
    **{f"headers: {name}": Hostile(_raw(b"HTTP/1.1 200 OK", *lines), closes=True) for name, lines in _HEADERS.items()},
    **{f"status {code}": Hostile(response(code.encode() + b" X"), kinds=UNTAKEN) for code in _STATUSES},
    **{f"body: {name}": Hostile(response(body=body)) for name, body in _BODIES.items()},
    "silence": Hostile(),
    "the end": Hostile(closes=True),
    "101": Hostile(response(b"101 Switching Protocols", b"")),
    "1xx without end": Hostile(b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000),
    "1xx and the end": Hostile(b"HTTP/1.1 102 Processing\r\n\r\n" * 3, closes=True),
    "chunk in letters": Hostile(
        _raw(b"HTTP/1.1 200 OK", _CHUNKED, body=b"zz\r\n" + TAKEN + b"\r\n0\r\n\r\n"), closes=True
    ),
    "chunk cut": Hostile(_raw(b"HTTP/1.1 200 OK", _CHUNKED, body=_CHUNK[:-10]), closes=True),
    "last chunk missing": Hostile(_raw(b"HTTP/1.1 200 OK", _CHUNKED, body=_CHUNK), closes=True),
    "chunk too large": Hostile(_raw(b"HTTP/1.1 200 OK", _CHUNKED, body=b"ffffffffffffffff\r\n" + TAKEN), closes=True),
    "body cut": Hostile(response()[:-5], closes=True),
    "gzip bomb": Hostile(response(b"200 OK", gzip.compress(b"a" * 100_000_000, 9), b"content-encoding: gzip")),
    "deflate bomb": Hostile(response(b"200 OK", zlib.compress(b"a" * 100_000_000, 9), b"content-encoding: deflate")),
    "gzip of gzip": Hostile(
        response(b"200 OK", gzip.compress(gzip.compress(b"a" * 30_000_000)), b"content-encoding: gzip, gzip")
    ),
    "body beyond a megabyte": Hostile(response(body=b" " * 3_000_000 + TAKEN)),
    "204 with a body": Hostile(response(b"204 No Content"), closes=True),
    "answered before it was asked": Hostile(early=OK, closes=False),
    "refused before it was asked": Hostile(early=response(b"503 Busy"), closes=True),
}
# What is unusual and right.
FINE: dict[str, Hostile] = {
    "chunked": Hostile(
        _raw(b"HTTP/1.1 200 OK", _CHUNKED, body=_CHUNK + b"0\r\n\r\n"), kinds=frozenset({Kind.ACCEPTED})
    ),
    "1xx first": Hostile(b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK, kinds=frozenset({Kind.ACCEPTED})),
    "until the end": Hostile(_raw(b"HTTP/1.1 200 OK"), closes=True, kinds=frozenset({Kind.ACCEPTED})),
    "in gzip": Hostile(
        response(b"200 OK", gzip.compress(TAKEN), b"content-encoding: gzip"), kinds=frozenset({Kind.ACCEPTED})
    ),
    "HTTP/1.0": Hostile(_raw(b"HTTP/1.0 200 OK", _LENGTH), closes=True, kinds=frozenset({Kind.ACCEPTED})),
}

Answer = Callable[[H2Connection, int], bytes | None]


def _fields(*fields: tuple[bytes, bytes], body: bytes = TAKEN, end: bool = True) -> Answer:
    def answer(server: H2Connection, stream: int) -> None:
        server.send_headers(stream, list(fields), end_stream=not body and end)
        if body:
            server.send_data(stream, body, end_stream=end)

    return answer


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def _bytes(*frames: tuple[int, int, int | None, bytes]) -> Answer:
    """(type, flags, stream, payload); a stream of None is the request's own."""
    return lambda server, stream: b"".join(
        _frame(kind, flags, stream if own is None else own, payload) for kind, flags, own, payload in frames
    )


_S = (b":status", b"200")
HTTP2: dict[str, Answer] = {
    "no status": _fields((b"x", b"y")),
    "two statuses": _fields(_S, (b":status", b"202")),
    "status in letters": _fields((b":status", b"abc")),
    "empty status": _fields((b":status", b"")),
    "status of two digits": _fields((b":status", b"20")),
    "status of four digits": _fields((b":status", b"2000")),
    "negative status": _fields((b":status", b"-200")),
    "status with plus": _fields((b":status", b"+200")),
    "status with a blank": _fields((b":status", b" 200")),
    "full-width status": _fields((b":status", "２００".encode())),
    "status after a field": _fields((b"x", b"y"), _S),
    "CR LF in a field": _fields(_S, (b"x", b"a\r\nb: c")),
    "NUL in a field": _fields(_S, (b"x", b"a\0b")),
    "upper-case name": _fields(_S, (b"X-Upper", b"y")),
    "connection field": _fields(_S, (b"connection", b"close")),
    "transfer-encoding": _fields(_S, (b"transfer-encoding", b"chunked")),
    "a request's pseudo-header": _fields(_S, (b":path", b"/")),
    "unknown pseudo-header": _fields(_S, (b":made-up", b"x")),
    "length too long": _fields(_S, (b"content-length", b"9999")),
    "length too short": _fields(_S, (b"content-length", b"1")),
    "1xx only": _fields((b":status", b"103"), body=b"", end=False),
    "without end": _fields(_S, end=False),
    "500": _fields((b":status", b"500")),
    "429": _fields((b":status", b"429")),
    "302": _fields((b":status", b"302")),
    "no id": _fields(_S, body=b"{}"),
    "nested deeply": _fields(_S, body=b"[" * 16_000),
    "gzip bomb": _fields(_S, (b"content-encoding", b"gzip"), body=gzip.compress(b"a" * 10_000_000, 9)),
    "silence": lambda server, stream: None,
    "data before headers": _bytes((0, 1, None, TAKEN)),
    "headers on another stream": _bytes((1, 5, 3, b"\x88")),
    "garbage for frames": lambda server, stream: b"HTTP/1.1 200 OK\r\n\r\n" + TAKEN,
    "HPACK without sense": _bytes((1, 5, None, b"\xff\xff\xff\xff\xff")),
    "PING without end": _bytes(*((6, 0, 0, b"12345678"),) * 20_000),
    "SETTINGS without end": _bytes(*((4, 0, 0, b""),) * 20_000),
    "CONTINUATION without end": _bytes((1, 0, None, b""), *((9, 0, None, b""),) * 5_000),
    "a frame too large": _bytes((0, 0, None, b"a" * 70_000)),
    "window overflow": _bytes((8, 0, 0, b"\x7f\xff\xff\xff"), (8, 0, 0, b"\x7f\xff\xff\xff")),
    "push without leave": _bytes((5, 4, None, b"\x00\x00\x00\x02\x88")),
}
