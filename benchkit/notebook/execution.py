"""A notebook that comes with benchkit, executed on a run, as one HTML page. Its libraries come with the extra "notebooks"."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from benchkit.errors import BenchkitError, DamagedRun, InputError, Mistake, suggestion
from benchkit.notebook.cells_page import page
from benchkit.notebook.opening import NAMED
from benchkit.notebook.shipped import shipped

TIMEOUT_S = 600  # of one cell: a run of millions of messages takes a while to be analysed
_UNNAMED = "NoneType"  # the kernel's name for an error of what a cell shows; the traceback has the real one
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_NEEDED = "needs the libraries for notebooks: pip install 'benchkit-mail[notebooks]', or make notebooks"


def names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in shipped("notebooks").glob("*.ipynb")))


def executed(name: str, run: Path | None, folder: Path) -> str:
    """The page; `folder` is where the notebook looks for `results`, and `run` what it opens instead of the newest.

    Raises InputError where there is no such notebook or run, or a library is missing.
    """
    if name not in names():
        raise InputError(Mistake(f'notebook "{name}"', f"is unknown; {suggestion(name, names())}"))
    try:
        import nbclient.exceptions
        import nbformat
        from jupyter_client.manager import AsyncKernelManager
    except ImportError:
        raise InputError(Mistake("benchkit notebook", _NEEDED)) from None
    document: Any = nbformat.read(shipped("notebooks") / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    if run is not None and not any("open_run(" in cell.source for cell in document.cells):
        raise InputError(Mistake("RUN", f"has no effect with the notebook {name}, which opens no run: leave it out"))
    kernel = AsyncKernelManager(kernel_name="python3", transport="ipc")  # no port that others could connect to
    place = {"metadata": {"path": str(folder)}}
    client = nbclient.NotebookClient(document, km=kernel, timeout=TIMEOUT_S, resources=place)
    client.owns_km = True
    try:
        client.execute(env=os.environ | ({NAMED: str(run.resolve())} if run else {}))
    except nbclient.exceptions.CellExecutionError as error:
        raise _error(name, error) from None
    return page(name, document.cells)


def _error(name: str, error: Any) -> BenchkitError:
    """What a cell raises on bad input is the input's fault, as with any verb."""
    kind, message = str(error.ename), str(error.evalue)
    if kind == _UNNAMED:
        lines = _STYLE.sub("", error.traceback).strip().splitlines() or [""]
        kind, _, message = lines[-1].partition(": ")
    if kind == InputError.__name__:
        return InputError(*(Mistake(line, "") for line in message.splitlines()))
    if kind == DamagedRun.__name__:
        return DamagedRun(message)
    return BenchkitError(f"notebook {name}: a cell fails: {kind}: {message}")
