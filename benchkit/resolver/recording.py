"""Answers written down: JSON lines that replay an audit offline, with the same answers byte for byte.

The first line names the format and its version, and holds what else shaped the report, as the recorder was told
(version 1 did not); then one line for each domain and question, sorted, so that the order in which answers came never shows. A
recording is per domain: what a domain's budget cut short must stay cut short.
"""

from __future__ import annotations

import base64
import json
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any

from benchkit.errors import InputError, Mistake, reason
from benchkit.model.dns import Answer, AnswerState, Ask, Record

FORMAT = "benchkit dns recording"
VERSION = 2
READABLE = (1, VERSION)
Key = tuple[str, str, str]  # the audited domain, the name, the type


class AnswerRecorder:
    """`recorder.of(domain, ask)` is an `Ask` that writes down what it hands on; the first answer to a question stays."""

    def __init__(self) -> None:
        self._answers: dict[Key, Answer] = {}

    def of(self, domain: str, ask: Ask) -> Ask:
        async def recorded(name: str, type: str) -> Answer:  # noqa: A002
            answer = await ask(name, type)
            return self._answers.setdefault(_key(domain, name, type), answer)

        return recorded

    def save(self, path: Path, about: dict[str, Any] | None = None) -> None:
        """Writes the whole recording, and beside the answers what it is `about`. Raises OSError."""
        lines: list[dict[str, Any]] = [{"format": FORMAT, "version": VERSION, "about": about or {}}]
        lines += [
            {"domain": key[0], "asked": [key[1], key[2]], **_written(self._answers[key])}
            for key in sorted(self._answers)
        ]
        path.write_text("".join(json.dumps(line, ensure_ascii=True) + "\n" for line in lines), "utf-8")


class Replay:
    """A recording read back; `replay.of(domain)` answers what was asked then, and nothing else. `about` as it was saved."""

    def __init__(self, path: Path) -> None:
        """Raises InputError with the line that is no part of a recording."""
        self._path = path
        self.about, answers = _read(path)
        self._answers = dict(answers)

    def of(self, domain: str) -> Ask:
        async def replayed(name: str, type: str) -> Answer:  # noqa: A002
            return self._answers.get(_key(domain, name, type)) or self._unknown(name, type)

        return replayed

    def _unknown(self, name: str, type: str) -> Answer:  # noqa: A002
        """A question that was not asked in the recording is unknown, not missing."""
        return Answer(
            name, type, AnswerState.MALFORMED, resolver=str(self._path), ede=("not in this recording",), queries=0
        )


def _key(domain: str, name: str, type: str) -> Key:  # noqa: A002
    return _plain(domain), _plain(name), type.upper()


def _plain(name: str) -> str:
    return name.lower().removesuffix(".")


def _written(answer: Answer) -> dict[str, Any]:
    """An answer without what is at its default; bytes as base64."""
    written = _without_defaults(Answer, asdict(answer))
    if answer.records:
        written["records"] = [_without_defaults(Record, asdict(record)) for record in answer.records]
        for record in written["records"]:
            if strings := record.get("strings"):
                record["strings"] = [base64.b64encode(string).decode("ascii") for string in strings]
    return written


def _without_defaults(kind: type[Answer | Record], values: dict[str, Any]) -> dict[str, Any]:
    return {field.name: values[field.name] for field in fields(kind) if values[field.name] != field.default}


def _read(path: Path) -> tuple[dict[str, Any], list[tuple[Key, Answer]]]:
    try:
        lines = path.read_text("utf-8").splitlines()
        head = json.loads(lines[0]) if lines else None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(Mistake(str(path), f"cannot be read as a recording: {reason(error)}")) from error
    if not isinstance(head, dict) or head.get("format") != FORMAT or head.get("version") not in READABLE:
        raise InputError(Mistake(str(path), f'is not a "{FORMAT}" of version 1 to {VERSION}', line=1, column=1))
    about = head.get("about", {})
    if not isinstance(about, dict):
        raise InputError(Mistake(str(path), "about is no object", line=1, column=1))
    return about, [_answer(line, str(path), number) for number, line in enumerate(lines[1:], start=2)]


def _answer(line: str, path: str, number: int) -> tuple[Key, Answer]:
    try:
        values = json.loads(line)
        domain, (name, kind) = values.pop("domain"), values.pop("asked")
        values["records"] = tuple(_record(record) for record in values.pop("records", ()))
        values["state"] = AnswerState(values["state"])
        values |= {key: tuple(str(text) for text in values.get(key, ())) for key in ("cnames", "ede")}
        return (str(domain), str(name), str(kind)), Answer(**_checked(Answer, values))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(Mistake(path, f"is not a recorded answer: {error}", line=number, column=1)) from error


def _record(values: dict[str, Any]) -> Record:
    strings = tuple(base64.b64decode(string, validate=True) for string in values.pop("strings", ()))
    return Record(**_checked(Record, values | {"strings": strings}))


def _checked(kind: type[Answer | Record], values: dict[str, Any]) -> dict[str, Any]:
    """The values, each of the type that its field's default has; a field without a default holds text."""
    for field in fields(kind):
        expected = str if field.default is MISSING else type(field.default)
        if not isinstance(values.get(field.name, field.default), expected):
            raise TypeError(f"{field.name} is no {expected.__name__}")
    return values
