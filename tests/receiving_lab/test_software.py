"""What the lab needs and does not find is one line, before anything starts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.experiment.receiving_lab import software


def test_missing_software_is_one_line_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(software, "_FILES", {"postfix": tmp_path / "master", "dovecot-sieve": Path(os.devnull)})
    monkeypatch.setattr(software, "_PATH", str(tmp_path))
    monkeypatch.setattr(software, "_ROOTS", (tmp_path,))
    with pytest.raises(InputError) as caught:
        software.find_software()
    assert str(caught.value) == (
        "receiving_lab needs postfix, dovecot-core, opendkim, rspamd, which are not installed. "
        "On Debian: apt-get install --no-install-recommends postfix dovecot-core opendkim rspamd"
    )


def test_without_root_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "usr/bin/rspamd"
    program.parent.mkdir(parents=True)
    for path in (program, tmp_path / "dovecot", tmp_path / "opendkim"):
        path.touch(0o755)
    monkeypatch.setattr(software, "_FILES", {})
    monkeypatch.setattr(software, "_PATH", str(tmp_path))
    monkeypatch.setattr(software, "_ROOTS", (tmp_path,))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(InputError, match="needs root"):
        software.find_software()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert software.find_software() == software.Software(tmp_path / "dovecot", tmp_path / "opendkim", tmp_path)
