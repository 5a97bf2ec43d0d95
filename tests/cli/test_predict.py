"""`benchkit predict`: numbers by their schema, a page, and one line for what is no number or is named twice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from benchkit.profiles import load_profile, profile_names
from benchkit.profiles.limits import limits_of
from benchkit.report.prediction_json import schema
from tests.cli.conftest import Verb

ROOT = Path(__file__).parents[2]


def test_numbers_hold_to_the_schema(verb: Verb) -> None:
    one, every = verb("predict", "ses", "--rtt", "30", "--json"), verb("predict", "all", "--rtt", "0", "--json")
    assert json.loads(verb("schema", "--prediction").out) == schema()
    validator = jsonschema.Draft202012Validator(schema())
    for done in (one, every):
        assert done.code == 0
        validator.validate(json.loads(done.out))
    assert [found["profile"] for found in json.loads(every.out)] == list(profile_names())
    broken = json.loads(one.out)
    broken["times"][0]["network_ms"] = [-1.0, 2.0]
    assert not validator.is_valid(broken)


def test_a_page_is_written_and_its_path_is_told(verb: Verb) -> None:
    done = verb("predict", "ses", "postmark", "--rtt", "30", "--html", "page.html")
    assert (done.code, done.out) == (0, "page.html\n")
    text = Path("page.html").read_text("utf-8")
    assert "Amazon SES" in text
    assert "http://" not in text.replace("http://www.w3.org", "")


def test_the_computing_at_both_ends_is_told_with_its_source_everywhere(verb: Verb) -> None:
    document = json.loads(verb("predict", "ses", "--rtt", "30", "--json").out)
    assert document["computing_ms"] == {
        "connection_ms": 3.0, "message_ms": 0.7, "connection_interval_ms": None, "message_interval_ms": None
    }  # fmt: skip
    assert "wire client" in document["computing_source"]["source"]
    shown = " ".join(verb("predict", "ses", "--rtt", "30").out.split())
    verb("predict", "ses", "--rtt", "30", "--html", "page.html")
    for text in (shown, Path("page.html").read_text("utf-8")):
        for words in ("3 ms for a new connection", "0.7 ms a message", "AMD EPYC", "2026-11-28", "--computing RUN"):
            assert words in text


def test_a_run_of_ones_own_gives_the_computing(verb: Verb) -> None:
    """Its lines at no RTT: what a new connection adds, and what a message takes on a kept one."""
    run = ROOT / "results" / "sample"
    models = {model["arm"]: model for model in json.loads((run / "summary.json").read_text("utf-8"))["models"]}
    lines = {name: model["line"]["intercept_ms"] for name, model in models.items()}
    kept = [lines["smtp, reused"], lines["api, reused"]]
    opened = [lines["smtp, new connection"] - kept[0], lines["api, new connection"] - kept[1]]
    done = verb("predict", "ses", "--rtt", "30", "--json", "--computing", str(run))
    document = json.loads(done.out)
    assert document["computing_ms"]["message_ms"] == pytest.approx(sum(kept) / 2, rel=0.2)
    assert document["computing_ms"]["connection_ms"] == pytest.approx(sum(opened) / 2, rel=0.2)
    assert document["computing_source"]["source"].startswith("run 2026")
    for part in ("connection", "message"):
        low, high = document["computing_ms"][f"{part}_interval_ms"]
        assert low < document["computing_ms"][f"{part}_ms"] < high
    one_off = next(time for time in document["times"] if (time["transport"], time["use"]) == ("api", "one-off"))
    computing = document["computing_ms"]
    assert one_off["network_ms"][0] == pytest.approx(90 + computing["connection_ms"] + computing["message_ms"])
    shown = " ".join(verb("predict", "ses", "--rtt", "30", "--computing", str(run)).out.split())
    assert "--computing RUN" not in shown, "advice that was followed already"
    assert re.search(r"[\d.]+ \[[\d.]+, [\d.]+\] ms for a new connection with TLS and [\d.]+ \[", shown)


@pytest.mark.parametrize("name", profile_names())
def test_the_times_are_a_table_on_a_terminal_of_80_columns(
    name: str, verb: Verb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    most = limits_of(load_profile(name)).get("messages_per_request")
    done = verb("predict", name, "--rtt", "30", "--messages-per-request", str(min(50, most.most if most else 50)))
    assert done.code == 0
    assert re.search(r"^way +use +trips +ms", done.out, re.MULTILINE)
    assert max(map(len, done.out.splitlines())) <= 80


BAD = {
    ("ses", "--rtt", "nan"): "--rtt",
    ("ses", "--rtt", "inf"): "--rtt",
    ("ses", "--rtt", "-1"): "--rtt",
    ("ses", "--rtt", "3", "--gap", "nan"): "--gap",
    ("ses", "--rtt", "3", "--gap", "inf"): "--gap",
    ("ses", "--rtt", "3", "--size", "0"): "--size",
    ("ses",): "--rtt is missing",
    ("ses", "ses", "--rtt", "3"): "ses is named twice",
    ("all", "ses", "--rtt", "3"): "stands for every provider",
    ("postmark", "--rtt", "3", "--messages-per-request", "501"): "at most 500 messages in a request",
    ("gmail", "--rtt", "3", "--messages-per-request", "2"): "its API takes at most 1 message in a request",
    ("cloudflare", "--rtt", "3", "--messages-per-request", "5"): "its API takes at most 1 message in a request",
    ("brevo", "--rtt", "3", "--messages-per-request", "1001"): "at most 1,000 messages in a request",
    (
        "ses",
        "--rtt",
        "3",
        "--recipients",
        "51",
    ): "--recipients 51 is more than Amazon SES takes: its SMTP relay takes at most 50",
    ("postmark", "--rtt", "3", "--recipients", "51"): "its API takes at most 50 recipients of a message",
    ("ses", "--rtt", "3", "--size", "40000001"): "at most 40,000,000 bytes in a message",
    ("ses", "--rtt", "3", "--json", "--html", "x.html"): "one format at a time",
    ("ses", "--rtt", "3", "--computing", "no/such/run"): "no/such/run",
    (
        "ses",
        "--rtt",
        "3",
        "--computing",
        str(ROOT / "results/sample-throughput"),
    ): "does not show the computing at both ends",
    ("ses", "--rtt", "3", "--html", "no/such/folder/x.html"): "no/such/folder",
}


@pytest.mark.parametrize(("arguments", "expected"), BAD.items(), ids=" ".join)
def test_bad_input_is_refused_in_words(arguments: tuple[str, ...], expected: str, verb: Verb) -> None:
    done = verb("predict", *arguments)
    assert (done.code, done.out) == (2, "")
    assert expected in done.err
    assert "Traceback" not in done.err
