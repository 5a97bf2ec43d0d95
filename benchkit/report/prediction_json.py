"""Predictions for scripts: plain JSON values; a range is [least, most], what is unknown is null."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from benchkit.profiles.computing import Computing
from benchkit.profiles.prediction import MailShape, PredictedTime, TimeRange
from benchkit.profiles.profile import Profile

SCHEMA_VERSION = 1


def prediction_json(
    profile: Profile, mail: MailShape, times: Sequence[PredictedTime], computing: Computing
) -> dict[str, Any]:
    """Ready for json.dumps(…, allow_nan=False)."""
    return {
        "schema": SCHEMA_VERSION,
        "profile": profile.name,
        "title": profile.title,
        "rtt_ms": _range(mail.rtt_ms),
        "size_bytes": mail.size_bytes,
        "recipients": mail.recipients,
        "gap_s": mail.gap_s,
        "messages_per_request": mail.messages_per_request,
        "computing_ms": {
            "connection_ms": computing.connection_ms,
            "message_ms": computing.message_ms,
            "connection_interval_ms": _pair(computing.connection_interval_ms),
            "message_interval_ms": _pair(computing.message_interval_ms),
        },
        "computing_source": {"source": computing.source, "date": computing.date},
        "times": [
            {
                "transport": time.transport,
                "client": time.client,
                "use": time.use.value,
                "messages": time.messages,
                "how": time.how,
                "round_trips": _range(time.round_trips),
                "network_ms": _range(time.network_ms),
                "server_ms": _range(time.server_ms),
                "total_ms": _range(time.total_ms),
                "unknown": list(time.unknown),
            }
            for time in times
        ],
        "facts": {name: [asdict(claim) for claim in fact.claims] for name, fact in profile.facts() if fact.claims},
    }


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one prediction, or of a list of them."""
    loaded: dict[str, Any] = json.loads(files(__package__).joinpath("prediction.schema.json").read_text("utf-8"))
    return loaded


def _pair(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else [round(end, 6) for end in interval]


def _range(of: TimeRange | None) -> list[float] | None:
    return None if of is None else [round(of.low, 6), round(of.high, 6)]
