"""What the kernel tells of a thread's wait for a core, and what it leaves open."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.experiment.worker import cell_watch
from benchkit.experiment.worker.cell_watch import queued_ns


@pytest.mark.parametrize(
    ("account_text", "waited_ns"),
    [("583710 97295 2\n", 97295), ("583710 0 2\n", 0), ("0 0 0\n", -1), ("", -1), ("kernel says no\n", -1), (None, -1)],
    ids=["waited", "never waited", "keeps no account", "empty", "in words", "no such file"],
)
def test_zero_is_only_what_was_told(
    account_text: str | None, waited_ns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = tmp_path / "schedstat"
    if account_text is not None:
        account.write_text(account_text)
    monkeypatch.setattr(cell_watch, "_SCHEDSTAT", account)
    assert queued_ns() == waited_ns
