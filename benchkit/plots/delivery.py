"""How much of each arm's accepted mail is delivered, lies in the inbox of the tester's mailboxes, and passes authentication."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from benchkit.model.deliverability import Deliverability
from benchkit.model.estimate import Estimate
from benchkit.model.plain_number import significant
from benchkit.model.run import Run
from benchkit.plots.style import AT_THE_RIGHT, arm_colour, arm_label, stacked
from benchkit.stats.deliverability import deliverability

_NOTHING = "neither events nor test mailboxes of this run were collected"
Rates = Mapping[int, Estimate]  # by arm


class DeliveryFigure:
    name = "delivery"
    title = "How much accepted mail is delivered"

    def suits(self, run: Run) -> bool:
        return any("send" in table and len(table["send"]) > 0 for table in (run.events, run.placements))

    def draw(self, run: Run, figure: Figure) -> None:
        found = deliverability(run)
        steps = dict(_steps(run, found)) if found else {_NOTHING: {}}
        panels = stacked(
            run, figure, self.title, f"rates with {significant(100 * run.manifest.confidence)} % intervals",
            list(steps), height_in=0.25 + 0.4 * len(run.manifest.arms), left_in=1.95, right_in=1.75, below_in=0.6,
        )  # fmt: skip
        for panel, rates in zip(panels, steps.values(), strict=True):
            _panel(panel, run, rates)
        panels[-1].set_xlabel("share" if len(panels) > 1 else next(iter(steps)))


def _steps(run: Run, found: Deliverability) -> Iterator[tuple[str, Rates]]:
    if found.arms:
        yield (
            "delivered, of the accepted copies",
            _known({n: arm.rates["delivered"] for n, arm in enumerate(found.arms)}),
        )
    if found.placements:
        inbox = {n: arm.rates["inbox"] for n, arm in enumerate(found.placements)}
        yield "in the inbox of your test mailboxes, of the mails found there", _known(inbox)
        for method in ("dmarc", "dkim", "spf"):
            if any(name.startswith(f"{method}=") for arm in found.placements for name in arm.results):
                rates = {n: arm.result_rates[method] for n, arm in enumerate(found.placements)}
                yield f"{method.upper()} pass, by the receivers of the test mailboxes", _known(rates)
                return


def _known(rates: Rates) -> Rates:
    return {arm: rate for arm, rate in rates.items() if rate.value is not None}


def _panel(panel: Axes, run: Run, rates: Rates) -> None:
    arms = range(len(run.manifest.arms))
    panel.set_ylim(len(arms) - 0.5, -0.5)
    panel.set_xlim(-0.02, 1.02)
    panel.set_yticks(arms, [arm_label(run, arm) for arm in arms])
    panel.tick_params(axis="y", length=0)
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{significant(100 * value)} %"))
    panel.grid(axis="x")
    for arm in arms:
        rate = rates.get(arm)
        if rate is not None and rate.value is not None:
            low, high = (rate.value if end is None else end for end in (rate.low, rate.high))
            panel.hlines(arm, low, high, color=arm_colour(arm), linewidth=3, alpha=0.45)
            panel.plot(rate.value, arm, "o", color=arm_colour(arm), markersize=6)
        panel.annotate(_rate_text(rate), (1, arm), (8, 0), color=arm_colour(arm), **AT_THE_RIGHT)


def _rate_text(rate: Estimate | None) -> str:
    if rate is None or rate.value is None:
        return "not known"
    if rate.low is None or rate.high is None:
        return f"{significant(100 * rate.value, 3)} %"
    return f"{significant(100 * rate.value, 3)} % [{significant(100 * rate.low, 3)}, {significant(100 * rate.high, 3)}]"


PLOT = DeliveryFigure()
