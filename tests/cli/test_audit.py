"""`benchkit audit` and `benchkit explain` as a script meets them: formats, exit codes, bad input."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from benchkit.cli.main import app
from benchkit.errors import InputError
from benchkit.report.audit_json import schema

ZONES = Path(__file__).parents[2] / "scenarios" / "zones"
HEAD = "$ORIGIN shop.example.\n$TTL 60\n@ IN SOA ns1 h 1 2 3 4 5\n@ IN NS ns1\nns1 IN A 192.0.2.53"
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
GOOD, BAD, UNDECIDED = (ZONES / f"{name}.zone" for name in ("good", "bad", "undecided"))


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--zone", GOOD, "--fail-on", "warn"), 0),
        (("--zone", BAD), 0),
        (("--zone", BAD, "--fail-on", "fail"), 3),
        (("--zone", BAD, "--fail-on", "warn"), 3),
    ],
)
def test_exit_code(words: tuple[str | Path, ...], code: int) -> None:
    assert run("audit", *words, "shop.example").exit_code == code


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--zone", GOOD, "a@shop.example"),
        ("--zone", GOOD, "shop..example"),
        ("--zone", GOOD, "--ip", "1.2.3", "shop.example"),
        ("--zone", GOOD, "--json", "--csv", "shop.example"),
        ("--zone", GOOD, "--replay", GOOD, "shop.example"),
        ("--live", "shop.example"),
        ("--zone", GOOD, "--dnssec", "shop.example"),
        ("--zone", "none.zone", "shop.example"),
        ("--replay", "none.jsonl", "shop.example"),
        ("--zone", GOOD, "--authorities", "shop.example"),
        ("--zone", GOOD, "other.example"),
        ("--zone", GOOD, "shop.example", "example"),
        ("--zone", GOOD, "--message", "none.eml", "shop.example"),
        ("--zone", GOOD, "--baseline", GOOD, "shop.example"),
    ],
)
def test_bad_input_is_told_as_such(words: tuple[str | Path, ...]) -> None:
    assert isinstance(run("audit", *words).exception, InputError)


@pytest.mark.parametrize("zone", [GOOD, BAD])
def test_json_is_of_its_schema(zone: Path) -> None:
    document = json.loads(run("audit", "--zone", zone, "--json", "--ip", "192.0.2.17", "shop.example").stdout)
    Draft202012Validator(schema()).validate(document)
    assert document["domain"] == "shop.example"


@pytest.mark.parametrize("head", ["$ORIGIN shop.example.", "", "shop.example. 60 IN TXT x"])
def test_a_zone_file_that_does_not_say_where_it_begins(head: str, tmp_path: Path) -> None:
    """It begins at the domain that is audited."""
    path = tmp_path / "own.zone"
    path.write_text(GOOD.read_text("utf-8").replace("$ORIGIN shop.example.", head), "utf-8")
    document = json.loads(run("audit", "--zone", path, "--json", "Shop.example.").stdout)
    assert (document["verdict"], document["score"]) == ("pass", 100)


def test_several_domains_are_a_list(tmp_path: Path) -> None:
    names = tmp_path / "domains"
    names.write_text("shop.example  # ours\n\nold.shop.example\n", "utf-8")
    documents = json.loads(run("audit", "--zone", BAD, "--json", names).stdout)
    assert [document["domain"] for document in documents] == ["shop.example", "old.shop.example"]
    rows = list(csv.DictReader(run("audit", "--zone", BAD, "--csv", names).stdout.splitlines()))
    assert [(row["domain"], row["verdict"]) for row in rows] == [("shop.example", "fail"), ("old.shop.example", "fail")]


def test_several_domains_end_with_a_table_the_worst_first() -> None:
    lines = run("audit", "--zone", GOOD, "ns1.shop.example", "shop.example").stdout.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("domain "))
    fleet = [line.split()[:3] for line in lines[begin + 1 :]]
    assert [(domain, verdict) for domain, verdict, _ in fleet] == [
        ("ns1.shop.example", "fail"),
        ("shop.example", "pass"),
    ]
    assert "the worst first" not in run("audit", "--zone", GOOD, "shop.example").stdout.replace("Findings, the", "")


def test_junit_and_sarif() -> None:
    suites = ElementTree.fromstring(run("audit", "--zone", BAD, "--junit", "shop.example").stdout.encode())
    assert int(suites[0].attrib["failures"]) == len(suites.findall(".//failure")) > 10
    sarif = json.loads(run("audit", "--zone", UNDECIDED, "--sarif", "shop.example").stdout)
    lines = UNDECIDED.read_text("utf-8").splitlines()
    found = {
        result["ruleId"]: lines[result["locations"][0]["physicalLocation"]["region"]["startLine"] - 1]
        for result in sarif["runs"][0]["results"]
    }
    assert found["dmarc_policy"].startswith("_dmarc ")
    assert "v=spf1 mx" in found["spf_lookups"]


def test_baseline_shows_what_has_changed(tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    before.write_text(run("audit", "--zone", BAD, "--json", "shop.example").stdout, "utf-8")
    same = json.loads(run("audit", "--zone", BAD, "--json", "--baseline", before, "shop.example").stdout)
    assert (same["findings"], same["gone"]) == ([], [])
    better = json.loads(run("audit", "--zone", GOOD, "--json", "--baseline", before, "shop.example").stdout)
    assert "spf_lookups.many" in {finding["rule"] for finding in better["gone"]}


def test_screen_reads_from_the_top() -> None:
    screen = run("audit", "--zone", BAD, "shop.example").stdout
    order = [
        screen.index(words) for words in ("shop.example: fail", "Findings", "Publish now", "Taken off", "Not checked")
    ]
    assert order == sorted(order)


def test_explain() -> None:
    assert "`+all`" in run("explain", "spf_all.plus").stdout
    mechanism = run("explain", "dmarc").stdout
    assert mechanism.startswith("# DMARC\n")
    assert "- `dmarc_policy`: " in mechanism
    assert "spf_all" not in mechanism


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("spf_lookup", '"spf_lookup" is not a rule, mechanism or provider: did you mean "spf_lookups"?'),
        ("dnsec", '"dnsec" is not a rule, mechanism or provider: did you mean "dnssec"?'),
        (
            "name",
            '"name" is not a rule, mechanism or provider: did you mean one of "name_servers", "name_servers_agree"?',
        ),
        ("spf_all.plsu", 'spf_all has no case "plsu"; did you mean "plus"?'),
    ],
)
def test_explain_offers_what_is_near(rule: str, expected: str) -> None:
    found = run("explain", rule).exception
    assert isinstance(found, InputError)
    assert str(found) == expected


def test_explain_says_where_the_names_are_where_nothing_is_near() -> None:
    message = str(run("explain", "qqqq").exception)
    assert message.endswith("`benchkit explain all` and `benchkit explain providers` have all names")


def test_scenario_is_judged_by_what_its_arms_would_send(tmp_path: Path) -> None:
    text = (ZONES.parent / "quickstart.toml").read_text("utf-8").replace("hearth.example", "shop.example")
    for name in ("templates", "data"):
        shutil.copytree(ZONES.parent / name, tmp_path / name)
    path = tmp_path / "shop.toml"
    path.write_text(text, "utf-8")
    document = json.loads(run("audit", "--zone", GOOD, "--scenario", path, "--json").stdout)
    by_name = {
        finding["subject"]: finding["rule"] for finding in document["findings"] if "arm_alignment" in finding["rule"]
    }
    assert document["domain"] == "shop.example"
    assert by_name["smtp, reused"] == "arm_alignment.signer_unknown"
    assert by_name["api, reused"] == "arm_alignment"


@pytest.mark.parametrize("form", [(), ("-v",), ("--json",), ("--csv",), ("--markdown",), ("--junit",), ("--sarif",)])
def test_what_a_record_says_never_steers_the_terminal(form: tuple[str, ...], tmp_path: Path) -> None:
    """ESC, CSI as one octet, DEL and carriage return, in records and in a host's name."""
    zone = tmp_path / "evil.zone"
    octets = "\\027[2J\\155\\049m\\127\\013"
    lines = (f'@ IN TXT "v=spf1 a:x{octets}.example -all"', f'_dmarc IN TXT "v=DMARC1; p={octets}; rua=mailto:a@b"')
    more = (f'a._domainkey IN TXT "v=DKIM1; k={octets}; p=AAAA"', "@ IN MX 10 \\027\\155.shop.example.")
    zone.write_text("\n".join((HEAD, *lines, *more, "")), "utf-8")
    shown = run("audit", "--zone", zone, *form, "--selector", "a", "shop.example").stdout
    assert "x1b" in shown or "u001b" in shown or form == ("--csv",)
    assert not STEERING.search(shown.replace("\r\n", "\n"))


