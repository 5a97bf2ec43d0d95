"""*Your numbers*: what both sides take at a reader's RTT, reuse, recipients and batches, and the verdict there.

The page's script fills the same sentences from the same coefficients. The sentences are only here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf, isfinite
from typing import Any

from benchkit.model.plain_number import significant
from benchkit.model.prediction import Basis, TimeLine
from benchkit.model.summary import BreakEven, Summary
from benchkit.report import numbers
from benchkit.report.content.page import Cell, Choice, Control, Sentence, Sliders, Span, Table, Tone, columns
from benchkit.report.content.ways import LinkGroup, Way, link_groups
from benchkit.stats.prediction import compare_lines

NEAR_MS = 1.0  # a run that saw no RTT above it has seen no network
_TOLERANCE = 0.1  # an RTT that is 10 % beyond what was measured still counts as measured
_NOT_KNOWN = Cell("not known", Tone.FAINT)
RTTS_MS = (
    *(n / 2 for n in range(21)),
    *map(float, range(11, 51)),
    *map(float, range(55, 101, 5)),
    *map(float, range(110, 301, 10)),
)
_MESSAGES = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, 100, 200, 500, 1000, inf)
RECIPIENTS = (*range(1, 21), 30, 50, 100)
PER_REQUEST = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)

# {smtp} and {api} are names of ways; times and ratios come as text
SENTENCES: Mapping[str, tuple[str, str]] = {
    "SLOWER": ("{api} is faster.", "{smtp} takes {a} ms a message, {api} {b} ms: {ratio} times as long."),
    "FASTER": ("{smtp} is faster.", "{smtp} takes {a} ms a message, {api} {b} ms: {ratio} times as long."),
    "EQUIVALENT": ("No difference that counts.", "{smtp} takes {a} ms a message, {api} {b} ms: both within {rope}."),
    "UNDECIDED": (
        "Not decided.",
        ("{smtp} takes {a} ms a message, {api} {b} ms; the intervals are too wide to say which is faster."),
    ),
    "MACHINE": (
        "No recommendation.",
        (
            "Without a network {smtp} takes {a} ms a message on this machine, and {api} {b} ms. A network adds its RTT to "
            "every round trip, and this run measured none."
        ),
    ),
    "UNSEEN": (
        "No recommendation.",
        (
            "This run measured {seen}. By arithmetic {smtp} would take {a} ms a message and {api} {b} ms, but nothing here was "
            "measured. To measure it: --set network.rtt_ms={rtt}"
        ),
    ),
    "NOT_KNOWN": (
        "Not known.",
        (
            "This run cannot show what opening a connection costs for SMTP and for the API. Choose a number of messages per "
            'connection that was measured, or add arms with connection = "fresh".'
        ),
    ),
    "NOT_MEASURED": ("Not known.", "This run has no times of {missing} on this link."),
    "at": ("", "They take equally long at {at} ms RTT{interval}; below it {below} is faster, above it {above}."),
    "below": ("", "Above {high} ms RTT {above} is faster; for shorter RTTs this run cannot say."),
    "beyond": ("", "The fitted lines cross at {at} ms RTT{interval}, which this run did not measure."),
    "never": ("", "Their times do not cross: {below} is faster at every RTT that was measured."),
    "not identified": ("", "This run cannot show at which RTT they take equally long."),
    "none": ("", ""),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What the sliders say."""

    rtt_ms: float
    messages_per_connection: float
    recipients: float
    messages_per_request: float


def sliders_of(summary: Summary) -> Sliders | None:
    """None where the run has no model of both sides. They begin with the first group of links."""
    groups = link_groups(summary)
    if not groups:
        return None
    smtp, api = groups[0].sides
    controls = _controls(smtp, api)
    setting = Setting(*(control.stops[control.chosen] for control in controls))
    names = list(dict.fromkeys(way.name for group in groups for way in group.ways))
    found = {way.name: way for way in groups[0].ways}
    rows = tuple((Cell(name), time_cell(found[name], setting) if name in found else _NOT_KNOWN) for name in names)
    table = Table(columns("way of sending", "predicted time of a message, ms"), rows)
    document = _document(summary, groups, names)
    link = f"On a link with {groups[0].label}, at" if len(groups) > 1 else "At"
    return Sliders(
        "your_numbers.js", tuple(_choices(document)), controls, document, (answer_at(summary, smtp, api, setting),),
        f"{link} {setting_text(controls)}", table, tuple(way["colour"] for way in document["ways"]),
    )  # fmt: skip


