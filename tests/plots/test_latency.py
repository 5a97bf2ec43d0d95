"""The distributions show the report's own medians: a figure and a table of one run must not differ."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.text import Annotation

from benchkit.model.run import Run
from benchkit.plots.rendering import draw
from benchkit.plots.style import three_digits
from benchkit.stats.analysis import analyse


def test_the_medians_are_those_of_the_report(synthetic_run: Callable[..., Run]) -> None:
    run = synthetic_run(times=(1.0, 3.0, 5.0), blocks=3, message_noise=1.0, failures={1: 0.3, 2: 1.0})
    medians = [arm.service_ms["p50"].value for arm in analyse(run).arms]
    said = [note.get_text() for note in draw(run, "latency").findobj(Annotation) if isinstance(note, Annotation)]
    assert [text for text in said if text.endswith(" ms")] == [f"{three_digits(one)} ms" for one in medians if one]
