"""What a prediction says: which side is ahead, by how much, and what it would take where a time is unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.profiles import load_profile, profile_names
from benchkit.profiles.computing import Computing
from benchkit.profiles.prediction import MailShape, PredictedTime, TimeRange, Use, predict, ways_of
from benchkit.report.content.prediction_sentences import SENTENCES, answer, compared, number, span, trips
from benchkit.report.content.prediction_sliders import answers, sliders_of

NUMBERS = {
    0: "0", 9: "9", 0.0314159: "0.031", 12.25: "12.3", 40.75: "40.8", 94.7: "94.7", 999.6: "1,000", 1234.5: "1,235",
    123456: "123,456", 0.5: "0.5",
}  # fmt: skip


@pytest.mark.parametrize(("value", "text"), NUMBERS.items())
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def time_of(
    transport: str, network: tuple[float, float], server: tuple[float, float] | None = None, turns: float = 1
) -> PredictedTime:
    accept = None if server is None else TimeRange(*server)
    return PredictedTime(
        transport, "best", Use.KEPT, "how", TimeRange(turns, turns), TimeRange(*network), accept, ()
    )  # fmt: skip


SMTP, API = "smtp", "api"
CASES = (
    (time_of(SMTP, (10, 10), (5, 5)), time_of(API, (30, 30), (5, 9)), "smtp_faster", "20 to 24"),
    (time_of(SMTP, (90, 90), (5, 5)), time_of(API, (30, 30), (5, 5)), "api_faster", "60"),
    (time_of(SMTP, (10, 40), (5, 5)), time_of(API, (30, 30), (5, 5)), "depends", ""),
    (time_of(SMTP, (30, 30), (5, 5)), time_of(API, (30, 30), (5, 5)), "same", ""),
    (time_of(SMTP, (90, 90)), time_of(API, (30, 30), (5, 9)), "api_however", ""),
    (time_of(SMTP, (30, 38)), time_of(API, (30, 30), (5, 9)), "well_within", "9"),
    (time_of(SMTP, (20, 20)), time_of(API, (30, 30), (5, 9)), "within", "15 to 19"),
    (time_of(SMTP, (20, 20)), time_of(API, (30, 30)), "network_smtp_faster", "10"),
    (time_of(SMTP, (20, 20), (5, 5)), time_of(API, (15, 15)), "network_api_faster", "5"),
    (time_of(SMTP, (15, 15)), time_of(API, (15, 15)), "network_same", ""),
    (None, time_of(API, (15, 15)), "only_api", ""),
    (time_of(SMTP, (15, 15)), None, "only_smtp", ""),
)


@pytest.mark.parametrize(("smtp", "api", "key", "margin"), CASES)
def test_what_follows(smtp: PredictedTime | None, api: PredictedTime | None, key: str, margin: str) -> None:
    assert compared(smtp, api) == (key, margin)
    lead, times = answer(Use.KEPT, 15, smtp, api)
    assert lead == f"{SENTENCES['kept']}: {SENTENCES[key].format(margin=margin)}"
    assert times.startswith(" SMTP takes 1 round trip," if smtp else " The API takes 1 round trip,")
    assert ("unknown" in times) is any(time is not None and time.server_ms is None for time in (smtp, api))


def test_several_messages_a_request_answer_for_mail_after_mail_and_for_nothing_else() -> None:
    """One mail does not wait until a request of fifty is full; the share of its request is no time until it is accepted."""
    profile = load_profile("sendgrid")
    single, shared = (
        list(answers(mail, predict(profile, mail)))
        for mail in (MailShape(TimeRange(30, 30), messages_per_request=number) for number in (1, 50))
    )
    assert (shared[0], shared[2]) == (single[0], single[2])
    kept = shared[1].text
    assert kept.startswith("Mail after mail on a kept connection, 50 in an API request, per mail: On the network alone")
    assert "for a request of 50: 0.6" in kept
    assert "ms a mail. The server's time to accept such a request is unknown." in kept


def test_no_margin_is_below_zero() -> None:
    assert trips(TimeRange(1, 1)) == "1 round trip"
    assert trips(TimeRange(1, 6)) == "1 to 6 round trips"
    assert span(TimeRange(3.0001, 3.0002)) == "3"


@given(
    st.sampled_from(profile_names()), st.floats(0, 500), st.integers(1, 50_000_000), st.integers(1, 1000),
    st.floats(0, 4000), st.integers(1, 1000),
)  # fmt: skip
def test_the_page_begins_with_what_was_asked_for_and_nothing_is_below_zero(
    name: str, rtt_ms: float, size: int, recipients: int, gap_s: float, batch: int
) -> None:
    mail = MailShape(TimeRange(rtt_ms, rtt_ms), size, recipients, gap_s, batch)
    sliders = sliders_of([load_profile(name)], mail, Computing())
    assert [control.stops[control.chosen] for control in sliders.controls] == [rtt_ms, size, recipients, gap_s, batch]
    assert not any("-" in cell.text for row in sliders.table.rows for cell in row[2:])


@given(st.sampled_from(profile_names()), st.integers(1, 50))
def test_a_ways_facts_give_its_round_trips(name: str, recipients: int) -> None:
    profile = load_profile(name)
    times = predict(profile, MailShape(TimeRange(1, 1), 1, recipients), Computing(0, 0))
    for way in ways_of(profile):
        one_off = next(t for t in times if (t.transport, t.client, t.use) == (way.transport, way.client, Use.ONE_OFF))
        more = way.per_recipient
        low, high = way.setup.low + way.message.low, way.setup.high + way.message.high
        assert one_off.round_trips.low == pytest.approx(low + more.low * (recipients - 1))
        assert one_off.round_trips.high == pytest.approx(high + more.high * (recipients - 1))
