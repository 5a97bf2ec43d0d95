"""A foreign SMTP server that counts for itself: `python counting_server.py SEED`; its port on stdout, and its count at SIGTERM.

It refuses, defers, falls silent, hangs up within a reply, and is slow, by a seeded draw for each message.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys

HOSTILE = (b"550 5.7.1 Empf\xe4nger\r\n", b"451 4.3.0 later\r\n", b"2500 ok\r\n", b"250 2.0")


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


async def main() -> None:
    counting, ended = Counting(int(sys.argv[1])), asyncio.Event()
    server = await asyncio.start_server(counting.talk, "127.0.0.1", 0)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await ended.wait()
    print(counting.accepted, flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
