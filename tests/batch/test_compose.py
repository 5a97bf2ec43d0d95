"""From a specification to a batch: who gets what, how often, and always the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from benchkit.batch import compose, from_mime
from benchkit.errors import InputError
from benchkit.model.identity import PLACEHOLDER
from benchkit.model.message import Address
from benchkit.model.scenario import MessageSpec

Spec = Callable[..., MessageSpec]
PNG = b"\x89PNG\r\n\x1a\n picture"
INLINE = MessageSpec(Address("Shop", "shop@shop.example"), 0, 1, subject="Hi", to=(Address("", "a@x.example"),))


def test_each_row_gets_its_own_message(spec: Spec) -> None:
    batch = compose(spec())
    assert [(m.index, m.recipients, m.content.subject) for m in batch.messages] == [
        (0, ("a@x.example",), "Order 1"),
        (1, ("b@x.example",), "Order 2"),
    ]
    first = batch.messages[0].content
    assert first.text == "Hello Ann,\nyour order 1 is here."
    assert first.html == "<p>Hello Ann</p>"
    assert first.to == (Address("Ann", "a@x.example"),)
    assert batch.messages[0].envelope_from == "shop@shop.example"


def test_rows_come_round_again_with_the_next_index(spec: Spec) -> None:
    batch = compose(spec({"mail.subject": "No. {{ index }}"}, count=5))
    assert [m.content.subject for m in batch.messages] == [f"No. {index}" for index in range(5)]
    assert [m.content.to[0].name for m in batch.messages] == ["Ann", "Bo", "Ann", "Bo", "Ann"]


def test_a_row_that_is_used_again_goes_to_a_subaddress(spec: Spec) -> None:
    batch = compose(replace(spec({"mail.subject": "To {{ email }}"}, count=5), subaddress=True))
    people = ["a@x.example", "b@x.example", "a+1@x.example", "b+1@x.example", "a+2@x.example"]
    assert [m.recipients for m in batch.messages] == [(one,) for one in people]
    assert [m.content.subject for m in batch.messages] == [f"To {one}" for one in people]
    assert [m.content.to[0].name for m in batch.messages] == ["Ann", "Bo", "Ann", "Bo", "Ann"]


def test_a_subaddress_that_is_too_long_is_one_line(spec: Spec) -> None:
    files: dict[str, str | bytes | None] = {"to.csv": f"email,name,order\n{'a' * 63}@x.example,Ann,1\n"}
    with pytest.raises(InputError, match=r"to.csv:2 .*remove message.subaddress") as caught:
        compose(replace(spec(files, count=2), subaddress=True))
    assert len(caught.value.mistakes) == 1


@pytest.mark.parametrize("missing", ["mail.txt", "mail.html"])
def test_text_or_html_may_be_left_out(spec: Spec, missing: str) -> None:
    content = compose(spec({missing: None})).messages[0].content
    assert (content.text == "", content.html == "") == (missing == "mail.txt", missing == "mail.html")


def test_only_html_is_escaped(spec: Spec) -> None:
    content = compose(spec({"to.csv": "email,name,order\na@x.example,<b>&,1\n"})).messages[0].content
    assert content.text.startswith("Hello <b>&,")
    assert content.html == "<p>Hello &lt;b&gt;&amp;</p>"


def test_columns_that_end_in_json_are_parsed(spec: Spec) -> None:
    csv = 'email,name,order,items:json\na@x.example,A,1,"[{""n"": 2}, {""n"": 3}]"\n'
    files: dict[str, str | bytes | None] = {"to.csv": csv, "mail.txt": "{{ items|sum(attribute='n') }}"}
    assert compose(spec(files)).messages[0].content.text == "5"


def test_a_byte_order_mark_quoted_lines_and_blank_lines_are_fine(spec: Spec) -> None:
    csv = '\ufeffemail,name,order\r\n\r\na@x.example,"Ann, the first","1\r\n2"\r\n'
    batch = compose(spec({"to.csv": csv, "mail.subject": "x"}))
    assert [(m.content.to[0].name, m.content.text) for m in batch.messages] == [
        ("Ann, the first", "Hello Ann, the first,\nyour order 1\n2 is here.")
    ]


def test_what_is_drawn_is_the_same_in_every_part_and_differs_by_message_and_seed(spec: Spec) -> None:
    draws = "{{ token(12, 'a') }} {{ number(1, 10**9, 'n') }}"
    given = spec({"mail.subject": draws, "mail.txt": "{{ token(5) }}" + draws, "mail.html": draws})
    contents = [m.content for m in compose(given).messages]
    assert all(c.html == c.subject and c.text.endswith(c.subject) for c in contents)
    other = [m.content for m in compose(replace(given, seed=2)).messages]
    assert len({c.subject for c in contents + other}) == 4


def test_the_same_specification_is_the_same_bytes_in_another_process(spec: Spec) -> None:
    given = spec({"mail.txt": "{{ token(40) }}", "a.zip": "zip"}, attachments=())
    script = (
        "import sys, pathlib; from benchkit.batch import compose; from benchkit.model.message import Address\n"
        "from benchkit.model.scenario import MessageSpec; folder = pathlib.Path(sys.argv[1])\n"
        "spec = MessageSpec(Address('Shop', 'shop@shop.example'), 0, 1, folder / 'mail', folder / 'to.csv')\n"
        "sys.stdout.buffer.write(b''.join(m.mime for m in compose(spec).messages))"
    )
    assert given.template is not None
    command = [sys.executable, "-c", script, str(given.template.parent)]
    elsewhere = {**os.environ, "TZ": "Pacific/Apia", "LC_ALL": "C", "PYTHONHASHSEED": "99"}
    output = subprocess.run(command, env=elsewhere, capture_output=True, check=True).stdout
    assert output == b"".join(m.mime for m in compose(given).messages)


def test_an_attachment_that_the_html_names_is_inline_and_goes_first(spec: Spec, tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "mail.html": '<img src="cid:b.png">',
        "a.pdf": "%PDF",
        "b.png": PNG,
        "c": "?",
    }
    paths = tuple(tmp_path / name for name in ("a.pdf", "b.png", "c"))
    message = compose(spec(files, attachments=paths)).messages[0]
    assert [(a.name, a.content_type, a.content_id) for a in message.content.attachments] == [
        ("b.png", "image/png", "b.png"),
        ("a.pdf", "application/pdf", ""),
        ("c", "application/octet-stream", ""),
    ]
    assert from_mime(message.mime) == message.content


def test_inline_one_message_goes_to_all_recipients() -> None:
    to = tuple(Address("", f"{name}@x.example") for name in "abc")
    (message,) = compose(replace(INLINE, text="Hello", html="<p>Hello</p>", to=to)).messages
    assert message.recipients == ("a@x.example", "b@x.example", "c@x.example")
    assert (message.content.text, message.content.html) == ("Hello", "<p>Hello</p>")


@pytest.mark.parametrize("size", [1, 2, 75, 76, 77, 78, 4096, 100_000])
def test_filler_has_exactly_the_size_asked_for(size: int) -> None:
    batch = compose(replace(INLINE, text_bytes=size, count=2))
    first, second = (m.content.text for m in batch.messages)
    assert len(first.encode()) == len(second.encode()) == size
    assert max(map(len, first.split("\n"))) <= 76
    assert from_mime(batch.messages[0].mime).text == first
    assert size < 75 or first != second


def test_a_domain_is_ascii_everywhere_and_a_local_part_stays_as_it_is() -> None:
    to = (Address("", "jürgen@straße.example"), Address("", "a@BÜCHER.example"))
    (message,) = compose(replace(INLINE, text="x", to=to)).messages
    assert message.recipients == ("jürgen@xn--strae-oqa.example", "a@xn--bcher-kva.example")
    assert message.needs_smtputf8
    assert "jürgen@xn--strae-oqa.example".encode() in message.mime
    assert from_mime(message.mime) == message.content


def test_only_a_local_part_beyond_ascii_needs_smtputf8() -> None:
    (message,) = compose(replace(INLINE, text="Grüße", subject="日本語", to=(Address("Ö", "o@ö.example"),))).messages
    assert not message.needs_smtputf8
    assert message.mime.isascii()


def test_the_identity_has_its_two_places_first_header_and_message_id(spec: Spec) -> None:
    for message in compose(spec()).messages:
        lines = message.mime.split(b"\r\n")
        assert lines[:2] == [b"X-Benchkit-Id: " + PLACEHOLDER, b"Message-ID: <" + PLACEHOLDER + b"@shop.example>"]
        assert message.mime.count(PLACEHOLDER) == 2


def test_nothing_in_a_row_becomes_a_header(spec: Spec) -> None:
    csv = 'email,name,order\na@x.example,"Eve"" <e@x.example>, x: \t","1: 2"\n'.replace("\t", "")
    message = compose(spec({"to.csv": csv})).messages[0]
    names = [line.split(b":")[0] for line in message.mime.split(b"\r\n\r\n")[0].split(b"\r\n") if line[:1] != b" "]
    assert len(names) == len(set(names)) == 8
    assert from_mime(message.mime).to == message.content.to == (Address('Eve" <e@x.example>, x: ', "a@x.example"),)


def test_messages_in_turn_have_ascending_indices(spec: Spec) -> None:
    indices = [m.index for m in compose(spec(count=7)).messages]
    assert all(b == a + 1 for a, b in pairwise(indices))
