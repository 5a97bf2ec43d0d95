"""Clients that send other mail than they were given: each is caught by what arrived, named, kept, and the run is invalid.

They come in by the public entry points, as an outside package's clients do, and lie about nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.experiment.conftest import Program, scenario_text

Text = Any
_FEWER_TO = (
    "replace(m, recipients=(*m.recipients[:2], m.recipients[3]), content=replace(m.content, to=m.content.to[:-1]))"
)
LIES = {  # name → (way to send, what the client does to a message, what differs then, what altered.txt shows of it)
    "wrong_recipient": (
        "smtp", "replace(m, recipients=('wrong-' + m.recipients[0], *m.recipients[1:]))", ["recipients"], "<wrong-a@",
    ),
    "one_dropped": ("smtp", "replace(m, recipients=m.recipients[1:])", ["recipients"], "RCPT TO:<hidden@example.com>"),
    "one_twice": (
        "smtp", "replace(m, recipients=(*m.recipients[:-1], m.recipients[0]))", ["recipients"], "RCPT TO:<a@example.com>",
    ),
    "one_added": ("smtp", "replace(m, recipients=(*m.recipients, 'spy@example.net'))", ["recipients"], "<spy@example.net>"),
    "foreign_sender": (
        "smtp", "replace(m, envelope_from='bounces@other.example')", ["sender"], "MAIL FROM:<bounces@other.example>",
    ),
    "other_text": ("smtp", "replace(m, mime=m.mime.replace(b'e', b'x'))", ["content"], "xxamplx"),
    "all_of_it": (
        "smtp", "replace(m, envelope_from='', recipients=m.recipients[1:], mime=m.mime.replace(b'e', b'x'))",
        ["content", "recipients", "sender"], "MAIL FROM:<>",
    ),
    "mailgun_bcc_dropped": ("mailgun", "replace(m, recipients=m.recipients[:-1])", ["recipients"], "POST /v3/"),
    "mailgun_one_dropped": ("mailgun", _FEWER_TO, ["content", "recipients"], "POST /v3/"),
    "jmap_bcc_dropped": ("jmap", "replace(m, recipients=m.recipients[:-1])", ["recipients"], "POST /jmap/"),
    "jmap_foreign_sender": (
        "jmap", "replace(m, envelope_from='bounces@other.example')", ["sender"], '"mailFrom":{"email":"bounces@other.example"}',
    ),
}  # fmt: skip
CLIENT = """
from dataclasses import replace
from benchkit.transports.{transport}_wire import Client as Honest

class Client(Honest):
    def prepare(self, m):
        return super().prepare({lie})
