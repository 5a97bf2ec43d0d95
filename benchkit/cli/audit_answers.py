"""Where an audit's DNS answers come from: zone files, a recording, or live servers; and whether they are written down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from benchkit.cli.files import writing
from benchkit.errors import InputError, Mistake, reason

if TYPE_CHECKING:
    from benchkit.model.dns import Ask
    from benchkit.resolver import AnswerRecorder, Replay
    from benchkit.resolver.zone import ZoneAsk


_ELSEWHERE = "add --live to ask servers about it, or give its zone file with --zone"


@dataclass(frozen=True, slots=True)
class AnswerSource:
    """`servers` empty: the machine's own resolvers. `live`: servers answer for names that a zone file does not hold."""

    zone: ZoneAsk | None = None
    replay: Replay | None = None
    record: Path | None = None
    servers: tuple[str, ...] = ()
    authorities: bool = False  # whether a zone's own name servers may be asked
    live: bool = False
    dnssec_at_s: int | None = (
        None  # validate DNSSEC here, with signatures held against this time; None: believe the resolver
    )

    def check(self) -> None:
        """Raises InputError where two sources are named, or a file's servers are to be asked."""
        if self.authorities and self.zone:
            raise InputError(Mistake("--authorities", "asks servers, and a zone file has none: leave one of them out"))
        if self.dnssec_at_s is not None and self.zone:
            raise InputError(
                Mistake("--dnssec", "needs signatures, and a zone file has none yet: leave one of them out")
            )
        if self.replay is not None and (self.zone or self.servers or self.live):
            raise InputError(
                Mistake("--replay", "answers everything from the recording: leave out --zone, --live and -n")
            )
        if self.live and not self.zone:
            raise InputError(
                Mistake("--live", "is for names that a zone file does not hold: name the file with --zone")
            )

    @property
    def is_offline(self) -> bool:
        """Whether no server is asked."""
        return self.replay is not None or (self.zone is not None and not self.joined)

    @property
    def joined(self) -> bool:
        return self.zone is not None and (self.live or bool(self.servers))


@dataclass(frozen=True, slots=True)
class AnswerServers:
    """`of(domain)` is a domain's `Ask`, within its limits; `at(domain, address)` that of one name server, if allowed."""

    of: Callable[[str], Ask]
    at: Callable[[str, str], Ask] | None = None
    validated: Callable[[str], Ask] | None = None


@asynccontextmanager
async def open_source(source: AnswerSource, about: Callable[[], dict[str, Any]]) -> AsyncIterator[AnswerServers]:
    """The recording is written at the end, also after an interrupt, with what it is `about` by then."""
    from benchkit.resolver import AnswerRecorder

    recorder = AnswerRecorder()
    if source.record:
        with writing(source.record):
            if not source.record.exists():
                source.record.touch(mode=0o600)  # it may hold a message
            source.record.open("a").close()  # better said now than when all has been asked
    async with _servers(source) as servers:
        try:
            yield _recorded(servers, recorder) if source.record else servers
        finally:
            if source.record:
                with writing(source.record):
                    recorder.save(source.record, about())


def _recorded(servers: AnswerServers, recorder: AnswerRecorder) -> AnswerServers:
    def of(domain: str) -> Ask:
        return recorder.of(domain, servers.of(domain))

    def at(domain: str, address: str) -> Ask:
        assert servers.at is not None
        return recorder.of(_at(domain, address), servers.at(domain, address))

    def validated(domain: str) -> Ask:
        assert servers.validated is not None
        return recorder.of(_validated(domain), servers.validated(domain))

    return AnswerServers(of, at if servers.at else None, validated if servers.validated else None)


def _at(domain: str, address: str) -> str:
    """In a recording, the answers of a domain's own name server have a domain key of their own."""
    return f"{domain} at {address}"


def _validated(domain: str) -> str:
    return f"{domain} validated"


@asynccontextmanager
async def _servers(source: AnswerSource) -> AsyncIterator[AnswerServers]:
    from benchkit.resolver import Budget, open_each, open_live, open_validating

    if (zone := source.zone) and not source.joined:
        yield AnswerServers(lambda domain: _held(domain, zone))
    elif replay := source.replay:
        yield AnswerServers(
            replay.of,
            (lambda domain, address: replay.of(_at(domain, address))) if source.authorities else None,
            (lambda domain: replay.of(_validated(domain))) if source.dnssec_at_s is not None else None,
        )
    else:
        budgets: dict[str, Budget] = {}
        now_s = source.dnssec_at_s
        async with (
            open_live(source.servers) as live,
            open_each() as each,
            open_validating(source.servers, now_s=now_s or 0) as validating,
        ):

            def budget(domain: str) -> Budget:
                return budgets.setdefault(domain, Budget(live))

            def at(domain: str, address: str) -> Ask:
                return budget(domain).shared_with(each(address))

            def joined(domain: str) -> Ask:
                assert zone is not None
                return replace(_held(domain, zone), elsewhere=budget(domain))

            def validated(domain: str) -> Ask:
                return budget(domain).shared_with(validating())

            yield AnswerServers(
                joined if zone else budget,
                at if source.authorities else None,
                validated if now_s is not None else None,
            )


def _held(domain: str, zone: ZoneAsk) -> ZoneAsk:
    """Nothing can be said of a domain that the files do not hold."""
    if not zone.holds(domain):
        raise InputError(Mistake(domain, f"is not in {_paths(zone)}: {_ELSEWHERE}"))
    return zone


def held_domains(domains: Sequence[str], source: AnswerSource, named_by: str) -> Sequence[str]:
    """Those of `named_by` that can be audited; the others are named on stderr. Raises InputError where there is none."""
    zone = source.zone
    if zone is None or source.joined:
        return domains
    held = [domain for domain in domains if zone.holds(domain)]
    if others := [domain for domain in domains if domain not in held]:
        are = "is" if len(others) == 1 else "are"
        problem = f"{', '.join(others)} {are} in {named_by}, but not in {_paths(zone)}"
        if not held:
            raise InputError(Mistake("audit", f"{problem}: {_ELSEWHERE}, or name the domain to audit"))
        typer.echo(f"benchkit: {problem}, so only {', '.join(held)} is audited. To audit all: {_ELSEWHERE}", err=True)
    return held


def _paths(zone: ZoneAsk) -> str:
    return ", ".join(held.path for held in zone.zones.values())


def read_zones(paths: Sequence[Path], origin: str) -> ZoneAsk | None:
    """None without files; `origin` is where a file begins that does not say. Raises InputError."""
    from benchkit.resolver import from_zone

    return from_zone(paths, origin=origin) if paths else None


def domains_of(given: Sequence[str], stdin: Callable[[], str]) -> list[str]:
    """Names as given; the lines of a file, or of standard input for `-`, without blanks and `#` comments. Each once."""
    found: list[str] = []
    for text in given:
        if text == "-":
            found += _lines(stdin())
        elif _is_file(text):
            found += _lines(_read(Path(text)))
        else:
            found.append(text)
    return list(dict.fromkeys(found))


def _is_file(text: str) -> bool:
    """What is too long for the name of a file, or for a system, is none."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Mistake(str(path), f"cannot be read as a list of domains: {reason(error)}")) from None


def _lines(text: str) -> list[str]:
    return [name for line in text.splitlines() if (name := line.partition("#")[0].strip())]
