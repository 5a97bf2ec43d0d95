"""A zone in a dict as an `Ask`, and the public SPF suite (pyspf's rfc7208-tests.yml), downloaded when testing."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from benchkit.model.dns import Answer, AnswerState, Record

SDIST = "pyspf-2.0.14.tar.gz"
MEMBER = "pyspf-2.0.14/test/rfc7208-tests.yml"
TIMEOUT = "TIMEOUT"


@dataclass
class Zone:
    """`{"name": {"A": ["192.0.2.1"], "MX": ["10 mx.example"], "TXT": [["joined", " here"]], "AAAA": "TIMEOUT"}}`."""

    names: Mapping[str, Mapping[str, Any]]
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def __call__(self, name: str, type: str) -> Answer:  # noqa: A002 (the contract's word)
        self.asked.append((name, type))
        return self.answer(name, type)

    def answer(self, name: str, kind: str, follow: bool = True) -> Answer:
        held = self.names.get(name)
        if name.startswith("error."):
            return Answer(name, kind, AnswerState.TIMEOUT)
        if held is None:
            return Answer(name, kind, AnswerState.NXDOMAIN)
        if follow and "CNAME" in held:
            return self.answer(held["CNAME"][0].lower().rstrip("."), kind, follow=False)
        data = held.get(kind, held.get("*", ()))
        if data == TIMEOUT:
            return Answer(name, kind, AnswerState.TIMEOUT)
        records = tuple(record(kind, each) for each in data)
        return Answer(name, kind, AnswerState.OK if records else AnswerState.NODATA, records)


def record(kind: str, data: Any) -> Record:
    """One record of a zone's short form."""
    if kind == "TXT":
        strings = (data,) if isinstance(data, str) else tuple(data)
        octets = tuple(string.encode("utf-8") for string in strings)
        return Record(kind, b"".join(octets).decode("latin-1"), strings=octets)
    if kind == "MX":
        preference, _, host = str(data).partition(" ")
        return Record(kind, data, target=host.rstrip("."), preference=int(preference))
    return Record(kind, str(data), target=str(data).rstrip(".") if kind in ("PTR", "CNAME") else "")


@dataclass(frozen=True)
class Case:
    """One case of the suite: `results` are alternatives; an `explanation` of DEFAULT means none."""

    name: str
    zone: Mapping[str, Mapping[str, Any]]
    ip: str
    helo: str
    mail_from: str
    results: tuple[str, ...]
    explanation: str | None


@pytest.fixture(scope="session")
def spf_suite(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Case]:
    """All cases; skips where the suite cannot be had, fails where CI is set."""
    try:
        cache: pytest.Cache | None = getattr(pytestconfig, "cache", None)  # absent under -p no:cacheprovider
        path = downloaded(cache.mkdir("spf-suite") if cache else tmp_path_factory.mktemp("spf-suite"))
    except (OSError, subprocess.SubprocessError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the public SPF suite could not be downloaded: {error}")
    yaml: Any = import_module("yaml")
    documents = yaml.safe_load_all(path.read_bytes())
    return [case for document in documents for case in cases_of(document)]


def downloaded(folder: Path) -> Path:
    """The suite's file in that folder: pytest's cache directory, which git ignores."""
    path = folder / "rfc7208-tests.yml"
    if not path.exists():
        options = ["--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(folder)]
        command = [sys.executable, "-m", "pip", "download", *options, "pyspf==2.0.14"]
        # Without the guard that keeps every other child of a test on this machine (tests/loopback_only/).
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        subprocess.run(command, check=True, timeout=120, capture_output=True, env=environment)
        with tarfile.open(folder / SDIST) as archive:
            member = archive.extractfile(MEMBER)
            assert member is not None
            path.write_bytes(member.read())
    return path


def cases_of(document: Mapping[str, Any]) -> Sequence[Case]:
    zone = {str(name).lower().rstrip("."): held_by(rows) for name, rows in document["zonedata"].items()}
    return [
        Case(
            name,
            zone,
            ip=str(case["host"]),
            helo=str(case["helo"]),
            mail_from=str(case["mailfrom"] or ""),
            results=tuple([case["result"]] if isinstance(case["result"], str) else case["result"]),
            explanation=case.get("explanation"),
        )
        for name, case in document["tests"].items()
    ]


def held_by(rows: Sequence[Any]) -> dict[str, Any]:
    """The suite's rules: SPF records are TXT records unless the name has its own TXT; a bare TIMEOUT is for all other types."""
    held: dict[str, Any] = {}
    own_txt = any(isinstance(row, dict) and "TXT" in row for row in rows)
    for row in rows:
        if row == TIMEOUT:
            held["*"] = TIMEOUT
            continue
        ((kind, data),) = row.items()
        if kind == "SPF" and own_txt:
            continue
        kind = "TXT" if kind == "SPF" else kind
        if data == TIMEOUT:
            held[kind] = TIMEOUT
        elif data != "NONE":
            held.setdefault(kind, []).append(f"{data[0]} {data[1]}" if kind == "MX" else data)
    if "TXT" not in held and own_txt and "*" not in held:
        held["TXT"] = []
    return held


@pytest.fixture(scope="session")
def make_zone() -> type[Zone]:
    """The class `Zone`: a dict of names as an `Ask` that remembers what it was asked."""
    return Zone
