"""Mail of the user's own: which files, whose envelope, how often; and what is refused, with file and line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchkit.batch import compose
from benchkit.errors import InputError
from benchkit.experiment.plan.send_permission import real_recipients
from benchkit.model.message import Address, Batch
from benchkit.model.scenario import MessageSpec

MAILS = Path(__file__).parents[1] / "data" / "mails"
MAIL = b"From: Ann <ann@shop.example>\r\nTo: Bo <bo@x.example>\r\nCc: cy@y.example\r\nSubject: %s\r\n\r\n%s\r\n"

Own = Callable[..., Batch]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    """`own({"a.eml": b"…"}, to=…)`: the files written, and composed by the pattern `*` if no other is given."""

    def own(files: dict[str, bytes], eml: str = "*", **fields: Any) -> Batch:
        for name, data in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
        spec = MessageSpec(Address("", ""), 0, 1, eml=eml, folder=tmp_path, root=tmp_path.resolve())
        return compose(replace(spec, **fields))

    return own


def subjects(batch: Batch) -> list[str]:
    return [message.content.subject for message in batch.messages]


def mail(subject: str, body: bytes = b"Hi") -> bytes:
    return MAIL % (subject.encode(), body)


def test_files_in_the_order_of_their_names(own: Own) -> None:
    files = {
        "b.eml": mail("b"),
        "a.eml": mail("a"),
        "in/deep/c.eml": mail("c"),
        ".hidden.eml": mail("no"),
        "x.txt": b"no",
    }
    assert subjects(own(files, "*.eml")) == ["a", "b"]
    assert subjects(own(files, "**/*.eml")) == ["a", "b", "c"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_an_mbox(own: Own, end: bytes) -> None:
    mails = [
        mail("one", b"Hi\r\n>From here\r\n>>From there\r\n"),
        mail("two", b"a\r\nFrom inside, after no empty line"),
    ]
    mbox = b"".join(b"From ann@shop.example Tue Mar  3 10:00:00 2026\r\n" + raw + b"\r\n" for raw in mails)
    batch = own({"box": mbox.replace(b"\r\n", end)})
    assert subjects(batch) == ["one", "two"]
    assert batch.messages[0].content.text == "Hi\nFrom here\n>From there"
    assert [message.mime.partition(b"\r\n")[2] for message in batch.messages] == [
        mails[0].replace(b"\r\n>", b"\r\n"),
        mails[1],
    ]
    assert [message.source.rpartition(":")[2] for message in batch.messages] == ["2", "13"]


def test_a_maildir(own: Own) -> None:
    files = {"box/new/2": mail("new"), "box/cur/1:2,S": mail("old"), "box/tmp/3": mail("no"), "box/cur/.x": b"no"}
    assert subjects(own(files, "box")) == ["old", "new"]


@pytest.mark.parametrize(
    ("fields", "recipients", "path"),
    [
        ({}, ("bo@x.example", "cy@y.example"), "ann@shop.example"),
        ({"to": (Address("", "t@z.example"),)}, ("t@z.example",), "ann@shop.example"),
        ({"bcc": ("b@z.example", "BO@x.example")}, ("bo@x.example", "cy@y.example", "b@z.example", "BO@x.example"),
         "ann@shop.example"),
        ({"envelope_from": ""}, ("bo@x.example", "cy@y.example"), ""),
        ({"envelope_from": "bounce+{{ index }}@shop.example"}, ("bo@x.example", "cy@y.example"), "bounce+0@shop.example"),
    ],
)  # fmt: skip
def test_the_envelope(own: Own, fields: dict[str, Any], recipients: tuple[str, ...], path: str) -> None:
    (message,) = own({"a.eml": mail("a")}, **fields).messages
    assert (message.recipients, message.envelope_from) == (recipients, path)


def test_rows_and_mails_come_round(own: Own, tmp_path: Path) -> None:
    files = {
        "a.eml": mail("a"),
        "b.eml": mail("b"),
        "to.csv": b"email,boss\n1@x.example,b@x.example\n2@x.example,\n3@x.example,\n",
    }
    rows = {"eml": "*.eml", "recipients": tmp_path / "to.csv", "bcc": ("{{ boss }}",)}
    batch = own(files, **rows)
    assert [(m.content.subject, m.recipients) for m in batch.messages] == [
        ("a", ("1@x.example", "b@x.example")), ("b", ("2@x.example",)), ("a", ("3@x.example",)),
    ]  # fmt: skip
    assert subjects(own(files, **rows, count=5)) == ["a", "b", "a", "b", "a"]
    assert len(own(files, **rows, count=5, at_most=2)) == 2


def test_a_real_address_needs_permission_also_where_it_is_only_named(own: Own) -> None:
    real = mail("a").replace(b"bo@x.example", b"bo@real-shop.com")
    assert real_recipients(own({"a.eml": real})) == ["bo@real-shop.com"]
    assert real_recipients(own({"a.eml": real}, to=(Address("", "t@z.example"),))) == ["bo@real-shop.com"]
    assert real_recipients(own({"a.eml": real}, anonymise=True)) == []


REFUSED = {
    "mixed-line-ends": ":11:1 has LF without CR beside CRLF",
    "bare-carriage-return": ":11:1 has CR without LF beside CRLF",
    "line-of-999-octets": ":10:1 has 999 octets",
    "nul-octet": ":10:1 holds a NUL octet",
    "latin-1-header-field": ":3:1 has octets in a header field",
    "bcc-field": ":6:1 has a Bcc field",
    "binary-transfer-encoding": ":1:1 has a part with Content-Transfer-Encoding: binary",
    "no-from": ":1:1 not a message: it has no From",
    "no-recipient": ":1:1 names no recipient in To or Cc: give message.to",
    "no-mail": ":1:1 is not a mail: its first line is not a header field",
    "empty": ":1:1 is empty",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_server_need_take_is_refused_with_its_line(name: str) -> None:
    path = MAILS / "refused" / f"{name}.eml"
    with pytest.raises(InputError) as caught:
        compose(MessageSpec(Address("", ""), 0, 1, eml=f"refused/{name}.eml", folder=MAILS))
    assert str(caught.value).startswith(f"{path}{REFUSED[name]}")


def test_every_refused_file_has_its_reason_and_all_are_told_at_once() -> None:
    assert {path.stem for path in (MAILS / "refused").iterdir()} == set(REFUSED)
    with pytest.raises(InputError) as caught:
        compose(MessageSpec(Address("", ""), 0, 1, eml="refused/*.eml", folder=MAILS))
    assert len(caught.value.mistakes) == len(REFUSED) - 1  # who gets a mail is asked only of mails that can be sent


@pytest.mark.parametrize(
    ("files", "fields", "said"),
    [
        ({}, {"eml": "*.eml"}, "matches no file: "),
        ({"a.eml": mail("bk00000000-0000000000")}, {}, "a.eml:4:1 holds 'bk00000000-0000000000'"),
        ({"a.eml": mail("a").replace(b"ann@", b'"a b"@')}, {}, "mail servers do not accept the part before the @"),
        ({"a.eml": mail("a"), "to.csv": b"email\nnobody\n"}, {"eml": "a.eml"}, "to.csv:2:1 no @ in address 'nobody'"),
        ({"a.eml": mail("a")}, {"bcc": ("{{ nobody }}",)}, "bcc: the template fails: 'nobody' is undefined"),
        ({"a.eml": mail("a")}, {"count": 100_001}, "would send 100,001 distinct messages"),
    ],
)  # fmt: skip
def test_mistakes(own: Own, tmp_path: Path, files: dict[str, bytes], fields: dict[str, Any], said: str) -> None:
    if "to.csv" in files:
        fields = {**fields, "recipients": tmp_path / "to.csv"}
    with pytest.raises(InputError) as caught:
        own(files, **fields)
    assert said in str(caught.value)


def test_no_link_leads_out_of_the_folder(own: Own, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    outside = tmp_path_factory.mktemp("outside") / "a.eml"
    outside.write_bytes(mail("secret"))
    (tmp_path / "a.eml").symlink_to(outside)
    with pytest.raises(InputError, match="set allow_files_outside = true"):
        own({})
    assert subjects(own({}, root=None)) == ["secret"]
