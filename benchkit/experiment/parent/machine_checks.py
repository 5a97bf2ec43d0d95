"""What a measurement needs from this machine, whether it is there, and how to get what is missing."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from benchkit.experiment.conditions import usable_cores
from benchkit.experiment.parent.congestion import refusal
from benchkit.experiment.parent.environment import lab_refusal

_FEWEST_CORES = 2
_CUBIC = "cubic"


async def machine_checks(log: Path) -> tuple[tuple[str, bool, str], ...]:
    """(what, whether it is there, what that means); `log` gets the output of the attempt to open a lab."""
    cores, lab, cubic = usable_cores(), await lab_refusal(log), refusal(_CUBIC)
    notebooks = find_spec("nbclient") is not None
    return (
        ("cores", cores >= _FEWEST_CORES, f"{cores}; the sender and the servers need one each"),
        ("network link", not lab, lab or "[network] in a scenario measures at round-trip times of your choice"),
        ("TCP congestion control", not cubic, cubic or "cubic, the same for all arms"),
        (
            "notebooks",
            notebooks,
            "benchkit notebook runs them" if notebooks else "make notebooks installs what they need",
        ),
    )
