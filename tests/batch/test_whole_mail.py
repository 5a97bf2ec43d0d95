"""The whole of a mail as a scenario says it: copies, return path, header fields, files by row; and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchkit.batch import compose, from_mime
from benchkit.errors import InputError
from benchkit.model.message import Address, Message
from benchkit.model.scenario import MessageSpec

SENDER = Address("Shop", "shop@shop.example")
INLINE = MessageSpec(SENDER, 1, 1, subject="Hi", text="x", to=(Address("", "a@x.example"), Address("", "b@x.example")))


def one(**changes: object) -> Message:
    (message,) = compose(replace(INLINE, **changes)).messages  # type: ignore[arg-type]
    return message


def test_copies_are_recipients_and_blind_ones_stand_in_the_envelope_only() -> None:
    message = one(cc=("Cee <c@y.example>",), bcc=("d@z.example", "a@x.example"), reply_to=("r@shop.example",))
    assert message.recipients == ("a@x.example", "b@x.example", "c@y.example", "d@z.example")
    assert message.content.cc == (Address("Cee", "c@y.example"),)
    assert message.content.reply_to == (Address("", "r@shop.example"),)
    assert b"d@z.example" not in message.mime
    assert b"Bcc" not in message.mime
    assert from_mime(message.mime) == message.content


@pytest.mark.parametrize(
    ("given", "path"), [(None, "shop@shop.example"), ("", ""), ("bounce@other.example", "bounce@other.example")]
)
def test_the_envelope_sender(given: str | None, path: str) -> None:
    assert one(envelope_from=given).envelope_from == path


def test_header_fields_priority_and_language() -> None:
    fields = {
        "List-Unsubscribe": "<https://shop.example/u/0123456789012345678901234567890123456789012345678901234567890123456789>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "X-Campaign": "Größe ☃",
    }
    message = one(headers=fields, priority="high", language="pt-BR")
    own = dict(message.content.headers)
    assert {name: own[name] for name in fields} == fields
    assert (own["Importance"], own["X-Priority"], own["Content-Language"]) == ("high", "1 (Highest)", "pt-BR")
    assert from_mime(message.mime).digest == message.digest
    assert message.digest != one(headers={**fields, "X-Campaign": "other"}, priority="high", language="pt-BR").digest
    assert f"List-Unsubscribe: {fields['List-Unsubscribe']}\r\n".encode() in message.mime


def test_a_mail_without_fields_of_its_own_has_the_digest_that_it_always_had() -> None:
    assert one().digest.hex() == "6f8fed1beaf6a7800c7f1e211fc7c4ef"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("X-A", "a\r\nBcc: spy@evil.example", "line break"), ("X-A", "a\nb", "line break"), ("X-A", "a\0b", "line break"),
        ("X A", "a", "not a header field"), ("X:A", "a", "not a header field"),
        ("Ä", "a", "not a header field"), ("", "a", "not a header field"),
        ("Bcc", "a", "writes"), ("subject", "a", "writes"), ("Content-Type", "a", "writes"), ("DKIM-Signature", "a", "writes"),
        ("X-A", " a", "with a space"), ("X-A", "a" * 901, "longer"),
    ],
)  # fmt: skip
def test_a_field_that_no_mail_may_have_is_refused(name: str, value: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        one(headers={name: value})


@pytest.fixture
def rows(tmp_path: Path) -> MessageSpec:
    (tmp_path / "t.subject").write_text("Invoice {{ invoice }}")
    (tmp_path / "t.txt").write_text("Dear {{ name }}")
    (tmp_path / "rows.csv").write_text("email,name,invoice,boss\na@x.example,Ann,1,boss@x.example\nb@x.example,Bo,2,\n")
    for number in "12":
        (tmp_path / f"{number}.pdf").write_bytes(b"%PDF " + number.encode())
    return MessageSpec(
        SENDER, 0, 1, template=tmp_path / "t", recipients=tmp_path / "rows.csv",
        attachments=(tmp_path / "{{ invoice }}.pdf",), bcc=("{{ boss }}",), envelope_from="bounce+{{ index }}@shop.example",
        headers={"X-Invoice": "{{ invoice }}", "List-Unsubscribe": "<https://shop.example/u/{{ token(8, 'u') }}>"},
    )  # fmt: skip


def test_each_row_has_its_own_copies_return_path_fields_and_files(rows: MessageSpec) -> None:
    first, second = compose(rows).messages
    assert first.recipients == ("a@x.example", "boss@x.example")
    assert second.recipients == ("b@x.example",)
    assert (first.envelope_from, second.envelope_from) == ("bounce+0@shop.example", "bounce+1@shop.example")
    assert [part.data for part in second.content.attachments] == [b"%PDF 2"]
    assert dict(second.content.headers)["X-Invoice"] == "2"
    assert dict(first.content.headers)["List-Unsubscribe"] != dict(second.content.headers)["List-Unsubscribe"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"attachments": (Path("{{ invoice }}.doc"),)}, "cannot be attached"),
        ({"attachments": (Path("{{ invoice }}"),)}, "cannot be attached"),
        ({"priority": "{{ name }}"}, "priority: 'Ann' is not"),
        ({"language": "{{ boss }}"}, "language: 'boss@x.example' is not a list of language tags"),
        ({"headers": {"X-A": "1", "x-a": "2"}}, "x-a is given twice"),
        ({"headers": {"importance": "low"}, "priority": "high"}, "Importance is given twice"),
        ({"bcc": ("{{ nobody }}",)}, "bcc: the template fails"),
        ({"cc": ("{{ name }}",)}, "no @"),
        ({"headers": {"X-A": "{{ 'a\\nb' }}"}}, "line break"),
        ({"envelope_from": "{{ 1 / 0 }}"}, "envelope_from: the template fails: ZeroDivisionError"),
    ],
)
def test_what_a_row_cannot_give_is_said_with_its_line(rows: MessageSpec, changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        compose(replace(rows, **changes))  # type: ignore[arg-type]
    assert caught.value.mistakes[0].line == 2
