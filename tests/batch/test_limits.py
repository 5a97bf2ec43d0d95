"""What a batch may cost: more is refused with one line, and its place, in seconds and in little memory."""

from __future__ import annotations

import resource
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest

from benchkit.batch import compose, limits, recipients
from benchkit.errors import InputError
from benchkit.model.message import Address
from benchkit.model.scenario import MessageSpec

Spec = Callable[..., MessageSpec]
Mistakes = Callable[[Callable[[], object]], list[str]]
ROW = "(for to.csv:2)"

WITHOUT_END = {
    "nested loops": (
        "x\n{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "mail.txt:2 fails: it runs",
    ),
    "one loop that gives": (
        "{% for a in range(99999) %}\n{{ 'x' * 1000 }}{% endfor %}",
        "mail.txt:2 fails: it produces more than",
    ),
    "a long text": ("\n{{ 'x' * 100000000 }}", "mail.txt:2 fails: it produces more than"),
    "multiplied text": ("\n\n{{ 'x' * 10 ** 12 }}", "mail.txt:3 fails: it takes more than"),
    "a filter": ("\n{{ 'x'|center(10 ** 11) }}", "mail.txt:2 fails: it takes more than"),
    "a format": ("\n{{ '%999999999999d' % 1 }}", "mail.txt:2 fails: "),
    "doubled text": (
        "{% set ns = namespace(x='xx') %}\n{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "mail.txt:2 fails: it takes more than",
    ),
    "a power": ("\n{{ 10 ** (10 ** 9) > 1 }}", "mail.txt:2 fails: it"),
    "a range": ("\n{{ range(10 ** 9)|length }}", "mail.txt:2 fails: OverflowError"),
    "a macro that calls itself": ("{% macro m() %}{{ m() }}{% endmacro %}\n{{ m() }}", "fails: "),
    "an include of itself": ("x\n{% include 'mail.txt' %}", "fails: "),
    "lipsum": ("{{ lipsum(n=10 ** 7) }}", "mail.txt:1:4 asks for 'lipsum', which no column gives"),
    "brackets": ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "mail.txt"),
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bounds in less time."""
    monkeypatch.setattr(limits, "MAX_RENDER_S", 0.2)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # hypothesis's own, at the stack's end
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("text", "expected"), WITHOUT_END.values(), ids=list(WITHOUT_END))
def test_a_template_without_end_is_stopped_at_its_line(
    spec: Spec, mistakes: Mistakes, text: str, expected: str
) -> None:
    began_s = process_time()
    lines = mistakes(lambda: compose(spec({"mail.txt": text})))
    assert len(lines) == 1, lines
    assert expected in lines[0]
    assert process_time() - began_s < 5
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY, "the bound is gone again"
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


@pytest.mark.usefixtures("quick")
def test_other_threads_get_no_signal(spec: Spec) -> None:
    done: list[int] = []
    thread = threading.Thread(target=lambda: done.append(len(compose(spec()))))
    thread.start()
    thread.join()
    assert done == [2]


@pytest.mark.usefixtures("quick")
def test_a_line_that_computes_without_end_is_stopped_at_the_first_row(spec: Spec, mistakes: Mistakes) -> None:
    loops = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    (line,) = mistakes(lambda: compose(spec(count=1000, cc=(loops,))))
    assert line == "to.csv:2:1 cc the template fails: it runs for more than 5 s for one message"


def test_rows_that_no_message_goes_to_are_not_read(spec: Spec) -> None:
    rows = "email,name,order\n" + "a@x.example,A,1\n" * 10 + "broken\n"
    assert len(compose(spec({"to.csv": rows}, at_most=10))) == 10
    assert len(compose(spec({"to.csv": rows}, count=4, at_most=10))) == 4
    with pytest.raises(InputError, match="has 1 fields where the header has 3"):
        compose(spec({"to.csv": rows}, at_most=11))


def test_no_more_is_composed_than_is_sent() -> None:
    inline = MessageSpec(
        Address("", "a@x.example"), 50, 1, subject="s", text="t", to=(Address("", "b@x.example"),), at_most=20
    )
    assert len(compose(inline)) == 20
    assert len(compose(replace(inline, at_most=0))) == 50


def test_bounds(spec: Spec, mistakes: Mistakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(recipients, "MAX_MESSAGES", 3)
    rows = "email,name,order\n" + "a@x.example,A,1\n" * 4
    assert mistakes(lambda: compose(spec({"to.csv": rows}))) == [
        "to.csv:5:1 has more than 3 rows: set message.count to send to the first ones only"
    ]
    assert len(compose(spec({"to.csv": rows}, count=3))) == 3
    assert mistakes(lambda: compose(spec(count=100_001))) == [
        "message count would compose 100,001 distinct messages; the maximum is 100,000: set it lower"
    ]
    (tmp_path / "large.bin").touch()
    with (tmp_path / "large.bin").open("r+b") as file:
        file.truncate(limits.MAX_FILE_BYTES + 1)
    assert mistakes(lambda: compose(spec(attachments=(tmp_path / "large.bin",)))) == [
        "large.bin cannot be attached: it has more than 50,000,000 bytes"
    ]


def test_a_batch_is_bounded_as_a_whole(spec: Spec, mistakes: Mistakes) -> None:
    large = MessageSpec(
        Address("", "a@x.example"), 60_000, 1, subject="s", text_bytes=50_000_000, to=(Address("", "b@x.example"),)
    )
    expected = "makes distinct messages of more than 256,000,000 bytes together"
    assert mistakes(lambda: compose(large)) == [f"message count {expected}: set it or text_bytes lower"]
    assert mistakes(lambda: compose(replace(large, text_bytes=0, text="x" * 100_000))) == [
        f"message count {expected}: set it lower, or send less"
    ]
    rendered = spec({"mail.txt": "{{ 'x' * 9000000 }}"}, count=50)
    assert [line for line in mistakes(lambda: compose(rendered)) if expected in line]


def test_a_line_without_end(spec: Spec, mistakes: Mistakes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipients, "MAX_FILE_BYTES", 1000)
    rows = "email,name,order\na@x.example,A,1\nb@x.example," + "B" * 2000
    assert mistakes(lambda: compose(spec({"to.csv": rows}))) == ["to.csv:3:1 has a line of more than 1,000 bytes"]


def test_includes_follow_no_link_out_of_the_folder(spec: Spec, mistakes: Mistakes, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("secret")
    inside = tmp_path / "scenario"
    inside.mkdir()
    for name in ("mail.subject", "mail.txt", "to.csv"):
        spec()  # writes them
        (tmp_path / name).rename(inside / name)
    (inside / "part.txt").symlink_to(outside)
    inside_spec = replace(spec(), template=inside / "mail", recipients=inside / "to.csv", root=inside.resolve())
    for include in ("{% include 'part.txt' %}", "{% set p = 'part.txt' %}{% include p %}"):
        (inside / "mail.txt").write_text(include)
        (line,) = mistakes(lambda: compose(inside_spec))
        assert "part.txt is a link to" in line
        assert "allow_files_outside = true" in line
        assert compose(replace(inside_spec, root=None)).messages[0].content.text == "secret"
