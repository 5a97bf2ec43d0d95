"""A profile's TOML file → a Profile: every key checked, each claim with value, source and date."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from benchkit.errors import InputError, Mistake, reason, suggestion
from benchkit.profiles.profile import ApiFacts, Claim, Fact, Profile, RelayFacts

_KEYS = frozenset({"title", "provider", "rtt_ms", "smtp", "api"})
_CLAIM = frozenset({"value", "source", "date", "note"})
_KINDS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {  # by how a fact's type is written in profile.py
    "str": ("a text", lambda value: value if isinstance(value, str) else None),
    "int": ("a whole number above 0", lambda value: value if type(value) is int and value > 0 else None),
    "float": ("a number above 0", lambda value: float(value) if type(value) in (int, float) and value > 0 else None),
    "tuple[int, ...]": ("a list of ports", lambda value: _tuple(value, int)),
    "tuple[str, ...]": ("a list of texts", lambda value: _tuple(value, str)),
}
Facts = TypeVar("Facts", RelayFacts, ApiFacts)


def read_profile(text: str, name: str, where: str) -> Profile:
    """Raises InputError, with every mistake and its key."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(Mistake(where, f"is not valid TOML: {reason(error)}")) from None
    mistakes = [
        Mistake(where, f"unknown key; {suggestion(key, _KEYS)}", key=key) for key in document if key not in _KEYS
    ]
    smtp = _facts(RelayFacts, document["smtp"], "smtp", where, mistakes) if "smtp" in document else None
    api = _facts(ApiFacts, document["api"], "api", where, mistakes) if "api" in document else None
    rtt_ms: Fact[float] = Fact()
    if "rtt_ms" in document:
        rtt_ms = _fact(document["rtt_ms"], "float", Mistake(where, "", key="rtt_ms"), mistakes)
    texts = [key for key in ("title", "provider") if not isinstance(document.get(key, ""), str)]
    mistakes += [Mistake(where, "must be a text", key=key) for key in texts]
    if smtp is None and api is None and not mistakes:
        mistakes.append(Mistake(where, "has neither [smtp] nor [api]: a profile needs one"))
    if mistakes:
        raise InputError(*mistakes)
    return Profile(name, document.get("title", name), document.get("provider", ""), smtp, api, rtt_ms)


def read_profile_file(path: Path) -> Profile:
    """Raises InputError."""
    try:
        return read_profile(path.read_text("utf-8"), path.stem, str(path))
    except OSError as error:
        raise InputError(Mistake(str(path), f"cannot be read: {error.strerror}")) from None
    except UnicodeDecodeError:
        raise InputError(Mistake(str(path), "is not UTF-8 text")) from None


def _facts(kind: type[Facts], table: object, part: str, where: str, mistakes: list[Mistake]) -> Facts:
    known = {each.name: str(each.type).removeprefix("Fact[")[:-1] for each in fields(kind)}
    if not isinstance(table, dict):
        mistakes.append(Mistake(where, f"must be a table: [{part}]", key=part))
        return kind()
    found = {}
    for key, claims in table.items():
        if key not in known:
            mistakes.append(Mistake(where, f"unknown key; {suggestion(key, known)}", key=f"{part}.{key}"))
        else:
            found[key] = _fact(claims, known[key], Mistake(where, "", key=f"{part}.{key}"), mistakes)
    return kind(**found)


def _fact(claims: object, kind: str, at: Mistake, mistakes: list[Mistake]) -> Fact[Any]:
    read = []
    given: list[Any] = claims if isinstance(claims, list) and claims else [claims]
    for claim in given:
        problem = _fault(claim, kind)
        if problem:
            mistakes.append(Mistake(at.where, problem, key=at.key))
        else:
            value = _KINDS[kind][1](claim["value"])
            read.append(Claim(value, *(claim.get(key, "") for key in ("source", "date", "note"))))
    return Fact(tuple(read))


def _fault(claim: object, kind: str) -> str:
    if not isinstance(claim, dict):
        return 'must be claims, as [{ value = 10, source = "the page", date = "2026-11" }]'
    if missing := [key for key in ("value", "source", "date") if not claim.get(key, "") and claim.get(key) != []]:
        return f"lacks {', '.join(missing)}: every claim has value, source and date"
    if unknown := sorted(set(claim) - _CLAIM):
        return f"unknown key {unknown[0]}; {suggestion(unknown[0], _CLAIM)}"
    wrong = [key for key in ("source", "date", "note") if not isinstance(claim.get(key, ""), str)]
    if wrong:
        return f"{wrong[0]} must be a text"
    if not _is_date(claim["date"]):
        return 'date must be a year, a month or a day, as "2026", "2026-11" or "2026-11-28"'
    words, convert = _KINDS[kind]
    return f"value must be {words}" if convert(claim["value"]) is None else ""


def _is_date(text: str) -> bool:
    found = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", text, re.ASCII)
    try:
        return bool(found and date(*(int(part or 1) for part in found.groups())))
    except ValueError:  # the 13th month
        return False


def _tuple(value: object, kind: type) -> tuple[Any, ...] | None:
    if not isinstance(value, list) or any(type(each) is not kind for each in value):
        return None
    return tuple(value)
