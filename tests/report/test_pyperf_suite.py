"""`report --pyperf`: pyperf reads the file back, a benchmark's values are the blocks' medians, its runs the starts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyperf
import pytest

from benchkit.errors import InputError
from benchkit.model.run import ConditionRecord, Run
from benchkit.report.pyperf_suite import write_pyperf
from benchkit.stats.analysis import analyse

Factory = Callable[..., Run]


@pytest.fixture
def run(synthetic_run: Factory) -> Run:
    links = (ConditionRecord("near", 1.0), ConditionRecord("far", 40.0))
    return synthetic_run(times=(1.0, 3.0), conditions=links, starts=3, blocks=12, failures={1: 0.1})


def test_a_benchmark_for_each_arm_and_condition_and_a_run_for_each_start(run: Run, tmp_path: Path) -> None:
    write_pyperf(run, tmp_path / "suite.json")
    suite = pyperf.BenchmarkSuite.load(str(tmp_path / "suite.json"))
    assert suite.get_benchmark_names() == ["arm 0 (near)", "arm 1 (near)", "arm 0 (far)", "arm 1 (far)"]
    first = suite.get_benchmark("arm 0 (near)")
    assert (first.get_nrun(), len(first.get_values()), first.get_unit()) == (3, 12, "second")
    assert first.get_metadata()["benchkit_run"] == run.manifest.run
    median = analyse(run).arms[0].service_ms["p50"].value
    assert 1000 * np.median(first.get_values()) == pytest.approx(median, rel=0.1)


@pytest.mark.parametrize("command", ["stats", "hist", "metadata", "check", "dump"])
def test_pyperf_reads_it(run: Run, tmp_path: Path, command: str) -> None:
    write_pyperf(run, tmp_path / "suite.json")
    read = [sys.executable, "-m", "pyperf", command, str(tmp_path / "suite.json")]
    done = subprocess.run(read, capture_output=True, text=True, check=True)
    assert "arm 1 (far)" in done.stdout


def test_blocks_of_failures_have_no_value_and_are_counted(synthetic_run: Factory, tmp_path: Path) -> None:
    write_pyperf(synthetic_run(failures={1: 0.5}, seed=1), tmp_path / "suite.json")
    arm = pyperf.BenchmarkSuite.load(str(tmp_path / "suite.json")).get_benchmark("arm 1")
    assert arm.get_metadata()["benchkit_failed_blocks"] == 30 - len(arm.get_values()) > 0


def test_says_why_it_writes_nothing(synthetic_run: Factory, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing for pyperf"):
        write_pyperf(synthetic_run(failures={0: 1.0, 1: 1.0}), tmp_path / "suite.json")
    with pytest.raises(InputError, match="cannot be written"):
        write_pyperf(synthetic_run(), tmp_path / "no folder" / "suite.json")
