"""Shipped profiles are read whole, with a source for every claim; a wrong file has a line for each mistake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.profiles import load_profile, profile_names, read_profile_file
from benchkit.providers import PROVIDERS

SES = '[smtp]\nidle_s = [{ value = 10, source = "a page", date = "2026-11" }]\n'


@pytest.mark.parametrize("name", profile_names())
def test_every_claim_has_a_source_and_a_date(name: str) -> None:
    profile = load_profile(name)
    assert profile.title
    assert not profile.provider or profile.provider in PROVIDERS.names()
    for key, fact in profile.facts():
        for claim in fact.claims:
            assert claim.source, key
            assert re.fullmatch(r"20\d\d(-\d\d)?", claim.date), key


def test_contradictions_are_kept() -> None:
    relay = load_profile("sendgrid").smtp
    assert relay is not None
    assert relay.messages_per_connection.values == (100, 5000)
    assert relay.messages_per_connection.contradicts_itself


def test_a_free_plan_differs_from_a_dedicated_one_in_its_rate() -> None:
    free, dedicated = (dict(load_profile(name).facts()) for name in ("ses-sandbox", "ses"))
    differing = {key for key, fact in free.items() if fact != dedicated[key]}
    assert differing == {"smtp.messages_per_s", "api.requests_per_s"}
    assert [free[key].value for key in sorted(differing)] == [1, 1]


def test_what_no_one_has_seen_is_unknown() -> None:
    relay = load_profile("postmark").smtp
    assert relay is not None
    assert relay.offers("PIPELINING") is None
    assert relay.after_tls.value is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "has neither [smtp] nor [api]"),
        ("[smtp", "is not valid TOML"),
        ("smpt = 1\n" + SES, 'smpt unknown key; did you mean "smtp"?'),
        ("title = 5\n" + SES, "title must be a text"),
        ("smtp = 5", "smtp must be a table: [smtp]"),
        (SES.replace("idle_s", "idle"), 'smtp.idle unknown key; did you mean "idle_s"?'),
        (SES.replace("10", '"10"'), "smtp.idle_s value must be a number above 0"),
        (SES.replace("10", "-1"), "smtp.idle_s value must be a number above 0"),
        (SES.replace('source = "a page", ', ""), "smtp.idle_s lacks source: every claim has value, source and date"),
        (SES.replace('"2026-11"', "2026"), "smtp.idle_s date must be a text"),
        *(
            (SES.replace("2026-11", day), "smtp.idle_s date must be a year, a month or a day")
            for day in ("gestern", "2026-13", "2026-02-30", "26", "2026-11-01T00:00")
        ),
        (SES.replace("date", "day"), "smtp.idle_s lacks date"),
        (SES.replace("}", ', nte = "x" }'), 'smtp.idle_s unknown key nte; did you mean "note"?'),
        ("[smtp]\nidle_s = 10\n", 'smtp.idle_s must be claims, as [{ value = 10'),
        ("[smtp]\nidle_s = []\n", "smtp.idle_s must be claims"),
        (SES.replace("idle_s", "after_tls"), "smtp.after_tls value must be a list of texts"),
    ],
)  # fmt: skip
def test_mistakes(text: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "relay.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as raised:
        load_profile(str(path))
    (mistake,) = raised.value.mistakes
    assert str(mistake).startswith(str(path))
    assert expected in str(mistake)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_profile_file(tmp_path / "absent.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_profile_file(tmp_path / "bytes.toml")
    with pytest.raises(InputError, match='unknown profile; did you mean "ses"'):
        load_profile("sess")


def test_a_folder_is_told_as_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder: name a profile, or a file that ends with"):
        load_profile(str(tmp_path))
