"""The event loop that audits run on: uvloop, and a garbage collector that by default takes a third of a fleet's time."""

from __future__ import annotations

import gc
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

T = TypeVar("T")
COLLECT_AFTER = 500_000  # objects, of some thirty domains; the default is 700


def run_audits(audits: Coroutine[Any, Any, T]) -> T:
    """What they give is kept beside the main task: asyncio, when it closes, writes out that task and its result."""
    kept: list[T] = []

    async def keep() -> None:
        kept.append(await audits)

    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    uvloop.run(keep())
    return kept[0]
