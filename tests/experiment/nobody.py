"""Commands run as a user who has no power at all, on a machine that lets such users open /dev/net/tun, as most do.

Root prepares it in a mount namespace of its own, so that the machine's device and folders stay as they are: a TUN device of
mode 0666, and a way into folders that Python or this checkout lie in and that only root may enter. Then every capability is
dropped for good and the command begins. `no_namespaces` adds a user namespace in which no further one may be made.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

UID = 65534
_NEEDED = (Path(sys.base_prefix), Path(sys.prefix).resolve(), Path(__file__).parents[2])
_TUN = "mknod -m 0666 /mnt/tun c 10 200; mount --bind /mnt/tun /dev/net/tun"
_DROP = f"exec setpriv --reuid={UID} --regid={UID} --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs"
_NO_NAMESPACES = (
    "unshare --user --map-root-user sh -ec "
    "'echo 0 >/proc/sys/user/max_user_namespaces; exec setpriv --inh-caps=-all --bounding-set=-all \"$@\"' sh"
)


def as_nobody(*command: str, no_namespaces: bool = False) -> tuple[str, ...]:
    """The command that runs this one as the user "nobody"."""
    last = f'{_DROP} {_NO_NAMESPACES if no_namespaces else ""} "$@"'
    script = "; ".join(("mount -t tmpfs -o mode=0755 tmpfs /mnt", _TUN, *_way_in(), last))
    return ("unshare", "--mount", "sh", "-ec", script, "sh", *command)


def why_not() -> str:
    """What this machine lacks for it; empty if the user "nobody" may do all that."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("setpriv") is None:
        return "only root can become nobody, with unshare and setpriv"
    tried = as_nobody("unshare", "--user", "--map-root-user", "--net", "test", "-w", "/dev/net/tun")
    return subprocess.run(tried, capture_output=True, text=True, check=False).stderr.strip()


def _way_in() -> tuple[str, ...]:
    """Closed folders, in that mount namespace only, become empty open ones that hold nothing but what is needed."""
    closed = {path: folder for path in _NEEDED if (folder := _closed_above(path)) is not None}
    kept = {path: f"/mnt/{number}" for number, path in enumerate(closed)}
    return (
        *(f"mkdir {place}; mount --bind '{path}' {place}" for path, place in kept.items()),
        *(f"mount -t tmpfs -o mode=0755 tmpfs '{folder}'" for folder in set(closed.values())),
        *(f"mkdir -p '{path}'; mount --bind {place} '{path}'" for path, place in kept.items()),
    )


def _closed_above(path: Path) -> Path | None:
    """The first folder on the way that only its owner may enter."""
    folders = (*reversed(path.parents), path)
    return next((folder for folder in folders if not folder.stat().st_mode & stat.S_IXOTH), None)
