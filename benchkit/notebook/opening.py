"""Finding runs: the newest of a kind, one by its path, or all of a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

from benchkit.errors import BenchkitError, InputError, Mistake
from benchkit.model.run import Manifest
from benchkit.notebook import html
from benchkit.notebook.figure import SvgFigure
from benchkit.notebook.kinds import KINDS, kind_of
from benchkit.notebook.shipped import shipped
from benchkit.notebook.stored_run import StoredRun

NAMED = "BENCHKIT_RUN"  # the run that `benchkit notebook NAME RUN` names
_FOLDERS = (Path("results"), Path("../results"))  # a notebook's folder stands beside `results`


class RunList(Sequence[StoredRun]):
    """Runs from the oldest to the newest; draws itself as a table. `unreadable` says which folders hold none that opens."""

    def __init__(self, found: Sequence[StoredRun], unreadable: Sequence[str] = ()) -> None:
        self._runs = tuple(found)
        self.unreadable = tuple(unreadable)

    @overload
    def __getitem__(self, place: int) -> StoredRun: ...
    @overload
    def __getitem__(self, place: slice) -> RunList: ...
    def __getitem__(self, place: int | slice) -> StoredRun | RunList:
        return RunList(self._runs[place]) if isinstance(place, slice) else self._runs[place]

    def __len__(self) -> int:
        return len(self._runs)

    def of(self, scenario: str) -> RunList:
        """Those of one scenario, by its name."""
        return RunList([run for run in self._runs if run.manifest.scenario == scenario])

    def plot_concurrency(self) -> SvgFigure:
        """The rate of each arm over the number of senders; the runs are to be of one scenario."""
        from benchkit.plots import concurrency
        from benchkit.plots.rendering import svg_of

        measured = [(int(run.manifest.load["concurrency"]), run.summary) for run in self._runs]
        return SvgFigure(svg_of(lambda figure: concurrency.draw(figure, measured)))

    def __repr__(self) -> str:
        return "\n".join(map(repr, self._runs)) or "<no runs>"

    def _repr_html_(self) -> str:
        headings = ("run", "scenario", "made", "status", "load", "arms", "conditions")
        rows = (_row(run) for run in self._runs)
        return html.block(
            html.table(headings, rows, texts=(0, 1, 2, 3, 4)),
            *(html.paragraph(problem, "faint") for problem in self.unreadable),
        )


def runs(folder: str | Path | None = None) -> RunList:
    """Every run of a folder, by default `results`. One that cannot be read is named, and left out."""
    found, unreadable = [], []
    for path in _paths(results_folder() if folder is None else Path(folder)):
        try:
            found.append(_open(path))
        except BenchkitError as error:
            unreadable.append(str(error))
    return RunList(sorted(found, key=lambda run: run.manifest.created_utc), unreadable)


def open_run(path: str | Path | None = None, *, kind: str = "") -> StoredRun:
    """The run at `path`; without one, the newest in `results`, of that kind (benchkit/notebook/kinds.py) if one is named.

    Where no run suits, a sample run that comes with benchkit's repository. Raises InputError where there is none.
    """
    if kind and kind not in KINDS:
        raise InputError(Mistake(f'kind "{kind}"', f"is unknown; there are: {', '.join(KINDS)}"))
    if path is None and (named := os.environ.get(NAMED)):
        path = named
    return _open(Path(path)) if path is not None else _newest(results_folder(), kind)


def _newest(folder: Path, kind: str) -> StoredRun:
    found = runs(folder)
    own = [run for run in found if not _is_sample(run.path) and kind_of(run.path, run.manifest, kind)]
    suiting = own or _samples(found, kind) or _samples(runs(shipped("samples")), kind)
    if not suiting:
        raise InputError(Mistake(str(folder), "holds no run. Make one: benchkit run scenarios/quickstart.toml"))
    run = suiting[-1]
    if not own:
        run.note = f"This is a sample run of benchkit: {folder} has no run of your own" + (
            f" for “{kind}”." if kind else "."
        )
    return run


def _samples(found: RunList, kind: str) -> list[StoredRun]:
    """The one of that kind, or else the general one."""
    samples = {run.path.name: run for run in found if _is_sample(run.path)}
    return [samples[name] for name in (f"sample-{kind}", "sample") if name in samples][:1]


def _is_sample(path: Path) -> bool:
    return path.name.startswith("sample")


def results_folder() -> Path:
    """`results` here, or beside the folder of the notebooks."""
    return next((folder for folder in _FOLDERS if folder.is_dir()), _FOLDERS[0])


def own_runs(folder: Path) -> list[StoredRun]:
    """Without the samples."""
    return [run for run in runs(folder) if not _is_sample(run.path)]


def _paths(folder: Path) -> Iterator[Path]:
    yield from (path.parent for path in sorted(folder.glob("*/run.json")))


def _open(path: Path) -> StoredRun:
    from benchkit.store import manifest_now

    return StoredRun(path, manifest_now(path))


def _row(run: StoredRun) -> Sequence[object]:
    manifest: Manifest = run.manifest
    return [run.name, manifest.scenario, manifest.created_utc[:16].replace("T", " "), manifest.status,
            manifest.load["model"], len(manifest.arms), len(manifest.conditions)]  # fmt: skip
