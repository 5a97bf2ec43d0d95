"""Forms as bytes: what is encoded comes back, what is broken says so, what others write is read."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.providers.multipart import FormPart, decode, encode


def survives(name: str) -> bool:
    """Whether the format can carry it: see the head of multipart.py."""
    return not name.endswith("\\") and name[:2] != "\\\\" and name[1:3] != ":\\"


names = st.text(st.characters(codec="utf-8", exclude_characters="%\0"), min_size=1, max_size=30).filter(survives)
pieces = st.sampled_from([b"\r\n", b"--", b"benchkit-form-0", b"benchkit-form-1", b"\0", b"x"])
data = st.one_of(st.binary(max_size=200), st.lists(pieces, max_size=12).map(b"".join))
parts = st.builds(FormPart, names, data, st.one_of(st.just(""), names))


@given(st.lists(parts, min_size=1, max_size=6))
def test_what_is_encoded_comes_back(form: list[FormPart]) -> None:
    assert decode(*encode(form)) == tuple(form)


@given(st.lists(parts, min_size=1, max_size=6))
def test_the_same_form_is_the_same_bytes(form: list[FormPart]) -> None:
    assert encode(form) == encode(form)


FORM = "multipart/form-data; boundary=x"


def part(parameters: bytes) -> bytes:
    return b"--x\r\nContent-Disposition: form-data; " + parameters + b"\r\n\r\n1\r\n--x--\r\n"


BROKEN = {
    "no content type": ("", b""),
    "not a form": ("application/json", b"{}"),
    "no boundary": ("multipart/form-data", b"--x--\r\n"),
    "cut off": (FORM, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb'),
    "a part without a name": (FORM, b"--x\r\nContent-Type: a/b\r\n\r\nb\r\n--x--\r\n"),
    "wrong boundary": ("multipart/form-data; boundary=y", b"--x--\r\n"),
    "a name that is not UTF-8": (FORM, part(b'name="\xff"')),
    "a form that is not UTF-8": ("application/x-www-form-urlencoded", b"\xff=\xff"),
    "no pairs": ("application/x-www-form-urlencoded", b"subject"),
}  # fmt: skip


@pytest.mark.parametrize(("content_type", "body"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_form_is_a_value_error(content_type: str, body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(content_type, body)


def test_nothing_but_the_error_tells_what_is_broken() -> None:
    """The parser logs as well, and where no one has set logging up that would be a line on stderr."""
    message = (
        "from benchkit.providers.multipart import decode\ntry:\n decode({!r}, b'--y')\nexcept ValueError: print('told')"
    )
    done = subprocess.run([sys.executable, "-c", message.format(FORM)], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("told\n", "")


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    for content_type in (FORM, "application/x-www-form-urlencoded"):
        try:
            decode(content_type, b"--x\r\n" + body)
        except ValueError:
            continue


def test_an_urlencoded_form() -> None:
    found = decode("application/x-www-form-urlencoded; charset=utf-8", b"to=a%40b.c&subject=Gr%C3%BC%C3%9Fe&text=")
    assert found == (FormPart("to", b"a@b.c"), FormPart("subject", "Grüße".encode()), FormPart("text", b""))


def test_an_old_curls_backslashes() -> None:
    assert decode(FORM, part(rb'name="file"; filename="a\"b.txt"')) == (FormPart("file", b"1", 'a"b.txt'),)
