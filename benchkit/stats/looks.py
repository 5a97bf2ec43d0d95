"""Whether a run until decided may end: at a planned look, once the interval of every contrast decides (docs/method.md §7).

A run that is looked at often and ended at the first verdict would be wrong far more often than its confidence says. So the
looks are planned, and each has an equal share of the error that the confidence allows (`comparison.confidence_of_each`): all
intervals of all looks hold together, wherever the run ends. Equal shares of a group-sequential plan after Pocock (1977), by
Bonferroni, which needs no assumption on how the looks depend on each other.
"""

from __future__ import annotations

from benchkit.model.run import Run
from benchkit.model.summary import Verdict
from benchkit.stats.comparison import Comparison, compare_arms
from benchkit.stats.sample import measured_samples
from benchkit.stats.verdict import rope_rule


def is_decided(run: Run) -> bool:
    """By the blocks that are there; a run without a contrast never is. What forbids a verdict is said at its end."""
    contrasts = [one for one in compare_arms(run, measured_samples(run)) if not one.pair.aa]
    return bool(contrasts) and all(_decides(one, run.manifest.rope) for one in contrasts)


def _decides(comparison: Comparison, rope: tuple[float, float]) -> bool:
    return comparison.ci is not None and rope_rule(comparison.ci, rope) is not Verdict.UNDECIDED
