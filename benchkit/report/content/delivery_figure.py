"""The delivered rate of each arm as a figure: is it level with the baseline's, by the margin?"""

from __future__ import annotations

from benchkit.model.deliverability import Deliverability, DeliveryRates
from benchkit.model.plain_number import significant
from benchkit.report import numbers
from benchkit.report.content.axes import linear
from benchkit.report.content.page import Cell, Figure, IntervalRow, Intervals, Table, columns


def delivery_figure(found: Deliverability) -> Figure | None:
    """None where no event of any arm has come. The band is the baseline's rate ± the margin."""
    rates = {arm.name: arm.rates["delivered"] for arm in found.arms}
    if all(rate.value is None for rate in rates.values()):
        return None
    base = next((one.baseline_rate.value for one in found.contrasts if one.what == "delivered"), None)
    ends = [100 * rate.low for rate in rates.values() if rate.low is not None]
    axis = linear(
        "delivered, % of the accepted copies", 100.0, float(max(0, 10 * int((min(ends, default=0.0) - 1) // 10)))
    )
    rows = tuple(_row(arm, number) for number, arm in enumerate(found.arms))
    centre = 100 * base if base is not None else 100.0
    band = (max(axis.low, centre - 100 * found.margin), min(100.0, centre + 100 * found.margin))
    band_text = (
        f"The band is the baseline's rate ± {significant(100 * found.margin)} percentage point: within it a difference does "
        "not matter."
    )
    return Figure(
        "delivery", "How much accepted mail is delivered",
        f"Each point: the share of an arm's accepted copies delivered, by the events so far, with its interval. {band_text}",
        Intervals(axis, rows, band, centre), _data(found),
    )  # fmt: skip


def _row(arm: DeliveryRates, number: int) -> IntervalRow:
    rate = arm.rates["delivered"]
    value, low, high = (None if end is None else 100 * end for end in (rate.value, rate.low, rate.high))
    note = "not known" if value is None else f"{numbers.percent(rate.value)} of {numbers.count(arm.accepted)}"
    return IntervalRow(arm.name, value, low, high, note, number)


def _data(found: Deliverability) -> Table:
    return Table(
        columns("arm", "accepted", "delivered", "rate", "from", "to"),
        tuple(
            (
                Cell(arm.name), Cell(numbers.count(arm.accepted)), Cell(numbers.count(arm.counts["delivered"])),
                *(Cell(numbers.percent(end)) for end in (rate.value, rate.low, rate.high)),
            )
            for arm in found.arms
            for rate in (arm.rates["delivered"],)
        ),
    )  # fmt: skip
