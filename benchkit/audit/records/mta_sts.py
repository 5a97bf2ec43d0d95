"""MTA-STS (RFC 8461): the record at `_mta-sts` (§3.1) and the policy file that it announces (§3.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchkit.audit.records.selection import Selection, select
from benchkit.audit.records.tags import BLANK, TagList
from benchkit.audit.records.text import BEFORE, RecordFault, Span, as_text, is_fatal
from benchkit.audit.records.tls_fields import FIELD_NAME, parse_fields

_VERSION = re.compile(r"v=STSv1[ \t]*(?:;|\Z)")
_ALMOST = re.compile(
    BEFORE + r"(?:v\s*[=:]?\s*\"?(?:mta-?)?sts|(?:mta-?)?stsv?1\b|id\s*[=:]\s*\w+[\s;]*\Z)", re.IGNORECASE
)
_ID = re.compile(r"[A-Za-z0-9]{1,32}\Z")
_LINE = re.compile(r"[^\r\n]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MX = re.compile(r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z", re.IGNORECASE)
_MODES = ("enforce", "testing", "none")
LONGEST_AGE_S = 31_557_600  # §3.2
LARGEST_POLICY = 65_536  # octets: where §3.3 suggests that clients stop reading


@dataclass(frozen=True, slots=True)
class StsRecord:
    """The TXT record; `id` changes whenever the policy does."""

    text: str
    tags: TagList
    id: str = ""
    faults: tuple[RecordFault, ...] = ()

    @property
    def valid(self) -> bool:
        return not is_fatal(self.faults)


@dataclass(frozen=True, slots=True)
class StsPolicy:
    """The policy file; `mx` are its patterns, lower case."""

    text: str
    mode: str = ""
    mx: tuple[str, ...] = ()
    max_age_s: int | None = None
    faults: tuple[RecordFault, ...] = ()

    @property
    def valid(self) -> bool:
        return not is_fatal(self.faults)

    def allows(self, host: str) -> bool:
        """Whether an MX host's name matches one of the patterns (§4.1: a wildcard stands for exactly one label)."""
        name = host.lower().rstrip(".")
        return any(_matches(pattern, name) for pattern in self.mx)


@dataclass(frozen=True, slots=True)
class _Line:
    key: str
    value: str
    span: Span


def select_sts(texts: Iterable[bytes | str]) -> Selection:
    """The MTA-STS records among TXT texts; unless it is exactly one, there is no policy (§3.1)."""
    return select(texts, lambda text: _VERSION.match(text) is not None, _ALMOST)


def parse_sts_record(raw: bytes | str) -> StsRecord:
    """Any text → a record with its faults; never raises."""
    text = as_text(raw)
    tags = parse_fields(text, ("v", "id"))
    return StsRecord(text, tags, tags.value("id"), tuple(_record_faults(tags)))


def parse_sts_policy(raw: bytes | str) -> StsPolicy:
    """Any file → a policy with its faults; never raises."""
    text = as_text(raw)
    lines, faults = _lines(text)
    first = {line.key: line for line in reversed(lines)}  # §3.2: of a repeated key but mx, the first counts
    return StsPolicy(
        text,
        mode=first["mode"].value if "mode" in first else "",
        mx=tuple(line.value.lower() for line in lines if line.key == "mx"),
        max_age_s=_age(first["max_age"].value) if "max_age" in first else None,
        faults=(*faults, *_policy_faults(text, lines, first)),
    )


def _matches(pattern: str, name: str) -> bool:
    if pattern.startswith("*."):
        return name.partition(".")[2] == pattern[2:]
    return name == pattern


def _record_faults(tags: TagList) -> Iterator[RecordFault]:
    whole = (0, len(tags.text))
    yield from tags.faults
    if not _VERSION.match(tags.text):
        yield RecordFault("version", "does not begin with v=STSv1;", (0, min(len(tags.text), 8)))
    found = tags.find("id")
    if found is None:
        yield RecordFault("id-missing", "there is no id=", whole)
    elif not _ID.match(found.value):
        yield RecordFault("bad-id", "id= must be 1 to 32 letters and digits; senders ignore the record", found.span)


def _lines(text: str) -> tuple[list[_Line], list[RecordFault]]:
    """Blanks are allowed behind the colon and at the end of a line only; values of unknown keys may be UTF-8 (§3.2)."""
    lines: list[_Line] = []
    faults: list[RecordFault] = []
    for match in _LINE.finditer(text):
        key, _, value = (line := match[0].rstrip(BLANK)).partition(":")
        value = value.lstrip(BLANK)
        if FIELD_NAME.match(key) and value and not _CONTROL.search(value):
            lines.append(_Line(key, value, match.span()))
        elif line:
            faults.append(RecordFault("no-field", f"{line[:40]!r} is no `key: value`", match.span()))
    return lines, faults


def _age(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 10 else None


def _policy_faults(text: str, lines: list[_Line], first: dict[str, _Line]) -> Iterator[RecordFault]:
    whole = (0, len(text))
    for key in ("version", "mode", "max_age"):
        if key not in first:
            yield RecordFault(f"{key.replace('_', '-')}-missing", f"there is no {key}:", whole)
    if (version := first.get("version")) and version.value != "STSv1":
        yield RecordFault("version", f"version: {version.value[:20]} is not STSv1", version.span)
    if (mode := first.get("mode")) and mode.value not in _MODES:  # all of its words are case-sensitive
        yield RecordFault("bad-mode", f"mode: {mode.value[:20]} is not enforce, testing or none", mode.span)
    if (age := first.get("max_age")) and ((seconds := _age(age.value)) is None or seconds > LONGEST_AGE_S):
        yield RecordFault("bad-max-age", f"max_age: is a number of seconds up to {LONGEST_AGE_S}", age.span)
    if mode and mode.value in _MODES[:2] and "mx" not in first:
        yield RecordFault("mx-missing", f"mode {mode.value} needs an mx:", whole)
    for line in lines:
        if line.key == "mx" and not _MX.match(line.value):
            yield RecordFault("bad-mx", f"mx: {line.value[:60]} is neither a name nor *.name", line.span)
    if len(text) > LARGEST_POLICY:
        yield RecordFault(
            "policy-too-large", f"{len(text)} octets; clients may stop at {LARGEST_POLICY}", whole, fatal=False
        )
