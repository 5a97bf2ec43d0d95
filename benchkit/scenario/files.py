"""The files that a scenario names: they are there, or the message says which path was looked at."""

from __future__ import annotations

from pathlib import Path

from benchkit.scenario.addresses import is_template
from benchkit.scenario.locate import KeyPath
from benchkit.scenario.parsed_scenario import ParsedScenario


def check_files(draft: ParsedScenario) -> None:
    """Every file that the message is made of is there."""
    message = draft.form.message
    if message.recipients:
        need_file(draft, ("message", "recipients"), message.recipients)
    for index, name in enumerate(message.attachments):
        if is_template(name):  # each row names a file of its own
            continue
        need_file(draft, ("message", "attachments", index), name)
    if message.template:
        stem = draft.path.parent / message.template
        if not _is_file(Path(f"{stem}.subject")):
            draft.mistakes.add(("message", "template"), f"has no file {stem}.subject")
        elif not (_is_file(Path(f"{stem}.txt")) or _is_file(Path(f"{stem}.html"))):
            draft.mistakes.add(("message", "template"), f"has neither {stem}.txt nor {stem}.html")


def need_file(draft: ParsedScenario, path: KeyPath, name: str) -> None:
    """Report the key at `path` unless `name`, relative to the scenario, is a file."""
    file = draft.path.parent / name
    if not _is_file(file):
        draft.mistakes.add(path, f"no such file: {file}")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with a surrogate: no such file
        return False
