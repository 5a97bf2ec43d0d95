"""What a reader sees, at both widths, with and without colour: the verdict first, every number with its unit and link."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from benchkit.model.summary import ArmSummary, Estimate, Summary, Turns
from benchkit.report.phase_bars import COLOURS, LETTERS, legend
from benchkit.report.terminal import render


def shown(summary: Summary, *, width: int = 100, colour: bool = False) -> str:
    out = io.StringIO()
    render(summary, Console(file=out, width=width, force_terminal=colour, color_system="truecolor" if colour else None))
    return out.getvalue()


def vary_first_arm(summary: Summary, **changes: object) -> Summary:
    first: ArmSummary = replace(summary.arms[0], **changes)  # type: ignore[arg-type]
    return replace(summary, arms=(first, *summary.arms[1:]))


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_fits_the_terminal(quickstart: Summary, width: int) -> None:
    assert max(map(len, shown(quickstart, width=width).splitlines())) <= width


def test_begins_with_the_verdict(quickstart: Summary) -> None:
    first_lines = " ".join(shown(quickstart).splitlines()[:2])
    assert first_lines.startswith(
        "“smtp, new connection” is 2.9× slower [2.7, 3.1] than “api, reused” on loopback (RTT"
    )


def test_an_invalid_run_says_so_first(quickstart: Summary) -> None:
    broken = replace(quickstart, valid=False, invalid_because=("3 messages are missing", "digests differ"))
    assert shown(broken).startswith("INVALID: 3 messages are missing; digests differ\n")


@pytest.mark.parametrize(
    "expected",
    [
        "✓ api.response.p95 < 250 ms · api, reused: 1.02 ms",
        "✗ smtp*.service.p95 < 2 ms · smtp, new connection: 3.57 ms",
        "? *.service.p99 < 9 ms · smtp, reused: the sample does not tell",
        "planned 1,550 = accepted 1,550 + failed 0 (of which 0 ambiguous) + unsent 0",
        "arrived once 1,550 · missing 0 · duplicate 0 · altered 0 · unaccounted 0",
        "null transport 14.2 µs",
        "warning: the clock of this machine",
        "CCCTTTTTTTT",  # without colour a phase is its letter
        "tls 0.92 ms · content 0.26 ms",
    ],
)
def test_shows(quickstart: Summary, expected: str) -> None:
    assert expected in shown(quickstart)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"service_ms": {"p50": Estimate(None, needs=6)}}, "needs 6"),
        ({"outcomes": {"accepted": 290, "deferred": 7, "ambiguous": 3}}, "7 deferred"),
        ({"unsent": 12}, "12 unsent"),
        ({"turns": Turns(4, 4, 11)}, "4 (4–11)"),
        ({"turns": None}, "–"),
        ({"failure_texts": {"450 4.2.1 busy": 7}}, "smtp, new connection: 7 × 450 4.2.1 busy"),
        ({"accepted": 0, "bytes_out": 0}, "–"),
    ],
)
def test_an_arm_tells(quickstart: Summary, changes: dict[str, object], expected: str) -> None:
    assert expected in shown(vary_first_arm(quickstart, **changes))


def test_another_ones_server_tells_nothing_of_arrivals(quickstart: Summary) -> None:
    outside = replace(quickstart, arms=tuple(replace(arm, arrived=None) for arm in quickstart.arms))
    assert "arrivals not known" in shown(outside)
    assert "arrived once" not in shown(outside)


def test_colours_are_one_a_phase_and_letters_unique(quickstart: Summary) -> None:
    assert len(set(COLOURS.values())) == len(set(LETTERS.values())) == len(COLOURS) == len(LETTERS)
    assert "█" in shown(quickstart, colour=True)
    assert "close" not in legend(quickstart.arms, Console()).plain
