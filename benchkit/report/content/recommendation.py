"""The recommendation as a rule from the model: which side is faster at which RTT and reuse, by how much, where they are level.

Aspects other than speed are listed apart. If a run measured no network, there is no rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from benchkit.model.prediction import Basis
from benchkit.model.summary import Summary, Verdict
from benchkit.report import numbers
from benchkit.report.content.delivery_decision import decision_sentences
from benchkit.report.content.page import Cell, Column, Section, Sentence, Table, Tone, columns, sentence
from benchkit.report.content.ways import LinkGroup, Way, link_groups
from benchkit.report.content.your_numbers import NEAR_MS, Setting, line_of, rope_text, seen_text
from benchkit.stats.prediction import compare_lines

_REUSE = (
    (1.0, "a new connection each"),
    (10.0, "10 messages a connection"),
    (100.0, "100 messages a connection"),
    (inf, "kept open"),
)
_MOST_RTTS = 4
_NOT_KNOWN = Cell("not known", Tone.FAINT)
NOT_DECIDED_BY_SPEED = (
    (
        "Credentials",
        (
            "An SMTP password often allows sending for every domain of the account; an API key can often be limited to "
            "a domain, a purpose or an address."
        ),
    ),
    (
        "What happens later",
        "Bounces and complaints: webhooks with an API; delivery status notifications (RFC 3464) with SMTP.",
    ),
    (
        "Delivery",
        "Do not choose a path whose mail is refused or fails authentication, however fast it is: collect events first.",
    ),
    ("Templates", "A provider that fills in templates saves bandwidth, but your texts are then stored there."),
    ("Ports", "Networks often block port 25 and sometimes 587; port 443 is open almost everywhere."),
    ("Lock-in", "SMTP is the same at every provider; each API has its own requests, errors and limits."),
    ("Price", "Plans count messages, recipients or size, often the same for both ways."),
)


def recommendation_sections(summary: Summary) -> Iterator[Section]:
    yield Section("rule", "Which path, by this run", tuple(_rule(summary)), "Which path")
    beside = Table(
        (Column("what"), Column("why it matters")),
        tuple((Cell(a, Tone.STRONG), Cell(b)) for a, b in NOT_DECIDED_BY_SPEED),
        texts=True,
    )
    yield Section("beside", "What speed does not decide", (beside,))


def _rule(summary: Summary) -> Iterator[Sentence | Table]:
    """Delivery and authentication first: where they differ, speed does not decide."""
    if summary.deliverability is not None:
        yield from decision_sentences(summary.deliverability)
    groups = link_groups(summary) if summary.valid else ()
    if not groups:
        yield sentence("No rule: the run is invalid, or it did not measure both SMTP and an API.", Tone.WARNING)
        return
    smtp, _ = groups[0].sides
    if all(group.sides[0].model.highest_rtt_ms < NEAR_MS for group in groups):
        yield sentence(
            f"No rule: this run measured {seen_text(smtp)}. A recommendation needs a network: "
            "--set 'network.rtt_ms=[0,1,4,20]'.",
            Tone.WARNING,
        )
        return
    if summary.load_model != "talk":
        yield sentence("These are service times under this run's load, several messages at a time.", Tone.FAINT)
    for group in groups:
        yield from _rule_of(summary, group, several=len(groups) > 1)


def _rule_of(summary: Summary, group: LinkGroup, *, several: bool) -> Iterator[Sentence | Table]:
    smtp, api = group.sides
    where = f"Link with {group.label}: from" if several else "From"
    yield sentence(
        f"{where} the fitted times of {smtp.label} and {api.label}, over {seen_text(smtp)}. “Level”: the interval lies within "
        f"{rope_text(summary.rope)}."
    )
    yield rule_table(summary, group)


def rule_table(summary: Summary, group: LinkGroup) -> Table:
    """A row for each kind of reuse, a column for each RTT that was measured."""
    (smtp, api), rtts_ms = group.sides, _some(group.rtts_ms(summary))
    rows = tuple(
        (
            Cell(setting),
            *(_cell(summary, smtp, api, messages, rtt_ms) for rtt_ms in rtts_ms),
            _level(summary, smtp, api, messages),
        )
        for messages, setting in _REUSE
    )
    rows = tuple(row for row in rows if any(cell != _NOT_KNOWN for cell in row[1:]))
    headings = [f"at {numbers.decimal(rtt_ms, 'ms')}" for rtt_ms in rtts_ms]
    if smtp.model.basis is Basis.ROUND_TRIPS:  # the slopes were not measured
        return Table(columns("connection", *headings), tuple(row[:-1] for row in rows))
    return Table(columns("connection", *headings, "level at"), rows)


def _some(rtts_ms: list[float]) -> list[float]:
    """The shortest, the longest and some between."""
    found = list(rtts_ms)
    while len(found) > _MOST_RTTS:
        found.pop(len(found) // 2)
    return found


def _cell(summary: Summary, smtp: Way, api: Way, messages: float, rtt_ms: float) -> Cell:
    setting = Setting(rtt_ms, messages, smtp.model.recipients, float(api.model.messages_per_request))
    a, b = line_of(smtp, setting), line_of(api, setting)
    if a is None or b is None:
        return _NOT_KNOWN
    found = compare_lines(a, b, rtt_ms, summary.rope)
    if found.verdict is Verdict.EQUIVALENT:
        return Cell("level")
    if found.ratio is None or found.verdict is Verdict.UNDECIDED:
        return Cell("not decided", Tone.FAINT)
    slower = found.verdict is Verdict.SLOWER
    times = found.ratio if slower else 1 / found.ratio if found.ratio else inf
    return Cell(f"{'API' if slower else 'SMTP'} {numbers.decimal(times)}×")


def _level(summary: Summary, smtp: Way, api: Way, messages: float) -> Cell:
    setting = Setting(0.0, messages, smtp.model.recipients, float(api.model.messages_per_request))
    a, b = line_of(smtp, setting), line_of(api, setting)
    if a is None or b is None:
        return _NOT_KNOWN
    found = compare_lines(a, b, 0.0, summary.rope).break_even_rtt_ms
    if found.value is None:
        return Cell("no RTT" if found.found == "never" else "not identified", Tone.FAINT)
    if found.value > smtp.model.highest_rtt_ms:
        return Cell("no RTT measured", Tone.FAINT)
    if not found.low and found.high is not None and found.high <= smtp.model.highest_rtt_ms:
        return Cell(f"at most {numbers.decimal(found.high, 'ms')}")
    interval = (
        ""
        if found.low is None or found.high is None
        else f"[{numbers.decimal(found.low)}, {numbers.decimal(found.high)}]"
    )
    return Cell(numbers.decimal(found.value, "ms"), second=interval)
