"""HTTP/1.1 servers that break RFC 9110 and 9112, as tables: what they send, and how a message may end."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass

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
    "two codings of transfer": (b"transfer-encoding: gzip, chunked",),
    "coded after the chunks": (b"transfer-encoding: chunked, gzip",),
    "many content codings": (b"content-encoding: " + b"gzip, " * 5_000 + b"gzip", _LENGTH),
    "bare CR in a value": (b"x: a\rb", _LENGTH),
    "length twice in one field": (b"content-length: %d, %d" % (len(TAKEN), len(TAKEN)),),
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
    "1xx, a hundred times too many": Hostile(b"HTTP/1.1 100 Continue\r\n\r\n" * 200 + OK),
    "a fold of headers, then the end": Hostile(b"HTTP/1.1 200 OK\r\n x: y\r\n\r\n" + TAKEN, closes=True),
    "trailers without end": Hostile(
        _raw(b"HTTP/1.1 200 OK", _CHUNKED, body=_CHUNK + b"0\r\n" + b"x: y\r\n" * 300_000), closes=True
    ),
    "a length in the trailers": Hostile(  # RFC 9110 §6.5.1 forbids it
        _raw(b"HTTP/1.1 200 OK", _CHUNKED, body=_CHUNK + b"0\r\ncontent-length: 9\r\n\r\n")
    ),
    "a chunk's extension without end": Hostile(
        _raw(b"HTTP/1.1 200 OK", _CHUNKED, body=b"5;" + b"x" * 2_000_000), closes=True
    ),
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
    "trailers": Hostile(
        _raw(b"HTTP/1.1 200 OK", _CHUNKED, body=_CHUNK + b"0\r\ncontent-encoding: gzip\r\nx: y\r\n\r\n"),
        kinds=frozenset({Kind.ACCEPTED}),
    ),
    "HTTP/1.0": Hostile(_raw(b"HTTP/1.0 200 OK", _LENGTH), closes=True, kinds=frozenset({Kind.ACCEPTED})),
}
