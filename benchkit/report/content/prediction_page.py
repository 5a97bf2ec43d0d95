"""A prediction as a page: the answer for each use in a sentence, the times, the profile's facts with their sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchkit.model.plain_number import significant
from benchkit.profiles.computing import Computing
from benchkit.profiles.prediction import MailShape, PredictedTime, Use, predict
from benchkit.profiles.profile import Profile
from benchkit.report import numbers
from benchkit.report.content.page import (
    Block,
    Cell,
    Folded,
    Page,
    Section,
    Sentence,
    Span,
    Table,
    Tone,
    columns,
    sentence,
)
from benchkit.report.content.prediction_sentences import number, span
from benchkit.report.content.prediction_sliders import UNKNOWN, answers, sliders_of, times_table, within_limits


def prediction_page(profile: Profile, mail: MailShape, times: Sequence[PredictedTime], computing: Computing) -> Page:
    """For a terminal: of one profile, at these numbers."""
    return Page(
        f"{profile.title}: what a mail takes until it is accepted",
        (
            Section("answer", f"{profile.title}, {_question(mail)}", tuple(answers(mail, times))),
            Section("times", "Times to accept", (_given(times_table(mail, times)), *_remarks(times, computing))),
            Section("profile", "What the profile says, and the sources", tuple(_facts(profile))),
        ),
    )


def predictions_page(profiles: Sequence[Profile], mail: MailShape, computing: Computing) -> Page:
    """With sliders, for one or several profiles."""
    names = profiles[0].title if len(profiles) == 1 else f"{len(profiles)} providers"
    return Page(
        f"{names}: what a mail takes until it is accepted",
        (
            Section("answer", "", (sentence("SMTP or the API: a prediction, nothing was sent", Tone.STRONG),)),
            Section("numbers", "Your numbers", (sliders_of(profiles, mail, computing), *_remarks((), computing))),
            *_beside(profiles, mail, computing),
            Section("profile", "What the profiles say, and the sources", tuple(_sources(profiles)), "Sources"),
        ),
    )


def _beside(profiles: Sequence[Profile], mail: MailShape, computing: Computing) -> Iterator[Section]:
    """The providers side by side at the numbers that the page begins with."""
    if len(profiles) > 1:
        rows = tuple(_row(profile, mail, computing) for profile in profiles)
        heads = columns("provider", "SMTP one-off", "API one-off", "SMTP kept", "API kept", "server of the API")
        shared = "; of an API's kept connection, a mail's share of its request" if mail.messages_per_request > 1 else ""
        caption = sentence(f"Time on the network in ms, {_question(mail)}{shared}.", Tone.FAINT)
        yield Section("beside", "Side by side", (caption, Table(heads, rows)))


def _row(profile: Profile, mail: MailShape, computing: Computing) -> tuple[Cell, ...]:
    times = predict(profile, within_limits(profile, mail)[0], computing)

    def cell(transport: str, use: Use) -> Cell:
        found = next((time for time in times if time.transport == transport and time.use is use), None)
        return Cell(numbers.NOT_KNOWN, Tone.FAINT) if found is None else Cell(span(found.share_ms))

    server = next((time.server_ms for time in times if time.transport == "api"), None)  # of one mail
    server_time = Cell(UNKNOWN, Tone.FAINT) if server is None else Cell(f"{span(server)} ms")
    return (
        Cell(profile.title),
        *(cell(way, use) for use in (Use.ONE_OFF, Use.KEPT) for way in ("smtp", "api")),
        server_time,
    )


def _sources(profiles: Sequence[Profile]) -> Iterator[Block]:
    if len(profiles) == 1:
        yield from _facts(profiles[0])
        return
    for profile in profiles:
        yield Folded(profile.title, tuple(_facts(profile)))


def _given(table: Table) -> Table:
    """Without the ways that the profile does not have."""
    return replace(table, rows=tuple(row for row in table.rows if row[2].text != numbers.NOT_KNOWN))


def _question(mail: MailShape) -> str:
    recipients = f"{mail.recipients:,} recipients" if mail.recipients > 1 else "one recipient"
    together = f", {mail.messages_per_request:,} messages a request" if mail.messages_per_request > 1 else ""
    return f"RTT {span(mail.rtt_ms)} ms, {numbers.size(mail.size_bytes)} for {recipients}{together}"


def _remarks(times: Sequence[PredictedTime], computing: Computing) -> Iterator[Sentence]:
    unknown = sorted({name for time in times for name in time.unknown})
    if unknown:
        remark = (
            f"Unknown, so some times are a range or have no total: {', '.join(unknown)}. `benchkit doctor` can see "
            "some of it."
        )
        yield sentence(remark, Tone.WARNING)
    if not times or any(time.messages > 1 for time in times):
        yield sentence(
            "Several messages a request are for mail after mail: one mail, and one every so often, goes alone. The computing "
            "of such a request is between that of one message and that of all.",
            Tone.FAINT,
        )
    yield sentence(
        f"{_computed(computing)} Times of servers are medians that others published. Nothing was sent.", Tone.FAINT
    )


def _computed(computing: Computing) -> str:
    connection = _with_interval(computing.connection_ms, computing.connection_interval_ms)
    message = _with_interval(computing.message_ms, computing.message_interval_ms)
    text = (
        f"Network includes the computing at both ends: {connection} for a new connection with TLS and {message} a message, "
        f"measured with {computing.source}, {computing.date}."
    )
    own = "`benchkit run scenarios/quickstart.toml`, then `--computing RUN` with the folder of that run"
    return text if computing.own_run else f"{text} For your own machine: {own}."


def _with_interval(value_ms: float, interval_ms: tuple[float, float] | None) -> str:
    """The answers take the value; the interval says how well the run knows it."""
    shown = "" if interval_ms is None else f" [{number(interval_ms[0])}, {number(interval_ms[1])}]"
    return f"{number(value_ms)}{shown} ms"


def _facts(profile: Profile) -> Iterator[Sentence]:
    for name, fact in profile.facts():
        for claim in fact.claims:
            contradicted = "; other sources differ" if fact.contradicts_itself else ""
            parts = "; ".join(part for part in (claim.source, claim.date, claim.note) if part)
            yield Sentence(
                (Span(f"{name}: {_value(claim.value)}"), Span(f" ({parts}{contradicted})", Tone.FAINT)), item=True
            )
    unknown = ", ".join(name for name, fact in profile.facts() if not fact.claims)
    yield sentence(f"Unknown: {unknown or 'nothing'}.", Tone.WARNING if unknown else Tone.PLAIN)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else significant(value) if isinstance(value, float) else str(value)
