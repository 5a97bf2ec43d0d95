"""The own cost is measured on the run's disk, in files that no one can find: a kill in the middle of it leaves nothing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchkit.experiment.worker import overhead
from benchkit.experiment.worker.engine import Engine
from benchkit.model.plan import PlanCell


def test_while_the_own_cost_is_measured_there_is_no_file_to_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    class Watched(Engine):
        async def walk(self, cells: Iterable[PlanCell]) -> bool:
            seen.append(os.listdir(tmp_path))
            return await super().walk(cells)

    monkeypatch.setattr(overhead, "Engine", Watched)
    job: Any = SimpleNamespace(endpoints=(None,), folder=str(tmp_path), run_token="00005eed")
    cost_us = asyncio.run(overhead.own_cost_us(job))
    assert cost_us["per_message"] > 0
    assert seen
    assert not any(seen)
