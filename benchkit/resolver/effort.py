"""What one question has cost so far."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Effort:
    """Counted where a query leaves, so that those that were lost are counted too."""

    queries: int = 0
