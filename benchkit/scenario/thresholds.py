"""Thresholds: `"api.response.p95" = "< 250 ms"`, read from the right, since names of arms may contain dots.

Law: one key and one text → one Threshold in base units (milliseconds, a fraction, 1/s). rules.py decides which arms a pattern
matches.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from benchkit.errors import listed, suggestion
from benchkit.model.metrics import MEASURES, Metric
from benchkit.model.scenario import Threshold

_NAMES = tuple(metric.value for metric in MEASURES)
_LIMIT = re.compile(r"\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*([^\d\s]*)\s*")


def parse_threshold(key: str, text: str, statistics: tuple[str, ...]) -> Threshold:
    """Raises ValueError with how to write it."""
    arm, name, statistic = _split_key(key, statistics)
    comparison, number, unit = _split_limit(text)
    units = MEASURES[Metric(name)].units
    if unit not in units:
        raise ValueError(f'{name} is not measured in "{unit}"; {_units(units)}')
    return Threshold(key, arm, name, statistic, comparison, number * units[unit], text)


def _split_key(key: str, statistics: tuple[str, ...]) -> tuple[str, str, str]:
    arm, _, last = key.rpartition(".")
    if last in _NAMES:
        return _checked(arm, last, "", statistics)
    arm, _, name = arm.rpartition(".")
    return _checked(arm, name, last, statistics)


def _checked(arm: str, name: str, statistic: str, statistics: tuple[str, ...]) -> tuple[str, str, str]:
    if not arm or not name:
        raise ValueError('must be arm.metric or arm.metric.statistic, as in "api.response.p95" or "*.failure_rate"')
    if name not in _NAMES:
        raise ValueError(f'unknown metric "{name}"; {suggestion(name, _NAMES)}')
    of_sample = MEASURES[Metric(name)].of_sample
    if of_sample and statistic not in statistics:
        problem = f'unknown statistic "{statistic}"' if statistic else f"{name} needs a statistic"
        raise ValueError(f"{problem}; {suggestion(statistic, statistics)}")
    if statistic and not of_sample:
        raise ValueError(f'{name} is a single number: leave ".{statistic}" out')
    return arm, name, statistic


def _split_limit(text: str) -> tuple[str, float, str]:
    match = _LIMIT.fullmatch(text)
    if match is None:
        raise ValueError('must be a comparison and a limit, as in "< 250 ms", with <, <=, > or >=')
    return match[1], float(match[2]), match[3]


def _units(units: Mapping[str, float]) -> str:
    named = listed(unit for unit in units if unit)
    return f"use {named}" + (" or a plain number" if "" in units else "") if named else "give a plain number"
