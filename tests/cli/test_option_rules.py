"""Options in combination: one without effect is refused, every option is classified, and no path ends in a traceback."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from benchkit.cli.main import app
from benchkit.cli.option_rules import RULES, OnlyWith, spelled
from benchkit.scenario import starter
from tests.cli.conftest import Verb

ROOT = Path(__file__).parents[2]
GOOD = str(ROOT / "scenarios" / "zones" / "good.zone")
COMMANDS: dict[str, Any] = dict(get_command(app).commands)  # type: ignore[attr-defined]
# Options that have an effect beside every other option. A new option goes here, or into the rules (cli/option_rules.py).
# A dry run takes the options of the run that it stands for.
FREE = {
    "run": "SCENARIO --dry-run --set --out --json --pcap --strict --send",
    "watch": "RUN --once",
    "report": "RUN",
    "events": "RUN --listen --mail --json",
    "compare": "BASELINE NEW --rerun --fail-on-regression --figure",
    "history": "DIR --scenario",
    "plot": "RUN --only --out --format",
    "notebook": "NAME RUN --out",
    "predict": "PROFILE... --rtt --size --recipients --gap --messages-per-request --computing --json",
    "doctor": "--provider --json",
    "certify": "--out --json",
    "audit": "--replay --record --ip --selector --message --scenario --reports --authorities --dnssec --blocklists --nsec-walk "
    "--baseline --history --fixed",
    "explain": "NAME",
    "sink": "",
    "init": "FILE",
    "schema": "",
}
LONG = "x" * 300


VALUES = {"--smtp": "none", "--api-security": "none", "--fail-on": "warn"}  # where a number would not do


def words_of(verb: str, *options: str) -> list[str]:
    """As typed, with the arguments that a verb requires: an argument or a flag stands alone, other options have a value."""
    parameters = {spelled(parameter): parameter for parameter in COMMANDS[verb].params}
    words: list[str] = []
    required = [name for name, parameter in parameters.items() if parameter.required and name not in options]
    for option in (*required, *options):
        if parameters[option].param_type_name == "argument":
            words.append("2")
        else:
            words += [option] if parameters[option].is_flag else [option, VALUES.get(option, "2")]
    return words


def refused() -> list[tuple[str, tuple[str, ...], list[str]]]:
    """(verb, options, messages): each option of a verb alone, and each pair, that a rule refuses."""
    found = []
    for verb in RULES:
        options = sorted(spelled(parameter) for parameter in COMMANDS[verb].params)
        for given in (*combinations(options, 1), *combinations(options, 2)):
            messages = [str(mistake) for rule in RULES[verb] for mistake in rule.mistakes(verb, frozenset(given))]
            if messages:
                found.append((verb, given, list(dict.fromkeys(messages))))
    return found


@pytest.mark.parametrize(("name", "options", "expected"), refused())
def test_an_option_without_effect_is_refused_before_anything_is_done(
    name: str, options: tuple[str, ...], expected: list[str], verb: Verb
) -> None:
    done = verb(name, *words_of(name, *options))
    assert (done.code, done.out, done.err.splitlines()) == (2, "", expected)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_in_a_rule_or_has_an_effect_beside_all_others(name: str) -> None:
    options = {spelled(parameter) for parameter in COMMANDS[name].params}
    ruled = {option for rule in RULES.get(name, ()) for option in _ruled(rule, options)}
    free = set(FREE[name].split())
    assert ruled | free == options


def with_values() -> list[tuple[str, Any]]:
    """(verb, parameter): every option that takes a value, and every argument."""
    return [
        (name, parameter)
        for name, command in COMMANDS.items()
        for parameter in command.params
        if parameter.param_type_name == "argument" or not parameter.is_flag
    ]


@pytest.mark.parametrize(
    ("name", "parameter"), with_values(), ids=lambda each: each if isinstance(each, str) else spelled(each)
)
def test_an_empty_value_is_refused_before_anything_is_done(name: str, parameter: Any, verb: Verb) -> None:
    """As of `--out "$DIR"` with no such variable: an empty path would be the current folder."""
    option = spelled(parameter)
    done = verb(name, *words_of(name, option)[:-1], "")
    expected = f"{option} is empty: give it a value{'' if parameter.required else ', or leave it out'}\n"
    assert (done.code, done.out, done.err) == (2, "", expected)
    assert list(Path().iterdir()) == []


def with_limits() -> list[tuple[str, str]]:
    """(verb, option): every number that has a least or a largest value."""
    return [
        (name, spelled(parameter))
        for name, command in COMMANDS.items()
        for parameter in command.params
        if getattr(parameter, "min", None) is not None or getattr(parameter, "max", None) is not None
    ]


@pytest.mark.parametrize(("name", "option"), with_limits())
@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_what_is_no_number_is_said_to_be_none(name: str, option: str, value: str, verb: Verb) -> None:
    done = verb(name, *words_of(name, option)[:-1], value)
    assert (done.code, done.out, done.err) == (2, "", f"{option} must be a finite number\n")


def _ruled(rule: object, options: set[str]) -> set[str]:
    if isinstance(rule, OnlyWith) and rule.form == "--scenario":
        return options
    texts = (getattr(rule, field) for field in ("options", "others", "form", "taken") if hasattr(rule, field))
    return {option for text in texts for option in text.split()}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("report sample --strict", "--strict has no effect without --junit: leave it out"),
        ("report sample --picture x.svg --json", "--picture has no effect with --json: leave it out"),
        ("report sample --picture x.svg --html", "--picture has no effect with --html: leave it out"),
        ("report sample --pooled --pyperf x.json", "--pooled has no effect with --pyperf: leave it out"),
        ("compare sample sample --pairs 3", "--pairs has no effect without --rerun: leave it out"),
        ("compare sample sample --send", "--send has no effect without --rerun: leave it out"),
        ("compare sample sample --json --markdown", "compare one format at a time: --json or --markdown"),
        ("history . --json --html x.html", "history one format at a time: --json or --html"),
        ("doctor --save x.toml", "--save has no effect without --provider or --host: leave it out"),
        ("doctor --region eu --host localhost", "--region has no effect with --host: leave it out"),
        ("sink --scenario s.toml --api ses", "--api has no effect with --scenario: leave it out"),
        ("events sample --address 127.0.0.1:0", "--address has no effect without --listen: leave it out"),
        ("audit --helo a.example shop.example", "--helo has no effect without --ip: leave it out"),
        ("audit --verbose --json shop.example", "--verbose has no effect with --json: leave it out"),
        ("report sample --picture x.png", "x.png has the wrong ending for what it will hold: end the name with .svg"),
        ("report sample --html --out x.svg", "x.svg has the wrong ending for what it will hold: end the name with .html"),
        ("report sample --pyperf x.csv", "x.csv has the wrong ending for what it will hold: end the name with .json"),
        ("report sample other --picture x.svg", "--picture shows one run: name one"),
        ("history . --html x.png", "x.png has the wrong ending for what it will hold: end the name with .html"),
        ("notebook latency --out x.pdf", "x.pdf has the wrong ending for what it will hold: end the name with .html"),
        ("notebook audit sample", "RUN has no effect with the notebook audit, which opens no run: leave it out"),
        ("init scenario.json", "scenario.json has the wrong ending for what it will hold: end the name with .toml"),
        ("doctor --host localhost --save x.json", "x.json has the wrong ending for what it will hold: end the name with .toml"),
        ("events sample --listen --secret mailgun=PATH --url https://h.example",
         "--url has no effect: only Mandrill signs the public address; leave it out"),
        ("events sample --listen --secret mailgun=PATH --address a..b:80", "--address 'a..b' is not a host name"),
    ],
)  # fmt: skip
def test_one_line(words: str, expected: str, verb: Verb) -> None:
    shutil.copytree(ROOT / "results" / "sample", "sample")
    before = sorted(Path("sample").iterdir())
    done = verb(*words.split())
    assert (done.code, done.out, done.err) == (2, "", f"{expected}\n")
    assert sorted(Path("sample").iterdir()) == before


PATHS = [
    "run {}", "run s.toml --out {}", "watch {}", "report {}", "report sample --html --out {}", "report sample --picture {}",
    "report sample --pyperf {}", "events {}", "events sample --mail {}", "compare {} sample", "compare sample {}",
    "compare sample --rerun {}", "compare sample sample --figure {}.svg", "history {}", "history . --html {}", "plot {}",
    "plot sample --out {}", "notebook latency {}", "predict {} --rtt 1", "doctor --provider {}", "certify --out {}",
    "predict ses --rtt 1 --html {}", "predict ses --rtt 1 --computing {}",
    "doctor --host localhost --ca-file {}", "audit {}", "audit --zone {}", "audit --replay {}", "audit --list {}",
    f"audit --zone {GOOD} --record {{}}",
    f"audit --zone {GOOD} --fixed {{}}", f"audit --zone {GOOD} --message {{}}", f"audit --zone {GOOD} --scenario {{}}",
    f"audit --zone {GOOD} --reports {{}}", f"audit --zone {GOOD} --baseline {{}}", f"audit --zone {GOOD} --history {{}}",
    "audit --list people.csv --suppressed {}", f"audit --zone {GOOD} --list people.csv --clean {{}}",
    f"audit --zone {GOOD} --list people.csv --rejected {{}}", "sink --scenario {}", "sink --ca-file {}", "init {}",
]  # fmt: skip


# these need a run or a server, or are read as another is
NOT_TRIED = {
    ("compare", "--out"),
    ("compare", "--also-baseline"),
    ("compare", "--also-new"),
    ("doctor", "--save"),
    ("notebook", "--out"),
}


@pytest.mark.parametrize("words", PATHS)
def test_a_name_that_is_too_long_is_bad_input(words: str, verb: Verb) -> None:
    shutil.copytree(ROOT / "results" / "sample", "sample")
    Path("s.toml").write_text(starter(), "utf-8")
    Path("people.csv").write_text("email\na@b.example\n", "utf-8")
    done = verb(*words.format(LONG).split())
    assert done.code == 2, done.err
    assert done.err.count("\n") == 1, done.err


def test_every_option_that_takes_a_path_is_tried_with_one_that_is_too_long() -> None:
    tried = {(words.split()[0], word) for words in PATHS for word in words.split()[1:] if word.startswith("--")}
    paths = {
        (name, spelled(parameter))
        for name, command in COMMANDS.items()
        for parameter in command.params
        if parameter.param_type_name == "option" and parameter.metavar in ("FILE", "DIR", "RUN", "SCENARIO")
    }
    assert paths - tried == NOT_TRIED
