"""The webhook receiver beside a run, in its own process: it ends when its pipe closes, however the parent ended."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchkit.events.webhook_receiver import Receiver, WebhookSecret
from benchkit.store.events import BEAT_S, JournalWriter

NS_PER_MS = 1_000_000
START_S, END_S = 30.0, 10.0


@dataclass(frozen=True, slots=True)
class RunningReceiver:
    """`folder` holds its journal."""

    host: str
    port: int
    folder: Path
    process: BaseProcess
    pipe: Connection

    def end(self) -> None:
        self.pipe.close()
        self.process.join(END_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def start_receiver(folder: Path, host: str, port: int, secrets: Mapping[str, WebhookSecret]) -> RunningReceiver:
    """Secrets travel through a pipe. Raises OSError where it cannot listen."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_main, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    ours.send((str(folder), host, port, dict(secrets)))
    try:
        port_or_error = ours.recv() if ours.poll(START_S) else "no answer"
    except EOFError:
        port_or_error = "it died at its start"
    if not isinstance(port_or_error, int):
        process.kill()
        process.join()
        raise OSError(f"the receiver of webhooks cannot listen on {host}:{port}: {port_or_error}")
    return RunningReceiver(host, port_or_error, folder, process, ours)


def _main(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the parent's business
    folder, host, port, secrets = pipe.recv()
    asyncio.run(_serve(pipe, Path(folder), host, port, secrets))


async def _serve(pipe: Connection, folder: Path, host: str, port: int, secrets: Mapping[str, WebhookSecret]) -> None:
    journal = JournalWriter(folder)
    journal.append([{"clock_ms": clock_ms()}])
    receiver = Receiver(secrets, journal.append)
    try:
        pipe.send(await receiver.start(host, port))
    except OSError as error:
        pipe.send(error.strerror or str(error))
        return
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(pipe.fileno(), ended.set)
    while not ended.is_set():
        journal.beat()
        try:
            await asyncio.wait_for(ended.wait(), BEAT_S)
        except TimeoutError:
            continue
    await receiver.stop()
    journal.close()


def clock_ms() -> int:
    """What to add to CLOCK_MONOTONIC for Unix time, in milliseconds."""
    return round(time.time() * 1_000) - time.perf_counter_ns() // NS_PER_MS