@pytest.mark.parametrize(
    "words",
    [
        ("--sarif",),
        ("--baseline", "none.json"),
        ("--record", ZONES),
        ("--json", "--csv"),
        ("--history", GOOD),
        ("--history", Path(GOOD) / "kept"),
        ("--ip", ""),
    ],
    ids=lambda words: words[0],
)
def test_nobody_is_asked_before_all_options_are_known_to_be_good(
    words: tuple[str | Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("benchkit.audit.audit_domains", lambda *what: asked.append(what))
    assert isinstance(run("audit", "-n", "127.0.0.1", *words, "shop.example").exception, InputError)
    assert asked == []


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--ip", "x", "--ip 'x' does not appear to be an IPv4 or IPv6 address"),
        ("--helo", "a b", "--helo a b is not a domain name"),
        (
            "--mail-from",
            "<a>",
            '--mail-from <a> is not an address: write it as in news@shop.example, or "<>" for a bounce',
        ),
        ("--mail-from", "a@b c", "--mail-from b c is not a domain name"),
        ("--selector", "a b", "--selector a b is not a domain name"),
    ],
)
def test_what_is_told_of_the_mail_is_checked(option: str, value: str, expected: str) -> None:
    words = () if option == "--ip" else ("--ip", "192.0.2.17")
    assert str(run("audit", "--zone", GOOD, *words, option, value, "shop.example").exception) == expected


