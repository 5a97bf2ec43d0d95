"""Clients that send other mail than they were given: each is caught by what arrived, named, kept, and the run is invalid.

They come in by the public entry points, as an outside package's clients do, and lie about nothing else.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def liars(tmp_path: Path) -> str:
    """A folder for PYTHONPATH with an installed package of lying clients."""
    package = tmp_path / "liars-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: liars\nVersion: 1\n")
    points = [f"{_transport(way)}_{name} = liar_{name}:Client" for name, (way, *_) in LIES.items()]
    (package / "entry_points.txt").write_text("\n".join(["[benchkit.transport]", *points, ""]))
    for name, (way, lie, *_) in LIES.items():
        (tmp_path / f"liar_{name}.py").write_text(CLIENT.format(transport=_transport(way), lie=lie))
    return os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))


def _transport(way: str) -> str:
    return "smtp" if way == "smtp" else "api"


@pytest.mark.parametrize("name", LIES)
def test_a_client_that_sends_other_mail_does_not_win(
    name: str, liars: str, program: Any, text: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    way, _, differs, kept = LIES[name]
    provider = "" if way == "smtp" else f'provider = "{way}"\n'
    arms = [
        f'{label}|transport = "{_transport(way)}"\nclient = "{client}"\nconnection = "reuse"\nsecurity = "none"\n{provider}'
        for label, client in (("liar", name), ("honest", "wire"))
    ]
    recipients = 'to = ["a@example.com", "b@example.com", "c@example.com"]\nbcc = ["hidden@example.com"]'
    program.write(text(*arms).replace('to = ["b@example.com"]', recipients))
    program._environment["PYTHONPATH"] = liars
    code, summary = program.summary()
    assert code == 5, summary
    account, contrast = summary["account"], summary["contrasts"][0]
    assert account["altered"] == account["planned"] // 2
    numbers = {"content": "altered_content", "recipients": "other_recipients", "sender": "other_sender"}
    assert [what for what, key in numbers.items() if account[key]] == differs
    assert contrast["verdict"] == "WITHHELD"
    assert {(one["arm"], *one["differs"]) for one in summary["altered_messages"]} == {("liar", *differs)}
    (folder,) = program.runs
    assert kept in (folder / "altered.txt").read_text("utf-8")
    assert (folder / "altered.txt").stat().st_mode & 0o077 == 0
    told = " ".join(program.run("report", str(folder)).stdout.split())
    first = summary["altered_messages"][0]
    assert f"liar, message {first['message']} of the batch (send {first['send']}): " in told
    assert "altered.txt in the run's folder" in told
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
    told = " ".join(program.run("report", str(program.runs[0])).stdout.split())
    assert (
        f"smtp, without warm-up: recipients planned 800 = accepted {summary['arms'][0]['recipients_accepted']}" in told
    )
