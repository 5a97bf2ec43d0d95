"""Figures of a stored run, all in one style; SVG by default, the same bytes from the same run.

A figure is one file here (file name = its name) and one word in this tuple. Law: a figure is drawn on the matplotlib
Figure that is handed in; nothing touches pyplot's global state, and matplotlib loads only when a figure is asked for.
"""

from __future__ import annotations

from benchkit.model.contracts import Plot
from benchkit.model.registry import Registry

PLOTS: Registry[Plot] = Registry(
    "plot",
    "benchkit.plots",
    "PLOT",
    ("phases", "latency", "ecdf", "tail", "shift", "blocks", "slopes", "throughput", "throughput_over_time", "failures",
     "failures_over_time", "cost", "delivery"),
)  # fmt: skip
