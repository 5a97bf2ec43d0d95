"""scenarios/peers-jmap-or-smtp.toml against its servers: a Cyrus that takes JMAP, a Postfix that takes submissions with AUTH.

`sudo .venv/bin/python -m tests.peers.jmap_or_smtp` starts both on ports of the kernel's choice, runs the scenario with any
further options of `benchkit run`, and ends them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.peers.servers import cyrus, postfix
from tests.peers.servers.cyrus import Cyrus
from tests.peers.servers.peer import Account, Peer, new_yard

SCENARIO = Path(__file__).parents[2] / "scenarios" / "peers-jmap-or-smtp.toml"
EVERY_DOMAIN = {"virtual_mailbox_domains": "static:all"}  # every receipt ends up in the one mailbox


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the scenario's mail goes; what Cyrus takes ends up at its relay."""

    jmap: Cyrus
    submission: Peer

    def command(self, *options: str) -> list[str]:
        """`benchkit run` of the scenario, with the ports of these servers."""
        arms = tomllib.loads(SCENARIO.read_text("utf-8"))["arm"]
        ports = {"api": self.jmap.port, "smtp": self.submission.listeners[0].port}
        messages = (("--set", f"arm.{number}.server.port={ports[arm['transport']]}") for number, arm in enumerate(arms))
        return [
            sys.executable,
            "-m",
            "benchkit",
            "run",
            str(SCENARIO),
            *(word for pair in messages for word in pair),
            *options,
        ]

    @property
    def environment(self) -> Mapping[str, str]:
        return os.environ | {"BENCHKIT_PEER_PASSWORD": Account().password}


@contextmanager
def both() -> Iterator[Servers]:
    with new_yard() as yard:
        for name in ("jmap", "submission"):
            (yard / name).mkdir(mode=0o755)
        with (
            cyrus.start(yard / "jmap", **EVERY_DOMAIN) as jmap,
            postfix.start(yard / "submission", **EVERY_DOMAIN) as submission,
        ):
            yield Servers(jmap, submission)


def main() -> int:
    with both() as servers:
        return subprocess.run(servers.command(*sys.argv[1:]), env=servers.environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
