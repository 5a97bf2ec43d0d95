"""The live view of a run: on a terminal a panel, at most four times a second; elsewhere plain lines now and then."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Group, RenderableType

    from benchkit.model.run import Manifest
    from benchkit.stats.live import LiveTally

TIMES_A_SECOND = 4
LINES_EVERY_S = 30.0


class RunInProgress:
    """What the files of a run say by now; each look reads only what is new."""

    def __init__(self, folder: Path) -> None:
        from benchkit.model.tables import MESSAGES
        from benchkit.stats.live import LiveTally
        from benchkit.store import manifest_now
        from benchkit.store.growing_spool import GrowingSpools

        self._folder = folder
        self._spools = GrowingSpools(folder, MESSAGES.name)
        self._manifest_now = manifest_now
        self.manifest: Manifest = manifest_now(folder)
        self.tally: LiveTally = LiveTally()

    @property
    def planned(self) -> int:
        manifest = self.manifest
        restarts = max(1, int(manifest.load.get("restarts", 1)))
        blocks = manifest.blocks + manifest.warmup_blocks * restarts
        return blocks * manifest.messages_per_block * len(manifest.arms) * len(manifest.conditions)

    def look(self) -> None:
        for rows in self._spools.new_rows():
            self.tally.add(rows)

    def has_ended(self) -> bool:
        from benchkit.model.run import RunStatus

        self.manifest = self._manifest_now(self._folder)
        return self.manifest.status is not RunStatus.RUNNING


class LivePanel:
    """Drawn by rich: `above` and then a row for each arm, once the run has begun."""

    def __init__(self, above: RenderableType) -> None:
        self._above = above
        self._run: RunInProgress | None = None
        self._width = 100

    def begins(self, folder: Path) -> None:
        self._run = RunInProgress(folder)

    def __rich__(self) -> Group:
        from rich.console import Console, Group

        from benchkit.report.content.live import live_table
        from benchkit.report.terminal_table import tables

        if self._run is None:
            return Group(self._above)
        self._run.look()
        shown = live_table(self._run.manifest, self._run.tally)
        return Group(self._above, *tables(shown, Console(stderr=True).width))


class PlainLines:
    """On stderr where that is no terminal: a line for all, and one for each arm, every LINES_EVERY_S."""

    def __init__(self) -> None:
        self._run: RunInProgress | None = None
        self._last_line_s = monotonic()

    def begins(self, folder: Path) -> None:
        self._run = RunInProgress(folder)

    def tell(self, sent: int, planned: int, left: str = "") -> None:
        now_s = monotonic()
        if now_s - self._last_line_s < LINES_EVERY_S:
            return
        self._last_line_s = now_s
        self.tell_now(sent, planned, left)

    def tell_now(self, sent: int, planned: int, left: str = "") -> None:
        import typer

        from benchkit.report.content.live import live_lines

        typer.echo(f"sent {sent:,} of {planned:,}{f', {left} left' if left else ''}", err=True)
        if self._run is not None:
            self._run.look()
            for line in live_lines(self._run.manifest, self._run.tally):
                typer.echo(f"  {line}", err=True)
