"""Every field of a stored record is checked when it is read: a field without a check would make each new run unreadable."""

from __future__ import annotations

from dataclasses import fields

import pytest

from benchkit.model.run import ArmRecord, ConditionRecord, Manifest, StartRecord
from benchkit.store import manifest_check


@pytest.mark.parametrize(
    ("record", "checks"),
    [
        (Manifest, manifest_check.MANIFEST),
        (ArmRecord, manifest_check.ARM),
        (ConditionRecord, manifest_check.CONDITION),
        (StartRecord, manifest_check.START),
    ],
)
def test_every_field_has_a_check(record: type, checks: dict[str, object]) -> None:
    assert {field.name for field in fields(record)} <= checks.keys()
