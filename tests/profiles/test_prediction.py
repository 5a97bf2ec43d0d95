"""Predicted round trips are those of the method's table; what is unknown widens a range and never gives a total."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.contracts import BatchProvider
from benchkit.profiles import Claim, Fact, Profile, load_profile, profile_names
from benchkit.profiles.computing import Computing
from benchkit.profiles.limits import MailLimit, limits_of
from benchkit.profiles.prediction import MailShape, PredictedTime, TimeRange, Use, predict, slow_start_turns
from benchkit.providers import PROVIDERS

AT_30 = MailShape(TimeRange(30, 30))
NO_COMPUTING = Computing(0, 0)


def time_of(
    profile: Profile, use: Use, *, transport: str = "smtp", client: str = "best", mail: MailShape = AT_30
) -> PredictedTime:
    found = predict(profile, mail, NO_COMPUTING)
    return next(each for each in found if (each.transport, each.client, each.use) == (transport, client, use))


@pytest.mark.parametrize(
    ("name", "one_off", "kept"),
    [
        ("ses", 9, 4), ("zoho", 9, 4), ("mailgun", 7, 2), ("mandrill", 6, 1), ("mailjet", 6, 1), ("brevo", 6, 1),
        ("smtp2go", 6, 1), ("gmail", 6, 1), ("mailtrap", 9, 2),
    ],
)  # fmt: skip
def test_the_fewest_round_trips_that_a_relay_allows(name: str, one_off: int, kept: int) -> None:
    profile = load_profile(name)
    assert time_of(profile, Use.ONE_OFF).round_trips == TimeRange(one_off, one_off)
    assert time_of(profile, Use.KEPT).round_trips == TimeRange(kept, kept)


@pytest.mark.parametrize("name", ["ses", "mailgun", "brevo", "gmail"])
def test_libraries_take_eleven_and_four_and_an_api_three_and_one(name: str) -> None:
    profile = load_profile(name)
    for client, transport, turns in (("libraries", "smtp", (11, 4)), ("best", "api", (3, 1))):
        found = [
            time_of(profile, use, transport=transport, client=client).round_trips for use in (Use.ONE_OFF, Use.KEPT)
        ]
        assert found == [TimeRange(each, each) for each in turns]


def test_mail_paced_beyond_the_idle_time_is_one_off() -> None:
    ses = load_profile("ses")  # closes after 10 s
    for gap_s, use in ((9.9, Use.KEPT), (10.0, Use.ONE_OFF), (15.0, Use.ONE_OFF)):
        mail = replace(AT_30, gap_s=gap_s)
        assert time_of(ses, Use.PACED, mail=mail).round_trips == time_of(ses, use).round_trips
    unknown = time_of(load_profile("mailgun"), Use.PACED)
    assert (unknown.round_trips, "idle time" in unknown.unknown) == (TimeRange(2, 7), True)


def test_reconnecting_after_so_many_messages_is_shared_among_them() -> None:
    found = time_of(load_profile("sendgrid"), Use.KEPT).round_trips  # 100 or 5,000: sources differ
    assert found.low == pytest.approx(2 + 5 / 5000)
    assert found.high == pytest.approx(2 + 5 / 100)


@pytest.mark.parametrize(("octets", "turns"), [(14_000, 0), (43_000, 1), (101_000, 2), (217_000, 3)])
def test_large_content_takes_flights_on_a_new_connection(octets: int, turns: int) -> None:
    assert slow_start_turns(octets) == turns
    mail, ses = replace(AT_30, size_bytes=octets), load_profile("ses")
    assert time_of(ses, Use.ONE_OFF, mail=mail).round_trips.low == 9 + turns
    assert time_of(ses, Use.KEPT, mail=mail).round_trips.low == 4


@pytest.mark.parametrize("name", [name for name in profile_names() if load_profile(name).api is not None])
def test_a_request_of_several_messages_has_its_own_time(name: str) -> None:
    """It takes no less than one of a single message; what was published about one mail is not divided among several."""
    profile, mail = load_profile(name), replace(AT_30, messages_per_request=10)
    if limits_of(profile).get("messages_per_request", MailLimit(10, "API")).most < 10:
        with pytest.raises(ValueError, match="messages_per_request of at most 1"):
            predict(profile, mail)
        return
    for alone, found in zip(predict(profile, AT_30), predict(profile, mail), strict=True):
        if (found.transport, found.use) != ("api", Use.KEPT):
            assert found == alone
            continue
        assert (found.messages, found.server_ms, found.total_ms) == (10, None, None)
        assert found.round_trips == alone.round_trips
        assert found.network_ms.low == alone.network_ms.low
        assert found.network_ms.high == pytest.approx(alone.network_ms.high + 9 * Computing().message_ms)
        assert found.share_ms.low == pytest.approx(alone.network_ms.low / 10)


@pytest.mark.parametrize("name", profile_names())
def test_what_a_profile_limits_is_refused_and_the_limit_itself_is_not(name: str) -> None:
    profile = load_profile(name)
    for field, limit in limits_of(profile).items():
        changes: dict[str, Any] = {field: limit.most}
        assert predict(profile, replace(AT_30, **changes))
        more: dict[str, Any] = {field: limit.most + 1}
        with pytest.raises(ValueError, match=rf"its {limit.holder} takes {field} of at most {limit.most:,}"):
            predict(profile, replace(AT_30, **more))


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_and_its_api_agree_on_the_messages_of_a_request(name: str) -> None:
    """A run with the profile and a prediction from it refuse the same; an API without a limit of its own names none."""
    profile = load_profile(name)
    if profile.api is None or profile.provider not in PROVIDERS.names():
        return
    provider = PROVIDERS[profile.provider]
    most = provider.batch_limit if isinstance(provider, BatchProvider) else 1
    assert profile.api.messages_per_request.values in ((most,), ()) if most > 1 else ((1,),)


@given(
    st.sampled_from(profile_names()), st.floats(0, 500), st.floats(0, 500), st.integers(1, 200_000), st.integers(1, 30),
    st.floats(0, 100),
)  # fmt: skip
def test_ranges_hold(name: str, rtt_ms: float, more_ms: float, size: int, recipients: int, gap_s: float) -> None:
    near, far = (
        MailShape(TimeRange(rtt_ms, rtt_ms), size, recipients, gap_s),
        MailShape(TimeRange(rtt_ms, rtt_ms + more_ms), size, recipients, gap_s),
    )
    for first, second in zip(predict(load_profile(name), near), predict(load_profile(name), far), strict=True):
        assert first.round_trips.low <= first.round_trips.high
        assert second.network_ms.low <= first.network_ms.low <= first.network_ms.high <= second.network_ms.high
        assert (first.total_ms is None) == ("server's time" in first.unknown)


@pytest.mark.parametrize("name", profile_names())
def test_less_knowledge_never_narrows_a_range(name: str) -> None:
    """Each fact forgotten in turn: every predicted range still holds the one that was known."""
    profile = load_profile(name)
    before = predict(profile, AT_30, NO_COMPUTING)
    for part in ("smtp", "api"):
        if (facts := getattr(profile, part)) is None:
            continue
        for each in fields(facts):
            forgotten = replace(profile, **{part: replace(facts, **{each.name: Fact()})})
            for was, now in zip(before, predict(forgotten, AT_30, NO_COMPUTING), strict=True):
                if was.client == "best" and each.name not in ("messages_per_connection", "requests_per_connection"):
                    assert now.round_trips.low <= was.round_trips.low, each.name
                    assert now.round_trips.high >= was.round_trips.high, each.name
                assert now.total_ms is None or now.total_ms == was.total_ms or now.unknown >= was.unknown


def test_a_relay_whose_time_is_known_has_a_total() -> None:
    ses = load_profile("ses")
    assert ses.smtp is not None
    known = replace(ses, smtp=replace(ses.smtp, accept_ms=Fact((Claim(40.0, "a log", "2026-11"),))))
    assert time_of(known, Use.KEPT).total_ms == TimeRange(160, 160)
    assert time_of(ses, Use.KEPT).total_ms is None
