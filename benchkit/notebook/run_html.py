"""A run's answer as a notebook shows it: the verdicts, then the arms side by side, then what warns of the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.model.outcome import OutcomeKind
from benchkit.model.summary import ArmSummary, Contrast, Estimate, Summary
from benchkit.notebook import html
from benchkit.report import numbers
from benchkit.report.content import sentences
from benchkit.report.content.arms import duration_of
from benchkit.report.content.notices import texts, warning_lines

_NOTHING = Estimate(None)


class ContrastList(tuple[Contrast, ...]):
    """Arms against the baseline; draws itself as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        headings = ("arm", "against", "condition", "of the", "ratio", "interval", "shift, ms", "blocks", "verdict")
        return html.block(html.table(headings, map(_contrast, self), texts=(0, 1, 2, 3, 8)))


def answer_html(summary: Summary) -> str:
    return html.block(
        html.paragraph(f"{summary.scenario} · {summary.run} · {summary.status}", "faint"),
        *_verdicts(summary),
        _arms(summary),
        *(html.paragraph(f"Warning: {warning}") for warning in warning_lines(summary)),
    )


def _verdicts(summary: Summary) -> Iterator[str]:
    style = "" if summary.valid else "fail"
    yield from (html.paragraph(told, style) for told in sentences.verdicts(summary))
    yield html.paragraph(f"{sentences.basis(summary)} {sentences.ONE_HOP}", "faint")


def _arms(summary: Summary) -> str:
    duration = duration_of(summary)
    several = len(summary.conditions) > 1
    headings = ["arm", *(["condition"] if several else []), "round trips", f"median {duration} time, ms", "p95, ms",
                "messages/s", "accepted", "failed"]  # fmt: skip
    rows = [_arm(arm, duration, several=several) for arm in summary.arms]
    return html.table(headings, rows, texts=(0, 1) if several else (0,))


def _arm(arm: ArmSummary, duration: str, *, several: bool) -> Sequence[str]:
    times = arm.response_ms if duration == "response" else arm.service_ms
    name = f"{arm.name}\nsaturated: no verdict" if arm.saturated else arm.name
    return [
        name,
        *([arm.condition] if several else []),
        numbers.NOT_KNOWN if arm.turns is None else f"{arm.turns.each:.3g}",
        numbers.with_interval(times.get("p50", _NOTHING)),
        numbers.with_interval(times.get("p95", _NOTHING)),
        numbers.decimal(arm.throughput_per_s),
        f"{arm.accepted:,} of {arm.planned:,}",
        _failures(arm),
    ]


def _failures(arm: ArmSummary) -> str:
    kinds = [f"{count:,} {kind}" for kind, count in arm.outcomes.items() if kind != OutcomeKind.ACCEPTED.label]
    return "\n".join([*kinds, *([f"{arm.unsent:,} unsent"] if arm.unsent else [])]) or "0"


def _contrast(contrast: Contrast) -> Sequence[object]:
    value, interval = (numbers.NOT_KNOWN, "")
    if contrast.ratio is not None:
        value, interval = numbers.times(contrast.ratio, contrast.ci)
    return [
        contrast.arm,
        f"{contrast.baseline} (A/A)" if contrast.aa else contrast.baseline,
        contrast.condition,
        contrast.metric,
        value,
        interval,
        numbers.with_interval(contrast.shift_ms),
        contrast.blocks,
        "\n".join([contrast.verdict.lower(), *texts(contrast.reasons)]),
    ]