def setting_text(controls: Sequence[Control]) -> str:
    """What the sliders say, within a sentence."""
    settings = (f"{one.label[0].lower()}{one.label[1:]}: {one.labels[one.chosen]}" for one in controls)
    return ", ".join(settings) + "."


def _choices(document: Mapping[str, Any]) -> Iterator[Choice]:
    links = tuple((str(number), link) for number, link in enumerate(document["links"]))
    yield Choice("link", "Link, besides its RTT", links, "0")
    for side, transport in enumerate(("smtp", "api")):
        ways = enumerate(document["ways"])
        of_kind = tuple((str(number), way["name"]) for number, way in ways if way["transport"] == transport)
        yield Choice(f"side-{side}", f"{transport.upper()} side", of_kind, str(document["sides"][side]))


def answer_at(summary: Summary, smtp: Way, api: Way, setting: Setting) -> Sentence:
    kinds, words = answer_parts_at(summary, smtp, api, setting)
    lead, reason = SENTENCES[kinds[0]]
    _, crossing = SENTENCES[kinds[1]]
    text = " ".join(part.format(**words) for part in (reason, crossing) if part)
    return Sentence((Span(lead.format(**words), Tone.STRONG), Span(f" {text}")))


def answer_parts_at(summary: Summary, smtp: Way, api: Way, setting: Setting) -> tuple[tuple[str, str], dict[str, str]]:
    """The keys of the two sentences, and what fills them."""
    words = {"smtp": smtp.label, "api": api.label, "rtt": significant(setting.rtt_ms), "seen": seen_text(smtp)}
    a, b = line_of(smtp, setting), line_of(api, setting)
    if a is None or b is None:
        return ("NOT_KNOWN", "none"), words
    times = a.time_at(setting.rtt_ms), b.time_at(setting.rtt_ms)
    words |= {"a": numbers.with_interval(times[0]), "b": numbers.with_interval(times[1])}
    if not is_seen(smtp, setting.rtt_ms):
        return ("UNSEEN", "none"), words
    if seen_range(smtp)[1] == 0:
        return ("MACHINE", "none"), words
    found = compare_lines(a, b, setting.rtt_ms, summary.rope)
    words |= {"ratio": numbers.decimal(found.ratio), "rope": rope_text(summary.rope)}
    crossing = found.break_even_rtt_ms
    return (found.verdict.value, _level(smtp, crossing)), words | _crossing_words(crossing, a, b, smtp, api)


def _level(smtp: Way, crossing: BreakEven) -> str:
    """The key of the sentence; with one RTT the slopes were not measured, and nothing is said of other RTTs."""
    if smtp.model.basis is Basis.ROUND_TRIPS:
        return "none"
    if crossing.value is None:
        return crossing.found
    if not crossing.low and crossing.high is not None and crossing.high <= smtp.model.highest_rtt_ms:
        return "below"
    return "at" if crossing.value <= smtp.model.highest_rtt_ms else "beyond"


def _crossing_words(found: BreakEven, a: TimeLine, b: TimeLine, smtp: Way, api: Way) -> dict[str, str]:
    """With the flatter line ahead at long RTTs, and the other one below the crossing."""
    steep, flat = (smtp, api) if a.slope > b.slope else (api, smtp)
    if found.value is None:
        ahead = smtp.label if a.intercept_ms < b.intercept_ms else api.label
        return {"below": ahead}
    low, high = numbers.decimal(found.low), numbers.decimal(found.high)
    interval = "" if found.low is None or found.high is None else f" [{low}, {high}]"
    words = {"at": numbers.decimal(found.value), "interval": interval, "high": high}
    return words | {"below": steep.label, "above": flat.label}


def time_cell(way: Way, setting: Setting) -> Cell:
    line = line_of(way, setting)
    if line is None:
        return _NOT_KNOWN
    value, _, interval = numbers.with_interval(line.time_at(setting.rtt_ms)).partition(" ")
    return Cell(value, Tone.PLAIN, interval)


