"""A stored run as a notebook sees it: it draws its answer, and gives its tables, figures, numbers and predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from benchkit.errors import InputError, Mistake, listed
from benchkit.model.tables import ARRIVALS, CELLS, EVENTS, IN_DOUBT, LAGS, MESSAGES, PHASES, PLACEMENTS, WIRE
from benchkit.notebook.costs import RunCost
from benchkit.notebook.figure import SvgFigure
from benchkit.notebook.predictions import Predictions
from benchkit.notebook.run_html import (
    ContrastList,
    ReportPart,
    account_part,
    answer_html,
    deliverability_part,
    fits_part,
    recommendation_part,
)
from benchkit.notebook.run_table import RunTable

if TYPE_CHECKING:
    from benchkit.model.prediction import ArmModel
    from benchkit.model.run import Manifest, Run
    from benchkit.model.summary import Summary


class StoredRun:
    """Nothing is read before it is asked for, but the manifest."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self.note = ""  # says it where this is not a run of the reader's own

    @property
    def name(self) -> str:
        return self.manifest.run

    @cached_property
    def data(self) -> Run:
        """The run as the rest of benchkit takes it. Raises StoreError where its tables are damaged."""
        from benchkit.experiment.parent.body_parser import open_run

        return open_run(self.path)

    @cached_property
    def summary(self) -> Summary:
        """Every number of the report (model/summary.py says what each means)."""
        from benchkit.stats.analysis import analyse

        return analyse(self.data)

    @property
    def contrasts(self) -> ContrastList:
        """Each arm against the baseline, with its interval and verdict."""
        return ContrastList(self.summary.contrasts)

    @property
    def account(self) -> ReportPart:
        """What became of every message."""
        return account_part(self.summary)

    @property
    def recommendation(self) -> ReportPart:
        """Which path at which RTT and reuse, by the model of this run; and what speed does not decide."""
        return recommendation_part(self.summary)

    def cost(
        self,
        per_thousand: Mapping[str, float] | None = None,
        *,
        cpu_per_hour: float | None = None,
        egress_per_gb: float | None = None,
        currency: str = "USD",
    ) -> RunCost:
        """What a thousand messages of each arm cost at these prices; without any, at those of the scenario ([cost]).

        `per_thousand` is by arm; `*` stands for anything: {"smtp*": 0.1, "api*": 0.1}.
        """
        prices = {
            "currency": currency,
            "per_thousand": list((per_thousand or {}).items()),
            "cpu_per_hour": cpu_per_hour,
            "egress_per_gb": egress_per_gb,
        }
        given = per_thousand or cpu_per_hour is not None or egress_per_gb is not None
        return RunCost(self.data, prices if given else self.manifest.cost)

    @property
    def fits(self) -> ReportPart:
        """Each arm's time as a line over the RTT, and the RTT at which it is level with the baseline."""
        return fits_part(self.summary)

    @cached_property
    def messages(self) -> RunTable:
        """A row a message that was sent."""
        return RunTable(self.data, MESSAGES)

    @cached_property
    def phases(self) -> RunTable:
        """A row a phase of a message; `send` joins it to `messages`."""
        return RunTable(self.data, PHASES)

    @cached_property
    def arrivals(self) -> RunTable:
        """A row a message that arrived at an embedded server."""
        return RunTable(self.data, ARRIVALS)

    @cached_property
    def cells(self) -> RunTable:
        """A row a block, arm and worker: what benchkit itself did meanwhile."""
        return RunTable(self.data, CELLS)

    @cached_property
    def lags(self) -> RunTable:
        """A row each time that benchkit's own loop stood still."""
        return RunTable(self.data, LAGS)

    @cached_property
    def wire(self) -> RunTable:
        """A row a TCP connection, as the lab's link saw it; without a lab it has no rows."""
        return RunTable(self.data, WIRE)

    @cached_property
    def events(self) -> RunTable:
        """A row an event after acceptance: delivered, bounced, complained; no rows where none were collected."""
        return RunTable(self.data, EVENTS)

    @cached_property
    def placements(self) -> RunTable:
        """A row a mail that was found in a test mailbox; no rows where none was read."""
        return RunTable(self.data, PLACEMENTS)

    @property
    def deliverability(self) -> ReportPart:
        """What became of accepted mail: delivered, in which folder, refused why, authenticated, changed."""
        return deliverability_part(self.summary)

    @cached_property
    def in_doubt(self) -> RunTable:
        """A row a send that was started and has no record, because its process died."""
        return RunTable(self.data, IN_DOUBT)

    def model(self, arm: str, link: str = "") -> ArmModel:
        """What a message of the arm takes at other numbers: `run.model("smtp, reused").at(rtt_ms=30, recipients=5)`.

        `link` is needed only where a sweep varied more than the RTT. Raises InputError where there is no such model.
        """
        names = {f"{model.arm} on {model.link}" if model.link else model.arm: model for model in self.summary.models}
        found = [model for model in names.values() if model.arm == arm and link in ("", model.link)]
        if len(found) != 1:
            problem = "is not one model of this run" if not found else "is several models: name a link"
            raise InputError(Mistake(f'arm "{arm}"', f"{problem}; there are: {listed(names)}"))
        return found[0]

    def predict(
        self,
        rtt_ms: Sequence[float] = (0, 1, 5, 10, 20, 40, 80),
        *,
        messages_per_connection: float | None = None,
        recipients: float | None = None,
        messages_per_request: float | None = None,
    ) -> Predictions:
        """Every arm's time for a message at these RTTs, against the baseline's; what is not given stays as it was measured."""
        changed = {
            "messages_per_connection": messages_per_connection,
            "recipients": recipients,
            "messages_per_request": messages_per_request,
        }
        return Predictions(self.summary, tuple(rtt_ms), changed)

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of the figures that this run has something for."""
        from benchkit.plots import PLOTS

        return tuple(name for name in PLOTS.names() if PLOTS[name].suits(self.data))

    def plot(self, name: str) -> SvgFigure:
        """Raises InputError where there is no figure of that name."""
        from benchkit.plots.rendering import svg

        return SvgFigure(svg(self.data, name))

    def __repr__(self) -> str:
        text = f"<run {self.name}, {self.manifest.status}, in {self.path}>"
        return f"{text}\n{self.note}" if self.note else text

    def _repr_html_(self) -> str:
        return answer_html(self.summary, self.note)
