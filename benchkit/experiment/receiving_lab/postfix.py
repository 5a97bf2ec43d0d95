"""Postfix: one port is the receiver's MX, the other the sender's own mail server, which signs and sends on to the MX."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.experiment.receiving_lab.server_process import fill_in, serving
from benchkit.experiment.receiving_lab.software import POSTFIX_MASTER

_HERE = Path(__file__).parent
_OWN = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")


@contextmanager
def serve_postfix(folder: Path, *, mx: int, submission: int, **values: object) -> Iterator[None]:
    """`values`: the ports `lmtp` and `rspamd`, the socket `opendkim`, and the sender's `domain` and address `sender`."""
    etc = folder / "etc"
    for name in ("etc", "spool", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    given = {"folder": folder, "mx": mx, "submission": submission, **values}
    for name in ("main.cf", "master.cf"):
        fill_in(_HERE / f"postfix.{name}", etc / name, **given)
    shutil.copy("/etc/postfix/dynamicmaps.cf", etc)
    lay_out_queues(folder / "spool")
    # The master itself, not "postfix start-fg", whose shell ends without it.
    with serving([POSTFIX_MASTER, "-c", etc, "-d"], folder, [mx, submission]):
        yield


def lay_out_queues(spool: Path) -> None:
    """Makes the folders that "postfix check" would make in a second or two of shell."""
    for name in _OWN:
        (spool / name).mkdir(mode=0o700)
        shutil.chown(spool / name, "postfix")
    for name, mode in (("maildrop", 0o1730), ("public", 0o710)):
        (spool / name).mkdir()
        shutil.chown(spool / name, "postfix", "postdrop")
        (spool / name).chmod(mode)
    (spool / "pid").mkdir()