"""


def write_liars(folder: Path) -> str:
    """A folder for PYTHONPATH with an installed package of lying clients."""
    package = folder / "liars-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: liars\nVersion: 1\n")
    points = [f"{_transport(way)}_{name} = liar_{name}:Client" for name, (way, *_) in LIES.items()]
    (package / "entry_points.txt").write_text("\n".join(["[benchkit.transport]", *points, ""]))
    for name, (way, lie, *_) in LIES.items():
        (folder / f"liar_{name}.py").write_text(CLIENT.format(transport=_transport(way), lie=lie))
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))


def _transport(way: str) -> str:
    return "smtp" if way == "smtp" else "api"


@dataclass(frozen=True, slots=True)
class Caught:
    """A run of an honest client and all liars of one way of sending."""

    code: int
    summary: dict[str, Any]
    folder: Path
    report: str


@pytest.fixture(scope="module")
def caught(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Caught]:
    """One run for each way of sending, made when it is first asked for."""

    @cache
    def run_of(way: str) -> Caught:
        folder = tmp_path_factory.mktemp(way)
        program = Program(folder, PYTHONPATH=write_liars(folder))
        provider = "" if way == "smtp" else f'provider = "{way}"\n'
        clients = {"honest": "wire"} | {name: name for name, (of, *_) in LIES.items() if of == way}
        arms = [
            f'{label}|transport = "{_transport(way)}"\nclient = "{client}"\nconnection = "reuse"\nsecurity = "none"\n{provider}'
            for label, client in clients.items()
        ]
        recipients = 'to = ["a@example.com", "b@example.com", "c@example.com"]\nbcc = ["hidden@example.com"]'
        program.write(scenario_text(*arms).replace('to = ["b@example.com"]', recipients))
        code, summary = program.summary()
        (run,) = program.runs
        return Caught(code, summary, run, " ".join(program.run("report", str(run)).stdout.split()))

    return run_of


@pytest.mark.parametrize("name", LIES)
def test_a_client_that_sends_other_mail_does_not_win(name: str, caught: Callable[[str], Caught]) -> None:
    way, _, differs, kept = LIES[name]
    found = caught(way)
    arms = {arm["name"]: arm for arm in found.summary["arms"]}
    assert found.code == 5, found.summary
    assert arms["honest"]["altered"] == 0
    assert arms[name]["altered"] == arms[name]["planned"]
    (contrast,) = (one for one in found.summary["contrasts"] if one["arm"] == name)
    assert contrast["verdict"] == "WITHHELD"
    mine = [one for one in found.summary["altered_messages"] if one["arm"] == name]
    assert {tuple(one["differs"]) for one in mine} == {tuple(differs)}
    assert kept in (found.folder / "altered.txt").read_text("utf-8")
    assert f"{name}, message {mine[0]['message']} of the batch (send {mine[0]['send']}): " in found.report


@pytest.mark.parametrize(
    ("way", "kinds"),
    [
        ("smtp", {"altered_content", "other_recipients", "other_sender"}),
        ("mailgun", {"altered_content", "other_recipients"}),
        ("jmap", {"other_recipients", "other_sender"}),
    ],
)
def test_a_run_of_other_mail_counts_what_differs_and_names_no_winner(
    way: str, kinds: set[str], caught: Callable[[str], Caught]
) -> None:
    found = caught(way)
    account, liars = found.summary["account"], len(found.summary["arms"]) - 1
    assert account["altered"] == account["planned"] // (liars + 1) * liars
    assert {key for key in ("altered_content", "other_recipients", "other_sender") if account[key]} == kinds
    assert (found.folder / "altered.txt").stat().st_mode & 0o077 == 0
    assert "altered.txt in the run's folder" in found.report
    assert "faster" not in found.report
    assert "slower" not in found.report


def test_recipients_that_a_server_refuses_are_counted(program: Any, text: Text) -> None:
    refusing = (
        'smtp|transport = "smtp"\nclient = "wire"\nconnection = "reuse"\nsecurity = "none"\n'
        'fault = [{ at = "rcpt", probability = 0.1, reply = "550 5.1.1 no such user" }]\n'
    )
    honest = 'other|transport = "smtp"\nclient = "wire"\nconnection = "reuse"\nsecurity = "none"\n'
    recipients = 'to = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"]'
    written = text(refusing, honest, load="blocks = 20\nmessages_per_block = 10")
    program.write(written.replace('to = ["b@example.com"]', recipients))
    code, summary = program.summary()
    account = summary["account"]
    assert account["recipients_refused"] > 20
    assert account["recipients_planned"] == 4 * account["planned"]
    for counted in (account, *summary["arms"]):
        parts = [counted[f"recipients_{part}"] for part in ("accepted", "refused", "failed", "unknown")]
        assert counted["recipients_planned"] == 4 * counted["planned"] == sum(parts)
    assert [arm["recipients_refused"] > 20 for arm in summary["arms"]] == [True, False]
    assert account["altered"] == 0
    assert not (program.runs[0] / "altered.txt").exists()
    assert code == 0
    (contrast,) = summary["contrasts"]
    assert contrast["verdict"] == "WITHHELD"
    assert "refused recipients differ" in " ".join(contrast["reasons"])
    expected = " ".join(program.run("report", str(program.runs[0])).stdout.split())
    assert (
        f"smtp, without warm-up: recipients planned 800 = accepted {summary['arms'][0]['recipients_accepted']}"
        in expected
    )
