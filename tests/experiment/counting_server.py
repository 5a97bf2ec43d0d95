"""A foreign server that counts for itself: `counting_server.py SEED smtp|api`; its port on stdout, and its count at SIGTERM.

It refuses, defers, falls silent, hangs up within a reply, and is slow, by a seeded draw for each message.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys

HOSTILE = (b"550 5.7.1 Empf\xe4nger\r\n", b"451 4.3.0 later\r\n", b"2500 ok\r\n", b"250 2.0")
QUEUED = b'{"id":"<1@shop.example>","message":"Queued. Thank you."}'
HOSTILE_BODIES = {
    b"400 Bad Request": b'{"message":"\\ud800"}',
    b"500 Error": b"[" * 5_000,
    b"429 Too Many Requests": b"",
    b"200 OK": b"{}",
}


class Counting:
    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self.accepted = 0

    async def talk(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        outgoing.write(b"220 counting\r\n")
        try:
            while line := await incoming.readline():
                if line.upper().startswith(b"DATA"):
                    outgoing.write(b"354 go\r\n")
                    await incoming.readuntil(b"\r\n.\r\n")
                    if await self._answer(outgoing):
                        return
                elif line.upper().startswith(b"QUIT"):
                    outgoing.write(b"221 bye\r\n")
                    return
                else:
                    outgoing.write(b"250 ok\r\n")
                await outgoing.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            outgoing.close()

    async def _answer(self, outgoing: asyncio.StreamWriter) -> bool:
        """Whether it hung up. It has the message from the moment at which it says 250, or begins to."""
        what = self._draw.random()
        await asyncio.sleep(self._draw.random() * 0.002)
        if what < 0.96:
            self.accepted += 1
            outgoing.write(b"250 2.0.0 taken\r\n")
            return False
        said = self._draw.choice(HOSTILE)
        self.accepted += said.startswith(b"250 ")  # taken, and the reply cut off: the client must be in doubt
        outgoing.write(said)
        await outgoing.drain()
        return said.startswith(b"250 ")

    async def serve(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        """HTTP; as Mailgun does."""
        try:
            while True:
                head = (await incoming.readuntil(b"\r\n\r\n")).lower()
                await incoming.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))
                if await self._respond(outgoing):
                    return
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            outgoing.close()

    async def _respond(self, outgoing: asyncio.StreamWriter) -> bool:
        """Whether it hung up."""
        what = self._draw.random()
        await asyncio.sleep(self._draw.random() * 0.002)
        status, body = (b"200 OK", QUEUED) if what < 0.97 else self._draw.choice(list(HOSTILE_BODIES.items()))
        self.accepted += body is QUEUED
        response = b"HTTP/1.1 %s\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body)
        cut = what < 0.01  # taken, and the response cut off
        outgoing.write(response[: self._draw.randrange(len(response))] if cut else response)
        await outgoing.drain()
        return cut


async def main() -> None:
    counting, ended = Counting(int(sys.argv[1])), asyncio.Event()
    talk = counting.serve if sys.argv[2] == "api" else counting.talk
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await ended.wait()
    print(counting.accepted, flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
