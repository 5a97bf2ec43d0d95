"""Files of a scenario: in its folder, links followed, and of a bounded size."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.scenario import Vocabulary, load
from tests.scenario.conftest import Write

TEMPLATED = 'template = "m"\nrecipients = "r.csv"\n'
INLINE = 'to = ["b@example.com"]\nsubject = "Hello"\ntext = "Hi"\n'


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outside")
    for name in ("m.subject", "m.txt", "r.csv", "a.pdf"):
        (folder / name).write_text("x")
    return folder


@pytest.mark.parametrize("name", ["m.subject", "m.txt", "r.csv", "a.pdf"])
def test_links_out_of_the_folder(
    name: str, base: str, vocabulary: Vocabulary, write: Write, outside: Path, tmp_path: Path
) -> None:
    text = base.replace(INLINE, TEMPLATED + 'attachments = ["a.pdf"]\n')
    for each in ("m.subject", "m.txt", "r.csv", "a.pdf"):
        (tmp_path / each).symlink_to(outside / each) if each == name else (tmp_path / each).write_text("x")
    with pytest.raises(InputError, match=r"leads to .*, outside the scenario's folder: set allow_files_outside = true"):
        load(write(text), vocabulary)
    assert load(write("allow_files_outside = true\n" + text), vocabulary).message.root is None


def test_paths_out_of_the_folder(base: str, vocabulary: Vocabulary, write: Write, outside: Path) -> None:
    for name in (str(outside / "a.pdf"), f"../{outside.name}/a.pdf"):
        text = base.replace('text = "Hi"\n', f'text = "Hi"\nattachments = ["{name}"]\n')
        with pytest.raises(InputError, match=r"message\.attachments\.0 (leads to|no such file)"):
            load(write(text), vocabulary)


def test_links_inside_the_folder_are_fine(base: str, vocabulary: Vocabulary, write: Write, tmp_path: Path) -> None:
    (tmp_path / "real.pdf").write_text("x")
    (tmp_path / "a.pdf").symlink_to("real.pdf")
    assert load(write(base.replace('text = "Hi"\n', 'text = "Hi"\nattachments = ["a.pdf"]\n')), vocabulary)


def test_a_loop_of_links(base: str, vocabulary: Vocabulary, write: Write, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").symlink_to("a.pdf")
    with pytest.raises(InputError, match="no such file"):
        load(write(base.replace('text = "Hi"\n', 'text = "Hi"\nattachments = ["a.pdf"]\n')), vocabulary)


def test_a_scenario_is_no_place_for_a_long_text(base: str, vocabulary: Vocabulary, write: Write) -> None:
    with pytest.raises(InputError, match=r"has more than 1,000,000 bytes: put long texts"):
        load(write(base.replace("Hi", "x" * 1_000_000)), vocabulary)
    with pytest.raises(InputError, match="has more than 1,000,000 bytes"):
        load(Path("/dev/zero"), vocabulary)
