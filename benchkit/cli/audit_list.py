"""`benchkit audit --list FILE`: reads a list of recipients, writes a clean and a rejected one, and says what was done."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from benchkit.cli.audit_answers import AnswerSource, open_source, read_zones
from benchkit.cli.audit_options import Given
from benchkit.cli.files import writing
from benchkit.errors import ExitCode, InputError, Mistake, StoreError, reason, suggestion

if TYPE_CHECKING:
    from benchkit.audit.recipient_list import JudgedList, JudgedRow, RecipientCsv, Rejection

MORE_COLUMNS = ("reason", "detail", "suggestion")


def audit_list(given: Given, path: Path) -> ExitCode:
    """Raises InputError. With --fail-on it ends with FINDINGS where a row was rejected."""
    from benchkit.audit.recipient_list import read_list

    source = AnswerSource(read_zones(given.zones or (), ""), servers=tuple(given.servers or ()), live=given.live)
    source.check()
    clean, rejected = _outputs(given, path)
    keep = _reasons(given.keep or ())
    lists = given.suppressed or ()
    suppressed, hashes = _suppressed(path for path in lists if not path.is_dir()), _of_runs(filter(Path.is_dir, lists))
    judged = _judged(read_list(_text(path), str(path), given.column), source, suppressed, hashes, keep)
    _write(clean, _clean_rows(judged), judged.source.delimiter)
    _write(rejected, _rejected_rows(judged), judged.source.delimiter)
    _show(judged, clean, rejected, as_json=given.as_json)
    return ExitCode.FINDINGS if given.fail_on and judged.rejected else ExitCode.FINE


def _judged(
    listed: RecipientCsv,
    source: AnswerSource,
    suppressed: Mapping[str, str],
    hashes: Mapping[int, str],
    keep: frozenset[Rejection],
) -> JudgedList:
    from benchkit.audit.recipient_list import judge_list
    from benchkit.cli.audit_loop import run_audits

    async def judge() -> JudgedList:
        async with open_source(source, dict) as servers:
            ask_for = servers.of if source.zone is None or source.joined else (lambda domain: source.zone)
            judged = await judge_list(listed, ask_for, suppressed=suppressed, suppressed_hashes=hashes, keep=keep)
            return replace(judged, in_zone_only=source.is_offline)

    return run_audits(judge())


def _outputs(given: Given, path: Path) -> tuple[Path, Path]:
    """Raises InputError where one would overwrite what is read, or the other."""
    clean = given.clean or path.with_suffix(".clean.csv")
    rejected = given.rejected or path.with_suffix(".rejected.csv")
    read = {path.resolve(), *(file.resolve() for file in given.suppressed or ())}
    for option, output in (("--clean", clean), ("--rejected", rejected)):
        if output.resolve() in read:
            raise InputError(Mistake(option, f"would overwrite {output}, which this command reads: name another file"))
    if clean.resolve() == rejected.resolve():
        raise InputError(Mistake("--rejected", "is the same file as --clean: name another file"))
    return clean, rejected


def _reasons(names: Iterable[str]) -> frozenset[Rejection]:
    from benchkit.audit.recipient_list import Rejection

    may_be_kept = {each.value for each in Rejection} - {Rejection.SYNTAX}
    for name in names:
        if name not in may_be_kept:
            raise InputError(
                Mistake("--keep", f'"{name}" is not a reason of this check: {suggestion(name, may_be_kept)}')
            )
    return frozenset(Rejection(name) for name in names)


def _suppressed(paths: Iterable[Path]) -> dict[str, str]:
    from benchkit.audit.recipient_list import read_suppression

    found: dict[str, str] = {}
    for path in paths:
        found |= {
            address: f"{why} ({path.name})" if why else path.name
            for address, why in read_suppression(_text(path), str(path)).items()
        }
    return found


def _of_runs(folders: Iterable[Path]) -> dict[int, str]:
    """What benchkit events has collected there. Raises InputError."""
    from benchkit.experiment.parent.events_of_run import suppressed_hashes
    from benchkit.store import read_manifest

    found: dict[int, str] = {}
    for folder in folders:
        read_manifest(folder)
        try:
            found |= {key: f"{why} (run {folder.name})" for key, why in suppressed_hashes(folder).items()}
        except StoreError as error:
            raise InputError(Mistake("--suppressed", str(error))) from None
    return found


def _text(path: Path) -> str:
    """Raises InputError; a line break inside a cell stays as it is."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Mistake(str(path), f"cannot be read: {reason(error)}")) from None


def _clean_rows(judged: JudgedList) -> Iterable[tuple[str, ...]]:
    """As given: an address is never rewritten, only the space around it goes."""
    if judged.source.header:
        yield judged.source.header
    for row in judged.kept:
        place = judged.source.column
        yield (*row.cells[:place], row.text, *row.cells[place + 1 :])


def _rejected_rows(judged: JudgedList) -> Iterable[tuple[str, ...]]:
    """As given, with the reason behind; a file without a header keeps none."""
    width = max([len(judged.source.header), *(len(row.cells) for row in judged.rows)])
    if judged.source.header:
        yield (*_padded(judged.source.header, width), *MORE_COLUMNS)
    for row in judged.rejected:
        yield (*_padded(row.cells, width), *_why(row))


def _why(row: JudgedRow) -> tuple[str, str, str]:
    return row.reason.value if row.reason else "", row.detail, row.suggestion


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return cells + ("",) * (width - len(cells))


def _write(path: Path, rows: Iterable[tuple[str, ...]], delimiter: str) -> None:
    """Addresses are personal data: the file is for its owner only."""
    from benchkit.store.private_files import write_private

    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    with writing(path):
        write_private(path, text.getvalue())


def _show(judged: JudgedList, clean: Path, rejected: Path, *, as_json: bool) -> None:
    from benchkit.report.recipient_list import render_list, to_json

    if as_json:
        from benchkit.model.outside_text import json_text

        typer.echo(json_text(to_json(judged, clean, rejected)), nl=False)
    else:
        from rich.console import Console

        render_list(judged, clean, rejected, Console())
