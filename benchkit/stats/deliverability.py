"""The entry point for what became of accepted mail: a run with its events and placements in, all of it as values out."""

from __future__ import annotations

from benchkit.model.deliverability import Deliverability
from benchkit.model.run import Run, Table
from benchkit.stats.arm_pairs import arm_pairs
from benchkit.stats.delivery_rates import delivery_rates
from benchkit.stats.placements import placements_by_arm
from benchkit.stats.rate_contrasts import rate_contrasts


def deliverability(run: Run) -> Deliverability | None:
    """None where nothing was collected. Warm-up counts too, for its mail left as any other."""
    if not _rows(run.events) and not _rows(run.placements):
        return None
    arms, domains, foreign = delivery_rates(run) if _rows(run.events) else ((), (), 0)
    placements = placements_by_arm(run) if _rows(run.placements) else ()
    return Deliverability(
        arms=arms,
        domains=domains,
        foreign=foreign,
        placements=placements,
        pairs=arm_pairs(run) if placements else (),
        contrasts=rate_contrasts(run.manifest, arms, placements),
    )


def _rows(table: Table) -> int:
    return len(table["send"]) if "send" in table else 0
