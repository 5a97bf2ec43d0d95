"""Dovecot: takes mail by LMTP, files what rspamd marked as spam into Junk by Sieve, and shows both by IMAP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.experiment.receiving_lab.server_process import fill_in, serving

_HERE = Path(__file__).parent
USERNAME = "lab"
UNPRIVILEGED = 65534  # the user and group of dovecot.conf, on every Debian
_JUNK = """require ["fileinto"];
if header :is "X-Spam" "Yes" { fileinto "Junk"; }
"""


@contextmanager
def serve_dovecot(folder: Path, program: Path, *, lmtp: int, imap: int, password: str) -> Iterator[None]:
    for name in ("home", "mail", "sieve"):
        (folder / name).mkdir()
        shutil.chown(folder / name, UNPRIVILEGED, UNPRIVILEGED)
    (folder / "sieve" / "junk.sieve").write_text(_JUNK, "utf-8")
    conf = fill_in(
        _HERE / "dovecot.conf", folder / "dovecot.conf",
        folder=folder, lmtp=lmtp, imap=imap, username=USERNAME, password=password,
    )  # fmt: skip
    conf.chmod(0o600)
    with serving([program, "-F", "-c", conf], folder, [lmtp, imap]):
        yield
