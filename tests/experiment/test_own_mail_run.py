"""A whole run of mail of the user's own: by the program, in its processes; and what it says before anything is sent."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.experiment.conftest import Program, scenario_text

MAILS = Path(__file__).parents[1] / "data" / "mails"
SENDABLE = ("nested-parts", "gb18030", "latin-1-in-8-bit", "utf-8-header-fields", "lf-line-ends", "dkim-signed")
OWN = '[message]\neml = "mails/*.eml"\n'
JMAP = 'jmap|transport = "api"\nprovider = "jmap"\nclient = "wire"\nsecurity = "none"\n'
MIME = 'mime|transport = "api"\nprovider = "mailgun"\nclient = "httpx"\nsecurity = "none"\noptions = { endpoint = "mime" }\n'


def scenario(*arms: str, extra: str = "") -> str:
    text = scenario_text(*arms, load="blocks = 6\nmessages_per_block = 6\nwarmup_blocks = 0")
    before, _, rest = text.partition("[message]")
    return f"{before}{OWN}{extra}{rest[rest.index('[load]') :]}"


def with_mails(program: Program, *names: str) -> Program:
    folder = program.folder / "mails"
    folder.mkdir()
    for name in names:
        shutil.copy(MAILS / f"{name}.eml", folder)
    return program


def test_every_mail_arrives_and_none_is_altered(program: Program) -> None:
    with_mails(program, *SENDABLE).write(scenario("smtp", "api", MIME, JMAP))
    code, summary = program.summary()
    assert code == 0
    for arm in summary["arms"]:
        assert (arm["planned"], arm["accepted"], arm["arrived"], arm["altered"]) == (36, 36, 36, 0), arm["name"]
    account = summary["account"]
    assert (account["planned"], account["other_recipients"], account["other_sender"]) == (4 * 36, 0, 0)


def test_what_cannot_be_sent_is_said_with_the_arm_and_the_file_and_nothing_is_kept(program: Program) -> None:
    path = with_mails(program, "invitation", "nested-parts", "s-mime-signed").write(scenario("smtp", "api"))
    done = program.run("run", "scenario.toml")
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    line = (
        path.read_text("utf-8").split("\n").index("[[arm]]", path.read_text("utf-8").split("\n").index('name = "smtp"'))
        + 1
    )
    for text, name, reason in (
        (first, "invitation", "is arranged as"),
        (second, "s-mime-signed", "is signed or encrypted"),
    ):
        assert text.startswith(
            f"scenario.toml:{line}:3 arm.1 (arm 'api') mails/{name}.eml:1: this mail cannot be sent as fields"
        )
        assert reason in text
        assert text.endswith('use endpoint = "mime"')
    assert not program.runs


def test_anonymised_mail_leaves_nothing_private_in_the_runs_files(program: Program) -> None:
    with_mails(program, *SENDABLE).write(scenario("smtp", "api", extra="anonymise = true\n"))
    code, _ = program.summary()
    assert code == 0
    (run,) = program.runs
    stored = b"".join(path.read_bytes() for path in run.iterdir())
    for private in (b"shop.example", b"customer.example", b"Jones", b"Smith"):
        assert private not in stored
