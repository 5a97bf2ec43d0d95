"""Where one condition is measured: at the two ends of a lab's link, or on plain loopback without a lab."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchkit.experiment.lab import LinkSpec
from benchkit.experiment.lab.lab import Lab, LabRefused, Network, open_lab

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Environment:
    lab: Lab | None = None

    @property
    def sink_host(self) -> str:
        return self.lab.server_address if self.lab else LOOPBACK

    @property
    def client(self) -> Network | None:
        return self.lab.client if self.lab else None

    @property
    def server(self) -> Network | None:
        return self.lab.server if self.lab else None


@asynccontextmanager
async def open_environment(link: LinkSpec | None, log: Path, capture: Path | None) -> AsyncIterator[Environment]:
    """Raises LabRefused if the condition needs a link and this machine cannot make one."""
    if link is None:
        yield Environment()
        return
    async with open_lab(link, log, capture) as lab:
        yield Environment(lab)


async def lab_refusal(log: Path) -> str:
    """What this machine lacks for a lab, and how to get it; empty if it can make one. It tries to open one."""
    try:
        async with open_lab(LinkSpec(), log):
            return ""
    except LabRefused as refused:
        return str(refused)
