"""Checks the types of all values in run.json, so that later code never meets a text instead of a number.

Keys that a later version added may be missing; keys of a newer version are ignored.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from benchkit.model.load import LoadModel
from benchkit.model.run import ArmRecord, ConditionRecord, Manifest, RunStatus, StartRecord
from benchkit.model.scenario import Render

Check = Callable[[Any], bool]
MOST_STARTS = 100_000
MOST = 1 << 40  # of any count: beyond it a number is damage, and would only fill the memory


def _text(value: Any) -> bool:
    return (isinstance(value, str) and value.isascii()) or (isinstance(value, str) and _encodable(value))


def _encodable(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value < MOST


def _stamp(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def _whole(value: Any) -> bool:
    return type(value) is int and -MOST < value < MOST


def _number(value: Any) -> bool:
    return type(value) in (int, float) and isfinite(value) and abs(value) < 1e15


def _flag(value: Any) -> bool:
    return type(value) is bool


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _list(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def _table(check: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(_text(key) and check(item) for key, item in value.items())


def _anything(value: Any) -> bool:
    return True


def _hex(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 32 and all(character in "0123456789abcdef" for character in value)


def _int64(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip("-").isdecimal() and value.isascii() and len(value) <= 20


def _share(value: Any) -> bool:
    return _number(value) and 0 < value < 1


def _starts(value: Any) -> bool:
    return _count(value) and value <= MOST_STARTS


def _load(value: Any) -> bool:
    known = {"concurrency": _count, "workers": _count, "restarts": _starts, "looks": _list(_count)}
    return (
        isinstance(value, dict)
        and value.get("model") in tuple(LoadModel)
        and all(known.get(key, _anything)(item) for key, item in value.items())
    )


def _threshold(value: Any) -> bool:
    texts = ("key", "text", "arm", "metric", "statistic")
    return (
        isinstance(value, dict)
        and all(_text(value.get(name)) for name in texts)
        and value.get("comparison") in ("<", "<=", ">", ">=")
        and _number(value.get("limit"))
    )


def _rope(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_number, value)) and 0 < value[0] < 1 < value[1]


def _price(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and _text(value[0]) and _number(value[1])


COST: Mapping[str, Check] = {
    "currency": _text, "per_thousand": _list(_price), "cpu_per_hour": _or_null(_number),
    "egress_per_gb": _or_null(_number),
}  # fmt: skip


def _cost(value: Any) -> bool:
    return isinstance(value, dict) and all(COST.get(key, _anything)(item) for key, item in value.items())


ARM: Mapping[str, Check] = {
    **dict.fromkeys(("name", "transport", "client", "connection", "security", "auth", "provider"), _text),
    **dict.fromkeys(("baseline", "embedded", "expects_faults", "repeats_safely"), _flag),
    "connection": lambda value: value in ("fresh", "reuse") or (_text(value) and value.split(" ")[0].isdecimal()),
    "aa_of": _whole, "setup_turns": _or_null(_count), "message_turns": _or_null(_number), "nodelay": _or_null(_flag),
    "client_congestion": _or_null(_text), "server_congestion": _or_null(_text), "congestion": _or_null(_text),
    "pacing_limit": _or_null(_count), "profile": _text, "dkim": _text, "failover": _text, "sandbox": _text,
    "signing_us": _or_null(_number), "signature_bytes": _or_null(_number),
    "request_us": _or_null(_number), "in_send_us": _or_null(_number),
    "messages_per_request": lambda value: _count(value) and value > 0, "render": lambda value: value in tuple(Render),
}  # fmt: skip
CONDITION: Mapping[str, Check] = {
    "name": _text, "note": _text, "lab": _flag, "rtt_ms": _or_null(_number), "asked": _table(_or_null(_number)),
    "link": _table(_number),
}  # fmt: skip
START: Mapping[str, Check] = {
    "condition": _count, "start": _count, "started_ns": _stamp, "pinned": _table(_list(_count)),
    "ran_on": _table(_list(_count)),
}  # fmt: skip
MANIFEST: Mapping[str, Check] = {
    **dict.fromkeys(("run", "token", "scenario", "question", "scenario_text", "created_utc", "batch_digest"), _text),
    "certificate": _text, "status": lambda value: value in tuple(RunStatus), "load": _load, "blocks": _count,
    "warmup_blocks": _count, "messages_per_block": _count, "rope": _rope, "confidence": _share,
    "thresholds": _list(_threshold), "arms": lambda value: _records(value, ArmRecord, ARM),
    "conditions": lambda value: _records(value, ConditionRecord, CONDITION), "digests": _list(_hex),
    "batch_bytes": _list(_count), "recipients": _list(_count), "recipient_hashes": _list(_int64),
    "retry": lambda value: isinstance(value, dict) and _count(value.get("attempts", 1)),
    "sender_hashes": _list(_int64), "altered_kept": _count, "overhead_us": _table(_number),
    "host": lambda value: isinstance(value, dict) and _count(value.get("cores", 0))
    and _number(value.get("slept_s", 0)), "warnings": _list(_text),
    "looked": _list(_count), "decided": _or_null(_count), "registered": _text, "broke_because": _text,
    "cost": _cost,
    "starts": lambda value: _records(value, StartRecord, START),
    "family": lambda value: value in ("each", "all"), "schema": _count,
}  # fmt: skip


def fault(stored: Mapping[str, Any]) -> str:
    """The first thing that is wrong with run.json, in words; empty where it holds a manifest."""
    if problem := _fault(stored, Manifest, MANIFEST):
        return problem
    for name in ("arms", "conditions"):
        if not stored[name]:
            return f"it has no {name}"
    warmup_blocks = stored["warmup_blocks"] * max(1, stored["load"].get("restarts", 1))
    cells = (stored["blocks"] + warmup_blocks) * len(stored["arms"]) * len(stored["conditions"])
    if cells * stored["messages_per_block"] > MOST:
        return "its plan has too many sends"
    return ""


def _records(value: Any, record: type, checks: Mapping[str, Check]) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and not _fault(one, record, checks) for one in value)


def _fault(stored: Mapping[str, Any], record: type, checks: Mapping[str, Check]) -> str:
    for field in dataclasses.fields(record):
        optional = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        if field.name not in stored:
            if not optional:
                return f"{field.name} is missing"
        elif not checks[field.name](stored[field.name]):
            return f"{field.name} holds an unexpected value"
    return ""


def known(stored: Mapping[str, Any], record: type) -> dict[str, Any]:
    """Without the keys of a later version."""
    names = {field.name for field in dataclasses.fields(record)}
    return {name: value for name, value in stored.items() if name in names}
