"""The certificate's judgements as a table: what passes, and what a wrong measurement would show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchkit.experiment.certify.checks import delay_checks, link_checks, overhead_check
from benchkit.experiment.parent.certificate_file import certificate_in_words, machine_of, store_certificate
from benchkit.model.certificate import Certificate, CertificationCheck
from benchkit.model.run import ConditionRecord
from benchkit.model.summary import Estimate

HOST: dict[str, Any] = {"kernel": "Linux 6", "python": "CPython 3.11", "pyperf": {"cpu_count": 2}}


@pytest.mark.parametrize(
    ("delayed_ms", "failed"),
    [
        ({"mail": 14.2, "rcpt": 1.1}, set()),
        ({"mail": 15.2, "rcpt": 1.1}, {"mail"}),  # not within 1 ms
        ({"mail": 1.2, "rcpt": 14.1}, {"mail", "rcpt"}),  # in the wrong phase
        ({"rcpt": 1.1}, {"mail"}),
    ],
)
def test_a_delay_is_found_in_its_own_phase_or_not_at_all(delayed_ms: dict[str, float], failed: set[str]) -> None:
    plain = {"mail": 1.0, "rcpt": 1.0}
    grown = {phase: Estimate(delayed_ms.get(phase, 0.0) - plain[phase]) for phase in plain}
    checks = list(delay_checks(grown, {"mail": 13.0}))
    assert {check.subject for check in checks if not check.passed} == failed


@pytest.mark.parametrize(
    ("asked_ms", "found_ms", "passed"),
    [
        (2.0, 2.1, True),
        (2.0, 2.8, False),
        (40.0, 40.7, True),
        (40.0, 38.0, False),
        (40.0, 42.0, False),
        (40.0, None, False),
    ],
)
def test_the_link_must_be_as_long_as_was_asked(asked_ms: float, found_ms: float | None, passed: bool) -> None:
    (check,) = link_checks([ConditionRecord("link", found_ms, lab=True, asked={"rtt_ms": asked_ms})])
    assert check.passed is passed


@pytest.mark.parametrize(
    ("cost", "passed"), [({"per_message": 3.0}, True), ({"per_message": 5000.0}, False), ({}, False)]
)
def test_the_ruler_must_cost_little(cost: dict[str, float], passed: bool) -> None:
    assert overhead_check(cost).passed is passed


@pytest.mark.parametrize(("passed", "expected"), [(True, "1 checks passed"), (False, "NOT all passed")])
def test_a_run_names_the_certificate_of_its_machine_only(passed: bool, expected: str, tmp_path: Path) -> None:
    assert certificate_in_words(tmp_path, HOST).startswith("none on this machine")
    check = CertificationCheck("turns", "smtp", passed, "4", "4")
    certificate = Certificate("2026-01-01T00:00:00+00:00", "1", machine_of(HOST), "TUN", 40.0, [check])
    stored = store_certificate(certificate, tmp_path)
    assert json.loads(stored.read_text())["passed"] is passed
    assert expected in certificate_in_words(tmp_path, HOST)
    assert certificate_in_words(tmp_path, HOST | {"kernel": "Linux 7"}).startswith("none for this machine")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (key, value)
        for key in ("created_utc", "passed", "checks", "machine", None)
        for value in (
            None,
            7,
            1e308,
            float("nan"),
            "",
            "\ud800",
            "\x1b[31m",
            "x" * 5000,
            [],
            [None],
            {},
            {"a": 1},
            False,
        )
    ],
)
def test_a_damaged_certificate_is_none(key: str | None, value: object, tmp_path: Path) -> None:
    check = CertificationCheck("turns", "smtp", True, "4", "4")
    stored = store_certificate(
        Certificate("2026-01-01T00:00:00+00:00", "1", machine_of(HOST), "TUN", 40.0, [check]), tmp_path
    )
    document = json.loads(stored.read_text())
    stored.write_text(json.dumps(value if key is None else document | {key: value}))
    output = certificate_in_words(tmp_path, HOST)
    assert output.isprintable()
    assert len(output) < 100
    assert key == "checks" or "checks passed" not in output
