"""A lab for tests that need a real one; where this machine has none to give, they say so and are left out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchkit.lab import LinkSpec
from benchkit.lab.lab import LabRefused, open_lab


async def _try(log: Path) -> str:
    try:
        async with open_lab(LinkSpec(), log):
            return ""
    except LabRefused as refused:
        return str(refused)


@pytest.fixture(scope="session")
def needs_lab(tmp_path_factory: pytest.TempPathFactory) -> None:
    refusal = asyncio.run(_try(tmp_path_factory.mktemp("lab") / "log"))
    if refusal:
        pytest.skip(refusal)
