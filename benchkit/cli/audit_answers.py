"""Where an audit's DNS answers come from: zone files, a recording, or live servers; and whether they are written down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchkit.errors import InputError, Mistake

if TYPE_CHECKING:
    from benchkit.model.dns import Ask


@dataclass(frozen=True, slots=True)
class Source:
    """`servers` empty: the machine's own resolvers."""

    zones: tuple[Path, ...] = ()
    replay: Path | None = None
    record: Path | None = None
    servers: tuple[str, ...] = ()

    def check(self) -> None:
        """Raises InputError where two sources are named."""
        if sum((bool(self.zones), self.replay is not None, bool(self.servers))) > 1:
            raise InputError(
                Mistake("audit", "--zone, --replay and -n exclude each other: the answers come from one source")
            )


@asynccontextmanager
async def open_source(source: Source) -> AsyncIterator[Callable[[str], Ask]]:
    """Gives each domain its `Ask`, within its limits; the recording is written at the end, also after an interrupt."""
    from benchkit.resolver import Recorder

    recorder = Recorder() if source.record else None
    async with _asks(source) as ask_for:
        try:
            yield (lambda domain: recorder.of(domain, ask_for(domain))) if recorder else ask_for
        finally:
            if recorder and source.record:
                _save(recorder.save, source.record)


@asynccontextmanager
async def _asks(source: Source) -> AsyncIterator[Callable[[str], Ask]]:
    from benchkit.resolver import Budget, Replay, from_zone, open_live

    if source.zones:
        zone = from_zone(source.zones)
        yield lambda domain: zone
    elif source.replay:
        yield Replay(source.replay).of
    else:
        async with open_live(source.servers) as live:
            yield lambda domain: Budget(live)


def _save(save: Callable[[Path], None], path: Path) -> None:
    try:
        save(path)
    except OSError as error:
        raise InputError(Mistake(str(path), f"the recording cannot be written: {error.strerror}")) from None


def domains_of(given: Sequence[str], stdin: Callable[[], str]) -> list[str]:
    """Names as given; the lines of a file, or of standard input for `-`, without blanks and `#` comments. Each once."""
    found: list[str] = []
    for text in given:
        if text == "-":
            found += _lines(stdin())
        elif Path(text).is_file():
            found += _lines(_read(Path(text)))
        else:
            found.append(text)
    return list(dict.fromkeys(found))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Mistake(str(path), f"cannot be read as a list of domains: {error}")) from None


def _lines(text: str) -> list[str]:
    return [name for line in text.splitlines() if (name := line.partition("#")[0].strip())]
