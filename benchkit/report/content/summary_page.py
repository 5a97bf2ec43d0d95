"""A run's answer as a page, from its Summary alone: the verdict first, then what supports it, as readers ask for it.

verdict → thresholds → arms → where the time goes → does it agree with the theory → was every message accounted for → what
became of accepted mail → what benchkit itself cost → warnings. Terminal, Markdown and the picture set this page; the HTML page
(full_page.py) takes its parts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from benchkit.model.outside_text import escaped
from benchkit.model.summary import Summary, Verdict
from benchkit.report import numbers
from benchkit.report.content import sentences
from benchkit.report.content.account import account_lines
from benchkit.report.content.arms import arms_table, duration_of, failure_lines
from benchkit.report.content.client_costs import cpu_line, request_lines, signature_lines
from benchkit.report.content.deliverability import deliverability_sections
from benchkit.report.content.delivery_decision import before_speed
from benchkit.report.content.ended_early import ended_early
from benchkit.report.content.failover_lines import failover_sentences
from benchkit.report.content.generator import generator_lines
from benchkit.report.content.notices import warning_lines
from benchkit.report.content.page import Block, Page, Section, Sentence, Span, Tone, sentence
from benchkit.report.content.phases import phase_bars_of
from benchkit.report.content.sweep import sweep_table
from benchkit.report.content.tail_contrasts import tail_tables
from benchkit.report.content.tcp_line import tcp_line
from benchkit.report.content.theory import agreements_table, batches, fits_table
from benchkit.report.content.thresholds import threshold_lines

OPEN = (Verdict.UNDECIDED, Verdict.WITHHELD)  # they have more to say than a table's cell holds: what it would take


def page_of(summary: Summary, *, details_of: Collection[str] | None = None) -> Page:
    """`details_of` are the conditions whose arms and theory are shown: all of them unless given."""
    summary = escaped(summary, lines=False)
    shown = [one.name for one in summary.conditions if details_of is None or one.name in details_of]
    sections = (
        answer_section(summary),
        *thresholds_sections(summary),
        *(section for condition in shown for section in arms_sections(summary, condition)),
        *theory_sections(summary, shown),
        account_section(summary),
        *deliverability_sections(summary),
        *cost_sections(summary),
        Section("warnings", "", tuple(warning_sentences(summary))),
    )
    return Page(f"benchkit report {summary.scenario}", sections)


def answer_section(summary: Summary) -> Section:
    return Section(
        "answer",
        "",
        (
            *ended_early_sentence(summary),
            headline_sentence(summary),
            *_verdicts(summary),
            *before_speed(summary, sentences.answer(summary)),
            sentence(sentences.ONE_HOP, Tone.FAINT),
        ),
    )


def headline_sentence(summary: Summary) -> Sentence:
    return sentence(sentences.answer(summary), Tone.STRONG if summary.valid else Tone.ALARM)


def ended_early_sentence(summary: Summary) -> Iterator[Sentence]:
    if text := ended_early(summary):
        yield sentence(text, Tone.ALARM)


def _verdicts(summary: Summary) -> Iterator[Block]:
    """Of a sweep the table: a sentence for each arm and condition would be too many."""
    if not summary.valid:
        return
    contrasts = sentences.by_weight(summary)
    if not sentences.beside_verdicts(summary):
        contrasts = contrasts[1:]  # the first one is the headline
    if len(summary.conditions) > 1:
        yield sweep_table(summary)
        contrasts = [contrast for contrast in contrasts if contrast.verdict in OPEN and not contrast.aa]
    for contrast in contrasts:
        tone = Tone.WARNING if contrast.verdict in OPEN else Tone.PLAIN
        yield sentence(sentences.sentence(summary, contrast), tone, item=True)
    yield from (sentence(changed, item=True) for changed in failover_sentences(summary))
    if summary.contrasts:
        yield sentence(sentences.basis(summary), Tone.FAINT)
    if warning := sentences.no_distance(summary):
        yield sentence(warning, Tone.WARNING)


def thresholds_sections(summary: Summary) -> Iterator[Section]:
    if summary.thresholds:
        yield Section("thresholds", "Thresholds", tuple(threshold_lines(summary.thresholds, len(summary.conditions))))


def arms_sections(summary: Summary, condition: str) -> Iterator[Section]:
    arms = [arm for arm in summary.arms if arm.condition == condition]
    tcp = tcp_line(arms)
    yield Section(
        "arms",
        f"Arms on {sentences.link(summary, condition)}",
        (
            arms_table(summary, condition),
            *tail_tables(summary, condition),
            *(sentence(line, Tone.FAINT) for line in (tcp, cpu_line(arms)) if line),
            *(sentence(line, Tone.FAINT) for line in signature_lines(arms)),
            *(line for arm in arms for line in failure_lines(arm)),
            *generator_lines(arms, duration_of(summary)),
        ),
    )
    if any(arm.phases_ms for arm in arms):
        yield Section("phases", "Where the time goes, mean service time a message", (phase_bars_of(arms),))


def theory_sections(summary: Summary, shown: Collection[str]) -> Iterator[Section]:
    """Only for links of the lab: without a network delay there is nothing to predict."""
    for condition in summary.conditions:
        if condition.lab and condition.name in shown:
            notes = (sentence(line) for line in batches(summary, condition.name))
            title = f"Theory on {sentences.described(condition)}"
            yield Section("theory", title, (agreements_table(summary, condition.name), *notes))
    if summary.fits:
        title = "Service time against RTT: the slope is the number of round trips that cost time"
        yield Section("fits", title, (fits_table(summary),))


def account_section(summary: Summary) -> Section:
    return Section("account", "Delivery account of all sends, warm-up included", tuple(account_lines(summary)))


def cost_sections(summary: Summary) -> Iterator[Section]:
    costs = (f"{name.replace('_', ' ')} {numbers.decimal(cost, 'µs')}" for name, cost in summary.overhead_us.items())
    certificate = [sentence(f"Certificate: {summary.certificate}")] if summary.certificate else []
    notes = [*map(sentence, request_lines(summary)), *certificate, *_registration(summary)]
    if summary.overhead_us:
        yield Section("cost", "What benchkit itself cost", (sentence(" · ".join(costs)), *notes))
    elif notes:
        yield Section("cost", "", tuple(notes))


def _registration(summary: Summary) -> Iterator[Sentence]:
    if summary.design.registered and summary.design.as_registered:
        yield sentence(
            f"Registered before the first send: {summary.design.registered[:16]}, of the scenario, ROPE, confidence and batch",
            Tone.FAINT,
        )


def warning_sentences(summary: Summary) -> Iterator[Sentence]:
    for line in warning_lines(summary):
        yield Sentence((Span("warning: ", Tone.WARNING), Span(line)))
