"""Clients that send other mail than they were given: each is caught by what arrived, named, and the run is invalid.

They come in by the public entry points, as an outside package's clients do, and lie about nothing else.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

Text = Any
LIES = {  # name → (transport whose own client it is, what it does to a message, what the run says)
    "wrong_recipient": ("smtp", "replace(m, recipients=('wrong-' + m.recipients[0], *m.recipients[1:]))", "other recipients"),
    "one_dropped": ("smtp", "replace(m, recipients=m.recipients[:-1])", "other recipients"),
    "one_added": ("smtp", "replace(m, recipients=(*m.recipients, 'spy@example.net'))", "other recipients"),
    "foreign_sender": ("smtp", "replace(m, envelope_from='bounces@other.example')", "another envelope sender"),
    "other_text": ("smtp", "replace(m, mime=m.mime.replace(b'a', b'b'))", "another content"),
    "api_one_dropped": (
        "api", "replace(m, recipients=m.recipients[:-1], content=replace(m.content, to=m.content.to[:-1]))", "other",
    ),
}  # fmt: skip
CLIENT = """
from dataclasses import replace
from benchkit.transports.{transport}_wire import Client as Honest

class Client(Honest):
    def prepare(self, m):
        return super().prepare({lie})
"""


@pytest.fixture
def liars(tmp_path: Path) -> str:
    """A folder for PYTHONPATH with an installed package of lying clients."""
    package = tmp_path / "liars-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: liars\nVersion: 1\n")
    points = [f"{transport}_{name} = liar_{name}:Client" for name, (transport, _, _) in LIES.items()]
    (package / "entry_points.txt").write_text("\n".join(["[benchkit.transport]", *points, ""]))
    for name, (transport, lie, _) in LIES.items():
        (tmp_path / f"liar_{name}.py").write_text(CLIENT.format(transport=transport, lie=lie))
    return os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))


@pytest.mark.parametrize("name", LIES)
def test_a_client_that_sends_other_mail_does_not_win(
    name: str, liars: str, program: Any, text: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport, _, said = LIES[name]
    provider = 'provider = "mailgun"\n' if transport == "api" else ""
    arms = [
        f'{label}|transport = "{transport}"\nclient = "{client}"\nconnection = "reuse"\nsecurity = "none"\n{provider}'
        for label, client in (("liar", name), ("honest", "wire"))
    ]
    recipients = 'to = ["a@example.com", "b@example.com", "c@example.com"]'
    program.write(text(*arms).replace('to = ["b@example.com"]', recipients))
    program._environment["PYTHONPATH"] = liars
    done = program.run("run", "scenario.toml")
    assert done.returncode == 5, done.stdout + done.stderr
    told = " ".join(done.stdout.split())
    assert said in told
    assert "faster" not in told
    assert "slower" not in told


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
    known = account["recipients_accepted"] + account["recipients_refused"] + account["recipients_failed"]
    assert account["recipients_planned"] == known
    assert account["altered"] == 0
    assert code == 0
    (contrast,) = summary["contrasts"]
    assert contrast["verdict"] == "WITHHELD"
    assert "refused recipients differ" in " ".join(contrast["reasons"])