def line_of(way: Way, setting: Setting) -> TimeLine | None:
    return way.model.line_for(
        messages_per_connection=setting.messages_per_connection,
        recipients=setting.recipients,
        messages_per_request=setting.messages_per_request if way.transport == "api" else None,
    )


def is_seen(way: Way, rtt_ms: float) -> bool:
    """Whether the run measured such an RTT; below a millisecond all count as no network."""
    low, high = seen_range(way)
    return low <= rtt_ms <= high


def seen_range(way: Way) -> tuple[float, float]:
    model = way.model
    low = 0.0 if model.lowest_rtt_ms < NEAR_MS else model.lowest_rtt_ms * (1 - _TOLERANCE)
    return low, 0.0 if model.highest_rtt_ms < NEAR_MS else model.highest_rtt_ms * (1 + _TOLERANCE)


def seen_text(way: Way) -> str:
    low, high = way.model.lowest_rtt_ms, way.model.highest_rtt_ms
    if high < NEAR_MS:
        return "no network delay"
    if low == high:
        return f"one RTT, {numbers.decimal(high, 'ms')}"
    return f"RTTs from {numbers.decimal(low)} to {numbers.decimal(high, 'ms')}"


def rope_text(rope: tuple[float, float]) -> str:
    return f"{rope[0]:.2f} to {rope[1]:.2f} times"


def _controls(smtp: Way, api: Way) -> tuple[Control, ...]:
    """They begin at what was measured, at the longest RTT."""
    highest = smtp.model.highest_rtt_ms
    rtt_ms = 0.0 if highest < NEAR_MS else min(RTTS_MS, key=lambda stop: abs(stop - highest))
    per_request = max(1, api.model.messages_per_request)
    kept = [significant(stop) if isfinite(stop) else "kept open" for stop in _MESSAGES]
    recipients, batches = ([f"{stop:,}" for stop in stops] for stops in (RECIPIENTS, PER_REQUEST))
    return (
        _control(
            "rtt", "Round-trip time to the server", RTTS_MS, [f"{significant(stop)} ms" for stop in RTTS_MS], rtt_ms
        ),
        _control("messages", "Messages per connection", _MESSAGES, kept, _first_reuse(smtp, api)),
        _control("recipients", "Recipients per message", RECIPIENTS, recipients, smtp.model.recipients),
        _control("batch", "Messages per API request", PER_REQUEST, batches, float(per_request)),
    )


def _first_reuse(smtp: Way, api: Way) -> float:
    """A new connection for each message, unless only kept ones were measured."""
    models = (smtp.model, api.model)
    known = all(model.line_for(messages_per_connection=1.0) is not None for model in models)
    return 1.0 if known else inf


def _control(key: str, label: str, stops: Sequence[float], labels: Sequence[str], at: float) -> Control:
    nearest = stops.index(at) if at in stops else min(range(len(stops)), key=lambda index: abs(stops[index] - at))
    return Control(key, label, tuple(map(float, stops)), tuple(labels), nearest)


def _document(summary: Summary, groups: Sequence[LinkGroup], names: Sequence[str]) -> dict[str, Any]:
    """Every way has a model for each group of links, or null: `models` goes by `links`, and `ways` by the rows of the table."""
    arms = list(dict.fromkeys(arm.name for arm in summary.arms))
    by_name = [{way.name: way for way in group.ways} for group in groups]
    first = [next(ways[name] for ways in by_name if name in ways) for name in names]
    return {
        "links": [group.label for group in groups],
        "ways": [
            {"name": way.name, "label": way.label, "transport": way.transport, "colour": arms.index(way.arms[0])}
            | {"models": [_model(ways.get(way.name)) for ways in by_name]}
            for way in first
        ],
        "sides": [names.index(side.name) for side in groups[0].sides],
        "rope": summary.rope,
        "ropeText": rope_text(summary.rope),
        "sentences": {key: list(words) for key, words in SENTENCES.items()},
    }


def _model(way: Way | None) -> dict[str, Any] | None:
    return None if way is None else {"seen": seen_range(way), "seenText": seen_text(way)} | asdict(way.model)
