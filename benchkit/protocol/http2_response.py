"""The responses of one HTTP/2 connection (RFC 9113), one request at a time: bytes in, checked frames out, no I/O.

It reads the same bytes as the library, but first. Responses that the library would wrongly accept raise `GarbledResponse`. A
graceful GOAWAY is withheld from the library: h2 would close its connection at once and lose the response that follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hpack import Decoder, HPACKError

from benchkit.model.exchange import Response
from benchkit.protocol.http2_fields import Field, check_fields, content_length_of, status_of
from benchkit.protocol.http2_frames import FRAME_HEAD, Flag, Frame, FrameType, frames_of, unpadded
from benchkit.protocol.response_reader import EARLY, MAX_HEAD, MAX_INTERIM, MAX_RESPONSE, GarbledResponse

MAX_FRAMES = 10_000  # for one response, frames of any type
_NO_ERROR, _REFUSED_STREAM = 0, 7  # RFC 9113 §7
_STREAM_BITS = 0x7FFF_FFFF


@dataclass(slots=True)
class _Incoming:
    """The current response on `stream`."""

    stream: int = 0
    status: int = 0  # 0 before its final header section
    fields: Sequence[Field] = ()
    length: int | None = None
    body: list[bytes] = field(default_factory=list)
    size: int = 0
    interim: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class _HeaderBlock:
    """A field section that still waits for CONTINUATION frames."""

    stream: int
    ends_stream: bool
    fragment: bytes


class Http2ResponseReader:
    """`going_away`: no further request may leave. `refusal_reason`: why the request gets no response; `unprocessed`: the
    server did not process the request (RFC 9113 §8.7).
    """

    def __init__(self) -> None:
        self._decoder = Decoder(max_header_list_size=MAX_HEAD)
        self._rest = b""
        self._settled = False
        self._block: _HeaderBlock | None = None
        self._incoming = _Incoming()
        self._size = self._frames = 0
        self.going_away = self.unprocessed = False
        self.refusal_reason = ""

    def expect(self, stream: int) -> None:
        """A request is written on this stream: the state of the last response is cleared."""
        self._incoming = _Incoming(stream)
        self._size = self._frames = 0
        self.unprocessed, self.refusal_reason = False, ""

    @property
    def response(self) -> Response | None:
        """The response to the request, once it is complete."""
        incoming = self._incoming
        if not incoming.whole:
            return None
        fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in incoming.fields)
        return Response(incoming.status, fields, b"".join(incoming.body))

    def feed(self, data: bytes, *, early: bool = False) -> bytes:
        """The complete frames for the library; a partial frame waits for its remaining bytes.

        `early`: the bytes arrived before the request. Raises GarbledResponse.
        """
        self._size += len(data)
        if self._size > MAX_RESPONSE:
            raise GarbledResponse(f"the response is larger than {MAX_RESPONSE} bytes")
        pending = self._rest + data
        if not self._settled and pending[: len(b"HTTP/")] == b"HTTP/":
            raise GarbledResponse(f"the server does not speak HTTP/2: {pending[:40]!r}")
        passed, end = [], 0
        for frame in frames_of(pending):
            if self._take(frame, early):
                passed.append(pending[end : end + FRAME_HEAD + len(frame.payload)])
            end += FRAME_HEAD + len(frame.payload)
        self._rest = pending[end:]
        return b"".join(passed)

    def _take(self, frame: Frame, early: bool) -> bool:
        """Whether the library may have this frame."""
        self._frames += 1
        if self._frames > MAX_FRAMES:
            raise GarbledResponse(f"more than {MAX_FRAMES} HTTP/2 frames for one response")
        if not self._settled and frame.type != FrameType.SETTINGS:  # RFC 9113 §3.4
            raise GarbledResponse("an HTTP/2 connection that does not begin with SETTINGS")
        self._settled = True
        if self._block is not None and (frame.type, frame.stream) != (FrameType.CONTINUATION, self._block.stream):
            raise GarbledResponse("another frame between HEADERS and CONTINUATION")  # RFC 9113 §6.10
        match frame.type:
            case FrameType.HEADERS | FrameType.CONTINUATION:
                self._take_fields(frame, early)
            case FrameType.DATA:
                self._take_data(frame, early)
            case FrameType.PUSH_PROMISE:
                raise GarbledResponse("a pushed response, which was not allowed")
            case FrameType.RST_STREAM if frame.stream == self._incoming.stream and not self._incoming.whole:
                self._take_back(f"the server reset the stream ({_code(frame.payload)})")
                self.unprocessed = _code(frame.payload) == _REFUSED_STREAM
            case FrameType.GOAWAY:
                return self._go_away(frame.payload)
        return True

    def _take_fields(self, frame: Frame, early: bool) -> None:
        if frame.type == FrameType.HEADERS:
            block = _HeaderBlock(frame.stream, bool(frame.flags & Flag.END_STREAM), unpadded(frame))
        elif self._block is None:
            raise GarbledResponse("CONTINUATION without HEADERS")
        else:
            before = self._block
            block = _HeaderBlock(before.stream, before.ends_stream, before.fragment + frame.payload)
        if len(block.fragment) > MAX_HEAD:
            raise GarbledResponse(f"the header is larger than {MAX_HEAD} bytes")
        self._block = None if frame.flags & Flag.END_HEADERS else block
        if self._block is None:
            try:
                fields: list[Field] = [
                    (bytes(name), bytes(value)) for name, value in self._decoder.decode(block.fragment, raw=True)
                ]
            except HPACKError as error:
                raise GarbledResponse(f"a header that HPACK cannot decode: {error}") from None
            if self._is_mine(block.stream, early):
                self._understand(fields, ends_stream=block.ends_stream)

    def _understand(self, fields: Sequence[Field], *, ends_stream: bool) -> None:
        incoming = self._incoming
        if incoming.status:
            check_fields(fields)
            if not ends_stream:
                raise GarbledResponse("a second header section in one response")  # RFC 9113 §8.1
        elif (status := status_of(fields)) // 100 == 1:
            incoming.interim += 1
            if ends_stream or incoming.interim > MAX_INTERIM:
                raise GarbledResponse(f"{incoming.interim} interim responses and no other")
        else:
            incoming.status, incoming.fields = status, fields[1:]
            incoming.length = content_length_of(fields)
        if ends_stream:
            self._end()

    def _take_data(self, frame: Frame, early: bool) -> None:
        data = unpadded(frame)
        if not self._is_mine(frame.stream, early):
            return
        incoming = self._incoming
        if not incoming.status:
            raise GarbledResponse("the body of a response before its header")
        incoming.body.append(data)
        incoming.size += len(data)
        if frame.flags & Flag.END_STREAM:
            self._end()

    def _is_mine(self, stream: int, early: bool) -> bool:
        """Whether the frame belongs to the current response; a finished stream may still have frames in flight."""
        incoming = self._incoming
        if stream < incoming.stream and stream % 2:
            return False
        if stream != incoming.stream or not stream:
            raise GarbledResponse("a response on a stream without a request")
        if early:
            raise GarbledResponse(EARLY)
        if incoming.whole:
            raise GarbledResponse("more of a response behind its end")
        return True

    def _end(self) -> None:
        incoming = self._incoming
        if incoming.length not in (None, incoming.size):  # RFC 9113 §8.1.1
            raise GarbledResponse(f"a body of {incoming.size} bytes where content-length is {incoming.length}")
        incoming.whole = True

    def _go_away(self, payload: bytes) -> bool:
        """RFC 9113 §6.8: streams up to the last one that it names go on."""
        last, code = int.from_bytes(payload[:4], "big") & _STREAM_BITS, _code(payload[4:])
        self.going_away = True
        if self._incoming.whole:
            return False
        if last < self._incoming.stream:
            self._take_back(f"the server closes the connection (GOAWAY, {code}) and did nothing about the request")
            self.unprocessed = True
        elif code != _NO_ERROR:
            self._take_back(f"the server closes the connection (GOAWAY, {code})")
        return bool(self.refusal_reason)

    def _take_back(self, why: str) -> None:
        self.refusal_reason = why


def _code(payload: bytes) -> int:
    return int.from_bytes(payload[:4], "big")
