"""A prediction as a page: the answer for each use in a sentence, the times, the profile's facts with their sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.profiles.prediction import Computing, MailShape, PredictedTime, TimeRange, Use
from benchkit.profiles.profile import Profile
from benchkit.report import numbers
from benchkit.report.content.page import Cell, Page, Section, Sentence, Span, Table, Tone, columns, sentence

_UNKNOWN = "unknown"
_USES = {
    Use.ONE_OFF: "One mail on a new connection",
    Use.KEPT: "Mail after mail on a kept connection",
    Use.PACED: "One mail every {gap} s",
}


def prediction_page(profile: Profile, mail: MailShape, times: Sequence[PredictedTime], computing: Computing) -> Page:
    return Page(
        f"{profile.title}: what a mail takes until it is accepted",
        (
            Section("answer", f"{profile.title}, {_question(mail)}", tuple(_answers(mail, times))),
            Section("times", "Times to accept", (_times_table(mail, times), *_remarks(times, computing))),
            Section("profile", "What the profile knows, and from where", tuple(_facts(profile))),
        ),
    )


def _question(mail: MailShape) -> str:
    recipients = f"{mail.recipients} recipients" if mail.recipients > 1 else "one recipient"
    together = f", {mail.messages_per_request} messages a request" if mail.messages_per_request > 1 else ""
    return f"RTT {_ms(mail.rtt_ms)}, {numbers.size(mail.size_bytes)} for {recipients}{together}"


def _answers(mail: MailShape, times: Sequence[PredictedTime]) -> Iterator[Sentence]:
    for use in Use:
        smtp = next((time for time in times if time.use is use and time.transport == "smtp"), None)
        api = next((time for time in times if time.use is use and time.transport == "api"), None)
        words = _USES[use].format(gap=_number(mail.gap_s))
        yield sentence(f"{words}: {_answer(smtp, api)}", item=True)


def _answer(smtp: PredictedTime | None, api: PredictedTime | None) -> str:
    if smtp is None or api is None:
        (only,) = (time for time in (smtp, api) if time is not None)
        return f"{_said(only)}."
    return f"{_said(smtp)}; {_said(api)}. {_compared(smtp, api)}"


def _said(time: PredictedTime) -> str:
    name = "SMTP" if time.transport == "smtp" else "the API"
    trips = f"{name} {_trips(time.round_trips)}, {_ms(time.network_ms)}"
    if time.server_ms is None:
        return f"{trips} and the time that the server takes to accept, which is unknown"
    return f"{trips} and {_ms(time.server_ms)} at the server, {_ms(time.network_ms + time.server_ms)} in all"


def _compared(smtp: PredictedTime, api: PredictedTime) -> str:
    """What follows, and what it would take where a time is unknown."""
    if smtp.total_ms is not None and api.total_ms is not None:
        return _faster(smtp.total_ms, api.total_ms)
    if api.total_ms is not None:
        margin = TimeRange(api.total_ms.low - smtp.network_ms.high, api.total_ms.high - smtp.network_ms.low)
        if margin.high <= 0:
            return "The API is faster, however fast the relay accepts."
        if margin.low <= 0:
            return f"SMTP is faster only if the relay accepts a mail well within {_number(margin.high)} ms."
        return f"SMTP is faster if the relay accepts a mail within {_ms(margin)}."
    fewer = _faster(smtp.network_ms, api.network_ms)
    return f"On the network alone: {fewer[0].lower()}{fewer[1:]}"


def _faster(smtp_ms: TimeRange, api_ms: TimeRange) -> str:
    if smtp_ms.high < api_ms.low:
        return f"SMTP is faster, by {_ms(TimeRange(api_ms.low - smtp_ms.high, api_ms.high - smtp_ms.low))}."
    if api_ms.high < smtp_ms.low:
        return f"The API is faster, by {_ms(TimeRange(smtp_ms.low - api_ms.high, smtp_ms.high - api_ms.low))}."
    return "Which is faster depends on what is unknown."


def _times_table(mail: MailShape, times: Sequence[PredictedTime]) -> Table:
    rows = tuple(
        (
            Cell(f"{time.transport}, {time.client} ({time.how})" if time.transport == "smtp" else f"api ({time.how})"),
            Cell(time.use.value if time.use is not Use.PACED else f"every {_number(mail.gap_s)} s"),
            Cell(_number(time.round_trips)),
            Cell(_number(time.network_ms)),
            _range_cell(time.server_ms),
            _range_cell(time.total_ms),
        )
        for time in times
    )
    return Table(columns("way", "use", "round trips", "network, ms", "server, ms", "in all, ms"), rows)


def _remarks(times: Sequence[PredictedTime], computing: Computing) -> Iterator[Sentence]:
    unknown = sorted({name for time in times for name in time.unknown})
    if unknown:
        told = f"Unknown, and so a range or no total: {', '.join(unknown)}. `benchkit doctor` can see some of it."
        yield sentence(told, Tone.WARNING)
    yield sentence(
        f"Network includes the computing at both ends: {_number(computing.connection_ms)} ms for a new connection with "
        f"TLS and {_number(computing.message_ms)} ms a message, as with benchkit's clients on two shared cores. "
        "Times of servers are medians that others published. Nothing was sent.",
        Tone.FAINT,
    )


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
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)


def _range_cell(of: TimeRange | None) -> Cell:
    return Cell(_UNKNOWN, Tone.FAINT) if of is None else Cell(_number(of))


def _trips(of: TimeRange) -> str:
    return f"{_number(of)} round {'trip' if of == TimeRange(1, 1) else 'trips'}"


def _ms(of: TimeRange) -> str:
    return f"{_number(of)} ms"


def _number(of: TimeRange | float) -> str:
    if not isinstance(of, TimeRange):
        return f"{of:,.3g}" if of < 1000 else f"{of:,.0f}"
    low, high = _number(of.low), _number(of.high)
    return low if low == high else f"{low} to {high}"
