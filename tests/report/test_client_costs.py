"""Where the work of API requests is done: one line for all arms, and one for each that spends much of a send on it."""

from __future__ import annotations

from dataclasses import replace

from benchkit.model.summary import Summary
from benchkit.report.content.client_costs import cpu_line, request_lines


def with_costs(summary: Summary, *costs: tuple[float, float]) -> Summary:
    """The last arms with these."""
    rest = len(summary.arms) - len(costs)
    timed = [
        replace(arm, request_us=made, in_send_us=within)
        for arm, (made, within) in zip(summary.arms[rest:], costs, strict=True)
    ]
    return replace(summary, arms=(*summary.arms[:rest], *timed))


def test_the_most_expensive_arms_are_named(quickstart: Summary) -> None:
    (line,) = request_lines(with_costs(quickstart, (93.4, 0.42), (14.0, 18.1)))
    assert line == (
        "API requests are prepared before the measured time: at most 93.4 µs a message (“api, reused”); "
        "within a send at most 18 µs (“api, reused again”)"
    )


def test_an_arm_that_spends_much_of_a_send_has_a_line(quickstart: Summary) -> None:
    _, line = request_lines(with_costs(quickstart, (93.4, 0.42), (14.0, 81.26)))
    assert line == "“api, reused again” spends 81.3 µs of each send on its request, more than 60 µs"


def test_the_processor_time_of_every_arm_stands_in_one_line(quickstart: Summary) -> None:
    timed = [replace(arm, cpu_us=cpu_us) for arm, cpu_us in zip(quickstart.arms, (312.4, 130.0), strict=False)]
    assert cpu_line(timed) == "Client's processor time a message: smtp, new connection 312 µs · smtp, reused 130 µs"
    assert cpu_line(quickstart.arms) == ""


def test_runs_without_an_api_or_without_such_figures_say_nothing(quickstart: Summary) -> None:
    assert list(request_lines(quickstart)) == []
