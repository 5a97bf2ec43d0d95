"""An SMTP connection with faults, or with a transcript: the slower variant of smtp.py.

The next unit is looked at before it is taken, faults say what becomes of it, and the replies to one read still leave
together unless one of them is held back. Replies never change their order.
"""

from __future__ import annotations

from functools import partial
from time import perf_counter_ns

from benchkit.sink.faults import Action, Faults
from benchkit.sink.smtp import SmtpListener, SmtpSession
from benchkit.sink.timers import DelayedReply, IdleTimer

_TOO_LONG_SILENT = b"421 4.4.2 Silent for too long\r\n"


class FaultySmtpSession(SmtpSession):
    def __init__(self, listener: SmtpListener, faults: Faults) -> None:
        super().__init__(listener)
        self._faults = faults
        self._before = ["connect", "banner"]  # points that no client's unit leads to
        self._replies: list[bytes] = []
        self._delayed: DelayedReply | None = None
        self._read_ns = 0
        self._idle = IdleTimer(faults.idle_s, self._hang_up)

    def data_received(self, data: bytes) -> None:
        self._read_ns = perf_counter_ns()
        self._idle.restart()
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._idle.stop()
        if self._delayed is not None:
            self._delayed.cancel()

    def _greet(self) -> None:
        self._idle.restart()
        self._run()

    def _hang_up(self) -> None:
        """RFC 5321 §3.8: 421 may be said at any time."""
        if self._upgrading is None:
            self._replies.append(_TOO_LONG_SILENT)
            self._write()
        self.hang_up()

    def _run(self) -> None:
        while self._delayed is None and not self.transport.is_closing():
            point = self._point()
            if point is None:
                self._write()
                self._settle()
                return
            action = self._faults.meet(point, self._dialogue.messages)
            self._reply(self._answer(point, action.reply), action)

    def _point(self) -> str | None:
        if self._before:
            return self._before.pop(0)
        point = self._dialogue.point()
        if point is None:
            self._dialogue.step()  # incomplete: it throws away what is too long
        return point

    def _answer(self, point: str, refusal: str) -> bytes:
        """The reply to the unit that was found; what a refusal answers is never taken, anything else is."""
        if point == "connect":
            return b""
        if point == "banner":
            self._dialogue.ended = bool(refusal) and not refusal.startswith("2")
            return f"{refusal}\r\n".encode() if refusal else self._dialogue.banner
        reply = self._dialogue.refuse(refusal) if refusal else self._dialogue.step()
        self._note("in", self._dialogue.last_unit, self._read_ns)
        return reply or b""

    def _reply(self, reply: bytes, action: Action) -> None:
        if action.delay_s:
            self._write()
            self.transport.pause_reading()
            self._idle.stop()  # the silence is ours
            self._delayed = DelayedReply(action.delay_s, partial(self._release, reply, action.drop))
        else:
            self._say(reply, action.drop)

    def _release(self, reply: bytes, drop: bool) -> None:
        self._delayed = None
        self._say(reply, drop)
        if not drop:
            self.transport.resume_reading()
            self._idle.restart()
            self._run()

    def _say(self, reply: bytes, drop: bool) -> None:
        if drop:
            self._write()
            self.transport.abort()
        elif reply:
            self._replies.append(reply)

    def _write(self) -> None:
        if self._replies:
            self.transport.write(b"".join(self._replies))
            self._note("out", b"".join(self._replies), 0)
            self._replies.clear()

    def _note(self, direction: str, text: bytes, at_ns: int) -> None:
        if self._connections.transcript is not None:
            self._connections.transcript.add(self.number, direction, text, at_ns)
