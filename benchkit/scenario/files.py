"""The files that a scenario names: they exist, and those that are sent are in the scenario's folder unless it allows others."""

from __future__ import annotations

from pathlib import Path

from benchkit.scenario.addresses import is_template
from benchkit.scenario.locate import KeyPath
from benchkit.scenario.parsed_scenario import ParsedScenario


def check_files(parsed: ParsedScenario) -> None:
    """Every file that the message is made of exists, and may be used."""
    message = parsed.form.message
    if message.recipients:
        _need_own_file(parsed, ("message", "recipients"), message.recipients)
    for index, name in enumerate(message.attachments):
        if is_template(name):  # each row names a file of its own
            continue
        _need_own_file(parsed, ("message", "attachments", index), name)
    if message.template:
        stem = parsed.path.parent / message.template
        if not _is_file(Path(f"{stem}.subject")):
            parsed.mistakes.add(("message", "template"), f"has no file {stem}.subject")
        elif not (_is_file(Path(f"{stem}.txt")) or _is_file(Path(f"{stem}.html"))):
            parsed.mistakes.add(("message", "template"), f"has neither {stem}.txt nor {stem}.html")
        for ending in (".subject", ".txt", ".html"):
            _need_inside(parsed, ("message", "template"), Path(f"{stem}{ending}"))


def _need_own_file(parsed: ParsedScenario, path: KeyPath, name: str) -> None:
    need_file(parsed, path, name)
    _need_inside(parsed, path, parsed.path.parent / name)


def _need_inside(parsed: ParsedScenario, path: KeyPath, file: Path) -> None:
    """Links are followed: where they end is what would be sent."""
    if parsed.form.allow_files_outside or parsed.mistakes.reported(path):
        return
    try:
        end = file.resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, a name that no file can have
        return
    if not end.is_relative_to(parsed.path.parent.resolve()):
        problem = (
            f"leads to {end}, outside the scenario's folder: set allow_files_outside = true if that file may be sent"
        )
        parsed.mistakes.add(path, problem)


def need_file(parsed: ParsedScenario, path: KeyPath, name: str) -> None:
    """Report the key at `path` unless `name`, relative to the scenario, is a file."""
    file = parsed.path.parent / name
    if not _is_file(file):
        parsed.mistakes.add(path, f"no such file: {file}")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with a surrogate: no such file
        return False
