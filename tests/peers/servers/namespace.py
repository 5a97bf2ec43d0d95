"""A mount namespace of a server's own, for the users and places that it has compiled in. The machine's own stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.peers.requirements import need, need_root

_FIRST_ID = 64001  # not a number that Debian gives out by itself


def own_namespace(yard: Path, users: tuple[str, ...], places: Mapping[str, Path] | None = None) -> list[str]:
    """The beginning of a command: what follows sees `users` in passwd and group, and each folder of `places` at its path."""
    need_root("give a server a mount namespace")
    bindings = {**_accounts(yard, users), **(places or {})}
    mounts = [f"mount --bind '{source}' '{target}'" for target, source in bindings.items()]
    return [str(need("unshare")), "--mount", "sh", "-c", " && ".join([*mounts, 'exec "$@"']), "namespace"]


def _accounts(yard: Path, users: tuple[str, ...]) -> dict[str, Path]:
    lines = {
        "passwd": [f"{user}:x:{number}:{number}::/nonexistent:/bin/false\n" for number, user in _numbered(users)],
        "group": [f"{user}:x:{number}:\n" for number, user in _numbered(users)],
    }
    found = {}
    for name, added in lines.items():
        path = found[f"/etc/{name}"] = yard / name
        path.write_text(Path("/etc", name).read_text("utf-8") + "".join(added), "utf-8")
    return found


def _numbered(users: tuple[str, ...]) -> enumerate[str]:
    return enumerate(users, _FIRST_ID)
