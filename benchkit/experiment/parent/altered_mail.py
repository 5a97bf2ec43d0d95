"""Mail that arrived changed, kept in the run's folder for inspection: the first few messages, up to a fixed size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from benchkit.errors import StoreError
from benchkit.model.outside_text import printable
from benchkit.model.summary import AlteredMessage
from benchkit.stats.altered import altered_messages
from benchkit.stats.delivery import deliveries
from benchkit.store import ArrivedBytes, arrived_bytes, load_run, write_text

FILE = "altered.txt"
MOST_BYTES = 65_536  # of one mail, and of its envelope
_MOST_MAILS = 24
_EXPLANATION = (
    "Mail that arrived and was not the mail that was sent: the first messages of each arm and kind. After a line that begins\n"
    "with ==== come the envelope (SMTP) or the request (API), an empty line, and the body as it arrived.\n"
)


def keep_altered(folder: Path) -> int:
    """Called after the tables are written and before the spools are removed: how many mails are in `FILE` now.

    On a full disk none is kept: the tables matter more.
    """
    run = load_run(folder)
    altered = {one.send: one for one in altered_messages(run, deliveries(run))}
    if not altered:
        return 0
    mails = [mail for mail, _ in zip(arrived_bytes(folder, altered), range(_MOST_MAILS), strict=False)]
    parts = [part for mail in mails for part in _shown(altered[mail.send], mail)]
    with suppress(StoreError):
        write_text(folder / FILE, b"".join([_EXPLANATION.encode(), *parts]))
        return len(mails)
    return 0


def _shown(message: AlteredMessage, mail: ArrivedBytes) -> Iterator[bytes]:
    differs = ", ".join(message.differs)
    title = f"arm {message.arm}, message {message.message} of the batch, send {message.send}: another {differs}"
    yield f"\n==== {printable(title)}\n".encode()
    for part in (mail.head.rstrip(b"\r\n") + b"\r\n\r\n", mail.body):
        yield part[:MOST_BYTES]
        if len(part) > MOST_BYTES:
            yield b"\n[cut: %d bytes in all]\n" % len(part)
