"""Every mistake that a user can make while composing: one clear line each, with file and line, all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchkit.batch import compose
from benchkit.model.message import Address
from benchkit.model.scenario import MessageSpec

Spec = Callable[..., MessageSpec]
Mistakes = Callable[[Callable[[], object]], list[str]]
CSV = "email,name,order\n"
COLUMNS = "there are: email, index, name, number, order, token"
ROW = "(for to.csv:2)"

ONE_MISTAKE = [
    ("to.csv", "name,order\n", "to.csv:1:1 has no column 'email'; its columns: name, order"),
    ("to.csv", "email;name;order\na@x.example;A;1\n",
     "to.csv:1:1 has semicolons between its columns: save it with commas (CSV, UTF-8)"),
    ("to.csv", "email\tname\na@x.example\tA\n", "to.csv:1:1 has tabs between its columns: save it with commas (CSV, UTF-8)"),
    ("to.csv", "", "to.csv has no recipients: the batch would be empty"),
    ("to.csv", CSV, "to.csv has no recipients: the batch would be empty"),
    ("to.csv", CSV + "a@x.example,A\n", "to.csv:2:1 has 2 fields where the header has 3"),
    ("to.csv", CSV + "a@x.example,A,1,2\n", "to.csv:2:1 has 4 fields where the header has 3"),
    ("to.csv", CSV + "nobody,A,1\n", "to.csv:2:1 no @ in address 'nobody'"),
    ("to.csv", CSV + "a@-x,A,1\n", "to.csv:2:1 the domain of 'a@-x' is not a domain name"),
    ("to.csv", CSV + "a b@x.example,A,1\n",
     "to.csv:2:1 mail servers do not accept the part before the @ of 'a b@x.example'"),
    ("to.csv", CSV + 'a@x.example,"A\nBcc: b@x.example",1\n',
     "to.csv:2:1 the name holds a line break or another control character"),
    ("to.csv", "email,name,order,name\n", "to.csv:1:1 has 2 columns named 'name'"),
    ("to.csv", "email,index\n", "to.csv:1:1 has a column 'index', a name that templates reserve: rename the column"),
    ("to.csv", "email,name,order,x:json\na@x.example,A,1,{\n",
     "to.csv:2:1 column 'x:json' is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("to.csv", CSV.encode() + b"a@x.example,A,1\nb@x.example,B\xff,2\n", "to.csv:3:1 is not UTF-8: byte 0xff"),
    ("to.csv", CSV + 'a@x.example,"A,1\n', "to.csv:2:1 is not readable as CSV from here on: unexpected end of data"),
    ("to.csv", None, "to.csv cannot be read: No such file or directory"),
    ("mail.txt", "Dear\n{{ nam }}", f"mail.txt:2:4 asks for 'nam', which no column gives; {COLUMNS}"),
    ("mail.txt", "nam {{ name }} {% if nam %}x{% endif %}", f"mail.txt:1:22 asks for 'nam', which no column gives; {COLUMNS}"),
    ("mail.txt", "{{\nnam }}", f"mail.txt:2 asks for 'nam', which no column gives; {COLUMNS}"),
    ("mail.txt", "\n{% if %}", "mail.txt:2 is not a template: Expected an expression, got 'end of statement block'"),
    ("mail.txt", "{{ name.first }}", f"mail.txt:1 fails: 'str object' has no attribute 'first' {ROW}"),
    ("mail.txt", "\n{{ 1 / 0 }}", f"mail.txt:2 fails: ZeroDivisionError: division by zero {ROW}"),
    ("mail.txt", "{{ name.__class__.__mro__ }}",
     f"mail.txt:1 fails: access to attribute '__class__' of 'str' object is unsafe. {ROW}"),
    ("mail.txt", "{% include '../secret.txt' %}",
     "../secret.txt is included or extended, but is not in the folder of its template"),
    ("mail.subject", "a\nb", f"mail.subject gives a subject with a line break {ROW}"),
    ("mail.subject", None, "mail.subject does not exist: a template needs a subject"),
    ("mail.html", "<img src='cid:logo.png'>", ("to.csv:2:1 the html shows cid:logo.png, and no attachment has that file name: "
      "attach the file, or remove the image")),
    ("mail.txt", "bk00000000-0000000000",
     "to.csv:2:1 the mail holds 'bk00000000-0000000000', which benchkit reserves for its own send number: remove it"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "content", "said"), ONE_MISTAKE)
def test_one_mistake_is_one_line(
    spec: Spec, mistakes: Mistakes, file: str, content: str | bytes | None, said: str
) -> None:
    assert mistakes(lambda: compose(spec({file: content}))) == [said]


def test_all_mistakes_are_told_at_once(spec: Spec, mistakes: Mistakes, tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "to.csv": CSV + "a@x.example,A\nb@x.example,B,2\nnobody,C,3\n",
        "mail.subject": "{{ x }}",
        "mail.txt": "{{ y }}",
    }
    said = mistakes(lambda: compose(spec(files, attachments=(tmp_path / "none.pdf",), sender=Address("", "me"))))
    assert [line.split(" ")[0] for line in said] == [
        "message", "none.pdf", "to.csv:2:1", "to.csv:4:1", "mail.subject:1:4", "mail.txt:1:4",
    ]  # fmt: skip


def test_a_template_with_neither_text_nor_html(spec: Spec, mistakes: Mistakes) -> None:
    said = mistakes(lambda: compose(spec({"mail.txt": None, "mail.html": None})))
    assert said == ["mail.txt does not exist, nor does mail.html: a template needs one of them"]


def test_an_attachment_that_is_a_folder(spec: Spec, mistakes: Mistakes, tmp_path: Path) -> None:
    assert mistakes(lambda: compose(spec(attachments=(tmp_path,)))) == [
        f"{tmp_path} cannot be attached: Is a directory"
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"to": ()}, "message to has no recipients: the batch would be empty"),
        ({"to": (Address("", "a"),)}, "message to no @ in address 'a'"),
        ({"subject": "a\r\nBcc: b@x.example"}, "message subject holds a line break"),
    ],
)
def test_mistakes_of_an_inline_message(mistakes: Mistakes, wrong: dict[str, object], said: str) -> None:
    right = MessageSpec(Address("", "a@x.example"), 0, 1, subject="s", text="t", to=(Address("", "b@x.example"),))
    assert mistakes(lambda: compose(replace(right, **wrong))) == [said]  # type: ignore[arg-type]
