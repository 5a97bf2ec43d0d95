"""What was seen at a relay, written as a profile: each fact says who saw it, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SOURCE = "benchkit doctor"
_SPECIAL = ("SIZE", "AUTH", "STARTTLS")  # facts of their own


@dataclass(frozen=True, slots=True)
class ObservedServer:
    """One port that answered: EHLO keywords with their parameters, None where there was no such step."""

    port: int
    implicit: bool
    greeting: str
    before_tls: tuple[str, ...] | None
    after_tls: tuple[str, ...]


def observed_profile(
    title: str, host: str, seen: Sequence[ObservedServer], date: str, rtt_ms: float | None = None
) -> str:
    """TOML that `read_profile` reads; `date` as "2026-11-28". A closed port says nothing: our own network may block it."""
    facts: dict[str, object] = {"host": host}
    for key, implicit in (("starttls_ports", False), ("implicit_ports", True)):
        if ports := [each.port for each in seen if each.implicit is implicit]:
            facts[key] = ports
    if seen:
        facts |= _offers(seen)
    lines = [f"# Seen on {date}; what is not here was not seen.", f"title = {_written(title)}"]
    if rtt_ms:
        lines.append(_fact("rtt_ms", round(rtt_ms, 3) or 0.001, date))
    lines += ["", "[smtp]", *(_fact(key, value, date) for key, value in facts.items())]
    return "\n".join(lines) + "\n"


def _fact(key: str, value: object, date: str) -> str:
    return f"{key} = [{{ value = {_written(value)}, source = {_written(SOURCE)}, date = {_written(date)} }}]"


def _offers(seen: Sequence[ObservedServer]) -> Mapping[str, object]:
    best = seen[0]
    before = next((each.before_tls for each in seen if each.before_tls is not None), None)
    parameters = {
        words[0]: words[1:] for words in map(str.split, (line.replace("=", " ", 1) for line in best.after_tls)) if words
    }
    facts: dict[str, object] = {"after_tls": _keywords(best.after_tls), "greeting": best.greeting}
    if before is not None:
        facts["before_tls"] = _keywords(before)
    if mechanisms := parameters.get("AUTH"):
        facts["logins"] = [name.lower() for name in mechanisms]
    if (size := parameters.get("SIZE")) and size[0].isdecimal() and int(size[0]):
        facts["message_bytes"] = int(size[0])
    return facts


def _keywords(lines: Iterable[str]) -> list[str]:
    words = (line.split()[0] for line in lines if line.split())
    return [word for word in words if word.partition("=")[0] not in _SPECIAL]


def _written(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, int | float):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"'
        + "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in escaped)
        + '"'
    )
