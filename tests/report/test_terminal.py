"""What a reader sees, at both widths, with and without colour: the verdict first, every number with its unit and link."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from benchkit.model.summary import ArmSummary, Estimate, Summary, Turns
from benchkit.report.content.phases import phase_bars_of
from benchkit.report.phase_bars import legend, paints_phases, phase_bars
from benchkit.report.terminal import render
from tests.report.recorded import recorded


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


@pytest.mark.parametrize("width", [60, 66, 70, 76, 80, 109, 110])
@pytest.mark.parametrize("ms", [1.0, 1234.5])
def test_no_number_of_an_arm_is_cut(quickstart: Summary, width: int, ms: float) -> None:
    times = {"p50": Estimate(ms, ms - 0.031, ms + 0.032), "p95": Estimate(2 * ms, 2 * ms - 0.031, 2 * ms + 0.032)}
    outcomes = {"accepted": 3, "deferred": 1234, "timed out": 12}
    arms = vary_first_arm(quickstart, service_ms=times, turns=Turns(4, 4, 11, 4.02), outcomes=outcomes)
    out = shown(arms, width=width)
    low, high = (f"{end:,.2f}" for end in (ms - 0.031, ms + 0.032))
    assert all(text in out for text in (f"[{low}, {high}]", "4 (4–11)", "1,234 deferred", "12 timed out"))
    assert "…" not in out
    assert "4.52 kB" in out or "bytes" not in out


def test_begins_with_the_verdict(quickstart: Summary) -> None:
    first_lines = " ".join(shown(quickstart).splitlines()[:2])
    assert first_lines.startswith(
        "“smtp, reused” is 1.19× faster in the median [1.14, 1.23] than “api, reused” on loopback (RTT"
    )


def test_an_invalid_run_says_so_first_and_gives_no_verdict(quickstart: Summary) -> None:
    broken = shown(
        replace(quickstart, valid=False, invalid_because=recorded("3 messages are missing", "digests differ"))
    )
    assert broken.startswith("INVALID: 3 messages are missing; digests differ\nOnly the hop application → provider")
    assert "slower" not in broken
    assert "faster" not in broken


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("cubic", "cubic", True), "TCP: cubic at both ends, TCP_NODELAY"),
        (("bbr", "cubic", True), "TCP: bbr at the client, cubic at the server, TCP_NODELAY"),
        (("cubic", None, False), "TCP: cubic at the client"),
        ((None, None, None), ""),
    ],
)
def test_what_tcp_was_told(
    quickstart: Summary, options: tuple[str | None, str | None, bool | None], expected: str
) -> None:
    changes: dict[str, Any] = dict(zip(("client_congestion", "server_congestion", "nodelay"), options, strict=True))
    alike = replace(quickstart, arms=tuple(replace(arm, **changes) for arm in quickstart.arms))
    assert [line for line in shown(alike).splitlines() if line.startswith("TCP")] == [expected] * bool(expected)
    if expected:
        unlike = vary_first_arm(alike, client_congestion="reno", server_congestion="reno")
        assert "TCP: smtp, new connection: reno at both ends" in shown(unlike)


@pytest.mark.parametrize(
    "expected",
    [
        "✓ api.response.p95 < 250 ms · api, reused: 1.02 ms",
        "✗ smtp*.service.p95 < 2 ms · smtp, new connection: 3.57 ms",
        "? *.service.p99 < 9 ms · smtp, reused: nothing to compare was measured",
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
        ({"turns": Turns(4, 4, 11, 4.02)}, "4 (4–11)"),
        ({"turns": Turns(0, 0, 1, 1 / 12)}, "0.0833 (0–1)"),
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


@pytest.mark.parametrize(("unobserved", "expected"), [(0, ""), (1200, " · not observed 1,200")])
def test_what_nobody_saw_arrive_is_told_apart(quickstart: Summary, unobserved: int, expected: str) -> None:
    lines = shown(
        replace(quickstart, account=replace(quickstart.account, unobserved=unobserved)), width=140
    ).splitlines()
    assert any(line.endswith(f"unaccounted 0{expected}") for line in lines)


def test_the_legend_names_the_phases_of_service_time(quickstart: Summary) -> None:
    assert "close" not in legend(phase_bars_of(quickstart.arms), Console()).plain


@pytest.mark.parametrize(("system", "paints"), [("truecolor", True), ("256", True), ("standard", False), (None, False)])
def test_bars_are_painted_where_the_terminal_can(quickstart: Summary, system: Any, paints: bool) -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=system)
    assert paints_phases(console) is paints
    bar, *_ = console.render_lines(phase_bars(phase_bars_of(quickstart.arms), console))
    letters = "".join(segment.text for segment in bar).split("smtp, new connection")[1]
    assert letters.count("T") == (1 if paints else 28)
    assert any(bool(segment.style and segment.style.bgcolor) for segment in bar) is paints


def test_no_colour_is_obeyed(quickstart: Summary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert not paints_phases(Console(force_terminal=True, color_system="truecolor"))


def test_closing_is_told_apart_from_service_time(quickstart: Summary) -> None:
    closing = vary_first_arm(quickstart, phases_ms={"mail": 1.0, "close": 7.0})
    assert "1.0 ms" in shown(closing)
    assert "mail 1.0 ms (then close 7.0 ms)" in shown(closing)