def test_a_greeting_may_be_an_address_and_a_bounce_has_no_sender() -> None:
    words = ("--ip", "192.0.2.17", "--helo", "[192.0.2.17]", "--mail-from", "<>")
    assert run("audit", "--zone", GOOD, *words, "shop.example").exit_code == 0


def test_a_strangers_zone_cannot_have_us_connect_inward(tmp_path: Path) -> None:
    zone = tmp_path / "evil.zone"
    zone.write_text(
        f'{HEAD}\n@ IN MX 10 mx\nmx IN A 127.0.0.1\nmx IN AAAA ::ffff:10.0.0.1\n_mta-sts IN TXT "v=STSv1; id=1"\n'
        "mta-sts IN A 169.254.169.254\n",
        "utf-8",
    )
    document = json.loads(run("audit", "--zone", zone, "--connect", "--json", "shop.example").stdout)
    by_name = {finding["rule"]: finding["message"] for finding in document["findings"]}
    assert "--allow-private" in by_name["starttls.not_allowed"]
    assert "169.254.169.254 (link-local)" in by_name["mta_sts_policy.unreachable"]


def test_history_is_the_baseline_of_the_next_audit(tmp_path: Path) -> None:
    """The first shows all, the second nothing new; a change is shown alone, and alone decides about exit code 3."""
    words = ("audit", "--history", tmp_path / "kept", "--json", "--fail-on", "fail", "shop.example", "--zone")
    assert run(*words, GOOD).exit_code == 0
    second = run(*words, GOOD)
    assert (second.exit_code, json.loads(second.stdout)["findings"]) == (0, [])
    third = run(*words, BAD)
    assert third.exit_code == 3
    assert json.loads(third.stdout)["gone"]
    assert run(*words, BAD).exit_code == 0
    assert len(list((tmp_path / "kept").iterdir())) == 4
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "kept").iterdir())
