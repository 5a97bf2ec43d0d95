"""Dovecot's LMTP with Sieve: it knows two users, and one of them refuses by `reject` (RFC 5429), which it answers by mail."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.peers.requirements import need, need_root
from tests.peers.servers.peer import fill_in, serving

HERE = Path(__file__).parent
USERS = ("ann", "picky")
REJECT = """require ["reject", "envelope"];
if envelope :localpart "to" "picky" { reject "550 5.7.1 no such offers, please"; }
"""


@contextmanager
def serve_lmtp(yard: Path, port: int, submission: int) -> Iterator[None]:
    """At that port. What it sends itself goes to `submission`."""
    program = need("dovecot")
    need_root("start Dovecot")
    for name in ("home", "mail", "sieve"):
        (yard / name).mkdir(parents=True)
        shutil.chown(yard / name, "nobody", "nogroup")
    (yard / "sieve" / "reject.sieve").write_text(REJECT, "utf-8")
    (yard / "users").write_text("".join(f"{user}::::::\n" for user in USERS), "utf-8")
    conf = fill_in(HERE / "dovecot_lmtp.conf", yard / "dovecot.conf", yard=yard, lmtp=port, submission=submission)
    with serving([program, "-F", "-c", conf], yard, [port]):
        yield
