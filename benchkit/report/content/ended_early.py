"""How much of the plan a run holds that did not come to its end: it stands before the answer in every form."""

from __future__ import annotations

from benchkit.model.run import RunStatus
from benchkit.model.summary import Summary

_HOW = {
    RunStatus.KILLED: "Killed after",
    RunStatus.INTERRUPTED: "Interrupted after",
    RunStatus.RUNNING: "Still running, after",
}


def ended_early(summary: Summary) -> str | None:
    """`Killed after 1,204 of 12,040 sends: all numbers are of this part of the run.`; None for a run that ended as planned."""
    how = _HOW.get(RunStatus(summary.status))
    if how is None:
        return None
    planned, unsent = summary.account.planned, summary.account.unsent
    return f"{how} {planned - unsent:,} of {planned:,} sends: all numbers are of this part of the run."
