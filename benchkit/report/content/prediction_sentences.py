"""What a prediction says in sentences: templates and what fills them. The page's script fills the same ones.

The sentences are only here; the times come from profiles/prediction.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchkit.profiles.prediction import PredictedTime, TimeRange, Use

SENTENCES: Mapping[str, str] = {
    "one-off": "One mail on a new connection",
    "kept": "Mail after mail on a kept connection",
    "kept_shared": "Mail after mail on a kept connection, {n} in an API request, per mail",
    "paced": "One mail every {gap} s",
    "smtp": "SMTP",
    "api": "the API",
    "one_trip": "1 round trip",
    "trips": "{n} round trips",
    "unknown_server": "{name} takes {trips}, {network} ms, and the server's time to accept, which is unknown",
    "known_server": "{name} takes {trips}, {network} ms, and {server} ms at the server: {total} ms in all",
    "shared": "{name} takes {trips}, {network} ms, for a request of {n}: {share} ms a mail. "
    "The server's time to accept such a request is unknown",
    "smtp_faster": "SMTP is faster, by {margin} ms.",
    "api_faster": "The API is faster, by {margin} ms.",
    "same": "SMTP and the API take the same time.",
    "depends": "Which is faster depends on times that are unknown.",
    "api_however": "The API is faster, however fast the relay accepts.",
    "well_within": "SMTP is faster only if the relay accepts a mail well within {margin} ms.",
    "within": "SMTP is faster if the relay accepts a mail within {margin} ms.",
    "network_smtp_faster": "On the network alone, SMTP is faster, by {margin} ms.",
    "network_api_faster": "On the network alone, the API is faster, by {margin} ms.",
    "network_same": "On the network alone, SMTP and the API take the same time.",
    "network_depends": "On the network alone, which is faster depends on times that are unknown.",
    "only_smtp": "The profile has no API.",
    "only_api": "The profile has no SMTP relay.",
    "most_messages_per_request": " A request of this API carries at most {most} messages; the times are for that number.",
    "most_recipients": " A mail has at most {most} recipients at this provider; the times are for that number.",
    "most_size_bytes": " A mail has at most {most} bytes at this provider; the times are for that size.",
}
_NEAREST = 1e-12  # moves a tie off the edge, so that Python and JavaScript round it alike


def answer(use: Use, gap_s: float, smtp: PredictedTime | None, api: PredictedTime | None) -> tuple[str, str]:
    """The answer for one use, and the times behind it."""
    key, margin = compared(smtp, api)
    messages = 1 if api is None else api.messages
    question = SENTENCES[use.value if messages == 1 else "kept_shared"].format(gap=number(gap_s), n=f"{messages:,}")
    lead = f"{question}: {SENTENCES[key].format(margin=margin)}"
    times = "; ".join(_said(time) for time in (smtp, api) if time is not None)
    return lead, f" {times[0].upper()}{times[1:]}."


def compared(smtp: PredictedTime | None, api: PredictedTime | None) -> tuple[str, str]:
    """The key of the sentence and its margin in ms: what follows, or what it would take where a time is unknown."""
    if smtp is None or api is None:
        return ("only_api" if smtp is None else "only_smtp"), ""
    if smtp.total_ms is not None and api.total_ms is not None:
        return _faster(smtp.total_ms, api.total_ms, "")
    if api.total_ms is None:
        return _faster(smtp.network_ms, api.share_ms, "network_")
    margin = TimeRange(api.total_ms.low - smtp.network_ms.high, api.total_ms.high - smtp.network_ms.low)
    if margin.high <= 0:
        return "api_however", ""
    if margin.low <= 0:
        return "well_within", number(margin.high)
    return "within", span(margin)


def _faster(smtp_ms: TimeRange, api_ms: TimeRange, of: str) -> tuple[str, str]:
    if smtp_ms.high < api_ms.low:
        return f"{of}smtp_faster", span(TimeRange(api_ms.low - smtp_ms.high, api_ms.high - smtp_ms.low))
    if api_ms.high < smtp_ms.low:
        return f"{of}api_faster", span(TimeRange(smtp_ms.low - api_ms.high, smtp_ms.high - api_ms.low))
    return f"{of}{'same' if smtp_ms == api_ms == TimeRange(api_ms.low, api_ms.low) else 'depends'}", ""


def _said(time: PredictedTime) -> str:
    words = {"name": SENTENCES[time.transport], "trips": trips(time.round_trips), "network": span(time.network_ms)}
    if time.messages > 1:
        return SENTENCES["shared"].format(**words, n=f"{time.messages:,}", share=span(time.share_ms))
    if time.server_ms is None or time.total_ms is None:
        return SENTENCES["unknown_server"].format(**words)
    return SENTENCES["known_server"].format(**words, server=span(time.server_ms), total=span(time.total_ms))


def trips(of: TimeRange) -> str:
    count = span(of)
    return SENTENCES["one_trip"] if count == "1" else SENTENCES["trips"].format(n=count)


def span(of: TimeRange) -> str:
    low, high = number(of.low), number(of.high)
    return low if low == high else f"{low} to {high}"


def number(value: float) -> str:
    """Three significant digits, at most three decimals, no zeros at the end: 1,234 · 12.3 · 0.031 · 9."""
    near = value + value * _NEAREST
    places = 3
    while places and abs(near) >= 10 ** (3 - places):
        places -= 1
    text = f"{near:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
