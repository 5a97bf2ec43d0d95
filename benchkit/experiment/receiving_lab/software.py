"""The programs that the receiving lab starts: where they are, and what to install if one is missing.

`BENCHKIT_PEERS` names the folder where `tests/peers/install` unpacks packages; rspamd may be there.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from benchkit.errors import InputError, Mistake

UNPACKED = Path(os.environ.get("BENCHKIT_PEERS", "/var/cache/benchkit-peers"))
_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))  # servers are rarely on a user's path
POSTFIX_MASTER = Path("/usr/lib/postfix/sbin/master")
_ROOTS = (Path("/"), UNPACKED / "rspamd")
_FILES = {  # package → a file of it that is needed
    "postfix": POSTFIX_MASTER,
    "dovecot-imapd": Path("/usr/lib/dovecot/imap"),
    "dovecot-lmtpd": Path("/usr/lib/dovecot/lmtp"),
    "dovecot-sieve": Path("/usr/lib/dovecot/modules/lib90_sieve_plugin.so"),
}


@dataclass(frozen=True, slots=True)
class Software:
    """`rspamd_root`: where rspamd's package is, "/" where it is installed."""

    dovecot: Path
    opendkim: Path
    rspamd_root: Path


def find_software() -> Software:
    """Raises InputError, in one line, with what is missing and how to install it."""
    dovecot, opendkim = _program("dovecot"), _program("opendkim")
    rspamd = next((root for root in _ROOTS if (root / "usr/bin/rspamd").exists()), None)
    found = {package: file.exists() for package, file in _FILES.items()}
    found |= {"dovecot-core": bool(dovecot), "opendkim": bool(opendkim), "rspamd": bool(rspamd)}
    missing = [package for package, is_there in found.items() if not is_there]
    if missing or dovecot is None or opendkim is None or rspamd is None:
        install = f"apt-get install --no-install-recommends {' '.join(missing)}"
        problem = (
            f"needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed. On "
            f"Debian: {install}"
        )
        raise InputError(Mistake("receiving_lab", problem))
    if os.geteuid() != 0:
        problem = "needs root: Postfix and Dovecot change to users of their own. Run as root"
        raise InputError(Mistake("receiving_lab", problem))
    return Software(dovecot, opendkim, rspamd)


def _program(name: str) -> Path | None:
    found = shutil.which(name, path=_PATH)
    return Path(found) if found else None
