"""A prediction's sliders: what its page begins with, and the facts from which its script computes any other numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from benchkit.model.plain_number import significant
from benchkit.profiles.computing import Computing
from benchkit.profiles.limits import limits_of
from benchkit.profiles.prediction import (
    WINDOW_BYTES,
    MailShape,
    PredictedTime,
    Use,
    WayFacts,
    predict,
    ways_of,
)
from benchkit.profiles.profile import Profile
from benchkit.report import numbers
from benchkit.report.content.page import Cell, Choice, Column, Control, Sentence, Sliders, Span, Table, Tone, columns
from benchkit.report.content.prediction_sentences import SENTENCES, answer, number, span
from benchkit.report.content.your_numbers import PER_REQUEST, RECIPIENTS, RTTS_MS, setting_text

UNKNOWN = "unknown"
KINDS = ("SMTP, best", "SMTP, libraries", "API")
_COLOURS = {"SMTP, best": 0, "SMTP, libraries": 2, "API": 1}
_SIZES = tuple(1000 * n for n in (1, 2, 4, 7, 10, 14, 20, 30, 50, 70, 100, 200, 300, 500, 1000, 2000, 5000, 10_000))
_GAPS_S = (0, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600)


def sliders_of(profiles: Sequence[Profile], mail: MailShape, computing: Computing) -> Sliders:
    """They begin with the first profile and this mail."""
    first = profiles[0]
    shape, remark = within_limits(first, mail)
    times = predict(first, shape, computing)
    controls = _controls(mail)
    table = times_table(mail, times)
    return Sliders(
        "prediction.js",
        (Choice("profile", "Provider", tuple((str(n), one.title) for n, one in enumerate(profiles)), "0"),),
        controls,
        _document(profiles, computing),
        tuple(answers(mail, times)),
        f"{first.title}, at {setting_text(controls)}{remark}",
        table,
        tuple(_COLOURS[kind] for kind in KINDS for _ in Use),
    )


def within_limits(profile: Profile, mail: MailShape) -> tuple[MailShape, str]:
    """With no more than the provider takes, and a sentence for each number that had to be lower than was asked for."""
    remarks = []
    for name, limit in limits_of(profile).items():
        if getattr(mail, name) > limit.most:
            changes: dict[str, Any] = {name: limit.most}
            mail = replace(mail, **changes)
            remarks.append(SENTENCES[f"most_{name}"].format(most=f"{limit.most:,}"))
    return mail, "".join(remarks)


def answers(mail: MailShape, times: Sequence[PredictedTime]) -> Iterator[Sentence]:
    """One for each use, with its best SMTP way."""
    for use in Use:
        smtp = next((time for time in times if time.use is use and time.transport == "smtp"), None)
        api = next((time for time in times if time.use is use and time.transport == "api"), None)
        lead, reason = answer(use, mail.gap_s, smtp, api)
        yield Sentence((Span(lead, Tone.STRONG), Span(reason)), item=True)


def times_table(mail: MailShape, times: Sequence[PredictedTime]) -> Table:
    """A row for each way and use; the ways that this profile does not have say so."""
    found = {(kind_of(time.transport, time.client), time.use): time for time in times}
    rows = tuple(_row(kind, use, found.get((kind, use)), mail) for kind in KINDS for use in Use)
    server = Column("server, ms", optional=True)  # the sentences have it too
    return Table((*columns("way", "use", "round trips", "network, ms"), server, *columns("in all, ms")), rows)


def kind_of(transport: str, client: str) -> str:
    return "API" if transport == "api" else f"SMTP, {client}"


def _row(kind: str, use: Use, time: PredictedTime | None, mail: MailShape) -> tuple[Cell, ...]:
    interval = _use_text(use, mail, 1 if time is None else time.messages)
    if time is None:
        return (Cell(kind), Cell(interval), *(Cell(numbers.NOT_KNOWN, Tone.FAINT) for _ in range(4)))
    ranges = (time.server_ms, time.total_ms)
    known = (Cell(UNKNOWN, Tone.FAINT) if of is None else Cell(span(of)) for of in ranges)
    return (
        Cell(kind, second=time.how),
        Cell(interval),
        Cell(span(time.round_trips)),
        Cell(span(time.network_ms)),
        *known,
    )


def _use_text(use: Use, mail: MailShape, messages: int) -> str:
    if use is Use.PACED:
        return f"every {number(mail.gap_s)} s"
    return use.value if messages == 1 else f"{use.value}, {messages:,} a request"


def _controls(mail: MailShape) -> tuple[Control, ...]:
    """Each begins at what was asked for, which is one of its stops."""
    return (
        _control("rtt", "Round-trip time to the provider", RTTS_MS, mail.rtt_ms.low, lambda stop: f"{significant(stop)} ms"),
        _control("size", "Size of a message", _SIZES, mail.size_bytes, lambda n: numbers.size(int(n))),
        _control("recipients", "Recipients of a message", RECIPIENTS, mail.recipients, lambda stop: f"{stop:,.0f}"),
        _control("gap", "Seconds between paced messages", _GAPS_S, mail.gap_s, lambda stop: f"{significant(stop)} s"),
        _control("batch", "Messages per API request", PER_REQUEST, mail.messages_per_request, lambda stop: f"{stop:,.0f}"),
    )  # fmt: skip


def _control(key: str, label: str, stops: Sequence[float], begins: float, label_of: Any) -> Control:
    every = sorted({*map(float, stops), float(begins)})
    return Control(key, label, tuple(every), tuple(label_of(stop) for stop in every), every.index(float(begins)))


def _document(profiles: Sequence[Profile], computing: Computing) -> dict[str, Any]:
    return {
        "profiles": [
            {
                "title": one.title,
                "ways": [_way(way) for way in ways_of(one)],
                "limits": {name: limit.most for name, limit in limits_of(one).items()},
            }
            for one in profiles
        ],
        "uses": [use.value for use in Use],
        "rows": [[kind, use.value] for kind in KINDS for use in Use],
        "computing": {"connection_ms": computing.connection_ms, "message_ms": computing.message_ms},
        "windowBytes": WINDOW_BYTES,
        "sentences": dict(SENTENCES),
        "unknown": UNKNOWN,
    }


def _way(way: WayFacts) -> Mapping[str, Any]:
    return {
        "kind": kind_of(way.transport, way.client), "transport": way.transport, "how": way.how,
        "setup": [way.setup.low, way.setup.high],
        "message": [way.message.low, way.message.high],
        "per_recipient": [way.per_recipient.low, way.per_recipient.high],
        "shares": way.shares, "idle_s": way.idle_s,
        "server_ms": None if way.server_ms is None else [way.server_ms.low, way.server_ms.high],
    }  # fmt: skip
