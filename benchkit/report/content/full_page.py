"""The whole answer for a meeting, in the order that a decision needs: from a run and its Summary.

The answer · your numbers · which path · the claims · round trips and phases · distributions · over time · the sweep ·
how sure · delivery account · what became of accepted mail · what this run does not say · conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from benchkit.model.outside_text import escaped
from benchkit.model.run import Run
from benchkit.model.summary import Summary
from benchkit.report.content import sentences
from benchkit.report.content.account import account_lines
from benchkit.report.content.claims import claims_section
from benchkit.report.content.conditions import conditions_section
from benchkit.report.content.costs import cost_of_messages
from benchkit.report.content.deliverability import deliverability_sections
from benchkit.report.content.delivery_decision import before_speed
from benchkit.report.content.failover_lines import failover_sentences
from benchkit.report.content.figures import (
    contrasts_figure,
    distribution_figures,
    failures_figure,
    phases_figure,
    throughput_figure,
)  # fmt: skip
from benchkit.report.content.limits import limits_section
from benchkit.report.content.network_headline import network_sentences
from benchkit.report.content.page import Block, Folded, Page, Section, Sentence, Span, Tone, sentence
from benchkit.report.content.recommendation import recommendation_sections
from benchkit.report.content.summary_page import (
    OPEN,
    arms_sections,
    cost_sections,
    ended_early_sentence,
    theory_sections,
    thresholds_sections,
    warning_sentences,
)  # fmt: skip
from benchkit.report.content.sweep import sweep_table
from benchkit.report.content.sweep_figure import sweep_figures
from benchkit.report.content.theory import fits_table
from benchkit.report.content.your_numbers import sliders_of
from benchkit.stats.sample import Samples, measured_samples


def full_page(summary: Summary, run: Run) -> Page:
    summary = escaped(summary, lines=False)
    run = _with_plain_names(run)
    samples, condition = measured_samples(run), main_condition(summary)
    return Page(f"benchkit: {summary.scenario}", tuple(_sections(summary, run, samples, condition)))


def main_condition(summary: Summary) -> int:
    """The one whose details are shown: that with the longest RTT. The others are folded."""
    known = [(one.rtt_ms or 0.0, -number) for number, one in enumerate(summary.conditions)]
    return -max(known)[1] if known else 0


def _with_plain_names(run: Run) -> Run:
    manifest = run.manifest
    plain = replace(
        manifest,
        arms=escaped(manifest.arms, lines=False),
        conditions=escaped(manifest.conditions, lines=False),
        host=escaped(manifest.host, lines=False),
        scenario_text=escaped(manifest.scenario_text),
    )
    return replace(run, manifest=plain)


def _sections(summary: Summary, run: Run, samples: Samples, condition: int) -> Iterator[Section]:
    yield _answer(summary)
    sliders = sliders_of(summary) if summary.valid else None
    if sliders:
        yield Section("numbers", "Your numbers", (sliders,))
    rule, beside = recommendation_sections(summary)
    yield rule
    if summary.conditions:
        yield from cost_of_messages(summary, summary.conditions[condition].name)
    yield beside
    yield from thresholds_sections(summary)
    yield claims_section(summary)
    if summary.conditions:
        yield _arms(summary, condition)
        figures = tuple(distribution_figures(summary, run, samples, condition))
        yield Section("distributions", "Distributions and tail", figures, "Distributions")
        yield _over_time(run, samples, condition)
    yield from _sweep(summary, run, samples)
    yield _how_sure(summary, condition)
    yield Section("account", "Delivery account", tuple(account_lines(summary)))
    yield from deliverability_sections(summary, decided=False)  # it stands at "Which path"
    yield limits_section(summary, run)
    yield conditions_section(summary, run)


def _answer(summary: Summary) -> Section:
    blocks: list[Block] = [*ended_early_sentence(summary)]
    blocks += [sentence(summary.question, Tone.FAINT)] if summary.question else []
    first, *others = network_sentences(summary) or [sentences.answer(summary)]
    lead, colon, rest = first.partition(": ")
    tone = Tone.STRONG if summary.valid else Tone.ALARM
    blocks += [Sentence((Span(f"{lead}{colon.rstrip()}", tone), Span(f" {rest}"))) if rest else sentence(first, tone)]
    blocks += map(sentence, others)
    blocks += map(sentence, failover_sentences(summary))
    blocks += before_speed(summary, sentences.answer(summary))
    if summary.valid and (warning := sentences.no_distance(summary)):
        blocks.append(sentence(warning, Tone.WARNING))
    blocks.append(sentence(sentences.ONE_HOP, Tone.FAINT))
    return Section("answer", "", tuple(blocks))


def _arms(summary: Summary, condition: int) -> Section:
    """Of the main condition; the others are folded."""
    names = [one.name for one in summary.conditions]
    shown = list(arms_sections(summary, names[condition]))
    others = tuple(
        Folded(section.title, section.blocks)
        for name in names
        if name != names[condition]
        for section in list(arms_sections(summary, name))[:1]
    )
    blocks = (*shown[0].blocks, phases_figure(summary, names[condition]), *others)
    title = f"Round trips and phases, on {sentences.link(summary, names[condition])}"
    return Section("arms", title, blocks, "Round trips and phases")


def _over_time(run: Run, samples: Samples, condition: int) -> Section:
    figures = [throughput_figure(run, samples, condition), failures_figure(run, samples, condition)]
    blocks: list[Block] = [figure for figure in figures if figure]
    if figures[1] is None:
        blocks.append(sentence("No message failed on this link, warm-up left out.", Tone.GOOD))
    return Section("time", "Throughput and failures over time", tuple(blocks), "Over time")


def _sweep(summary: Summary, run: Run, samples: Samples) -> Iterator[Section]:
    figures = tuple(sweep_figures(summary, run, samples))
    if figures:
        theory = tuple(
            Folded(section.title, section.blocks)
            for section in theory_sections(summary, [one.name for one in summary.conditions])
            if section.key == "theory"
        )
        yield Section(
            "sweep", "The sweep: time against round-trip time", (*figures, fits_table(summary), *theory), "Sweep"
        )


def _how_sure(summary: Summary, condition: int) -> Section:
    figure = contrasts_figure(summary, summary.conditions[condition].name) if summary.conditions else None
    blocks: list[Block] = [figure] if figure else []
    if summary.valid:
        if len(summary.conditions) > 1:
            blocks.append(sweep_table(summary))
        contrasts = [one for one in sentences.by_weight(summary) if one.aa or one.verdict in OPEN]
        if items := tuple(sentence(sentences.sentence(summary, one), item=True) for one in contrasts):
            blocks.append(Folded("A/A pairs and comparisons without a verdict", items))
        if summary.contrasts:
            blocks.append(sentence(sentences.basis(summary), Tone.FAINT))
    blocks += [cost for section in cost_sections(summary) for cost in _titled(section)]
    blocks += [replace(warning, item=True) for warning in warning_sentences(summary)]
    return Section("sure", "How sure this is", tuple(blocks), "How sure")


def _titled(section: Section) -> Iterator[Block]:
    """Its blocks within another section, the first after its title."""
    first, *others = section.blocks
    if isinstance(first, Sentence) and section.title:
        first = Sentence((Span(f"{section.title}: "), *first.spans))
    yield from (first, *others)
