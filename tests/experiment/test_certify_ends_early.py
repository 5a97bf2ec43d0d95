"""A certificate speaks of runs that came to their end: after Ctrl-C, or where a process died, there is none."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from benchkit.errors import BenchkitError
from benchkit.experiment.certify import self_test as certification
from benchkit.experiment.parent.run_experiment import RunEnd
from benchkit.model.run import RunStatus


@pytest.mark.parametrize(
    ("status", "trouble", "raised", "expected"),
    [
        (RunStatus.INTERRUPTED, "", KeyboardInterrupt, ""),
        (RunStatus.BROKEN, "the link's process died", BenchkitError, "nothing is certified: the link's process died"),
    ],
)
def test_what_did_not_come_to_its_end_is_not_judged(
    status: RunStatus, trouble: str, raised: type[BaseException], expected: str,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """And Ctrl-C, which a run that ends ignores, is heard again."""
    folders: list[Path] = []

    def conduct(scenario: Any, batch: Any, revealed: Any, results: Path, progress: Any) -> RunEnd:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        folders.append(results)
        return RunEnd(results, status, trouble)

    monkeypatch.setattr(certification, "run_experiment", conduct)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(raised) as caught:
        certification.certify(lambda what: None)
    assert str(caught.value) == expected
    assert signal.getsignal(signal.SIGINT) is before
    assert len(folders) == 1
    assert not folders[0].exists()
