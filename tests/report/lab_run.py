"""A run over links of several RTTs, made without sending: SMTP and an API, connections that are new and that are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from benchkit.model.run import ConditionRecord, Run

Factory = Callable[..., Run]
RTTS_MS = (0.03, 1.0, 4.0, 20.0)
# name, transport, client, connection, set-up and message round trips, processor time in ms
ARMS = (
    ("smtp, new connection", "smtp", "aiosmtplib", "fresh", 7, 4.0, 4.0),
    ("smtp, reused", "smtp", "aiosmtplib", "reuse", 7, 4.0, 0.5),
    ("api, new connection", "api", "httpx2", "fresh", 2, 1.0, 5.0),
    ("api, reused", "api", "httpx2", "reuse", 2, 1.0, 2.0),
)


def lab_run(factory: Factory, rtts_ms: Sequence[float] = RTTS_MS, *, lab: bool = True, **recipe: object) -> Run:
    """The times are the round trips and processing exactly, with the recipe's noise on the processing."""
    links = tuple(ConditionRecord(f"{rtt_ms:g} ms link" if lab else "loopback", rtt_ms, lab=lab) for rtt_ms in rtts_ms)
    run = factory(times=(1.0,) * len(ARMS), conditions=links, drift=0.0, base_ms=1.0, baseline=3, **recipe)
    arm, condition = run.messages["arm"], run.messages["condition"]
    turns = np.array([message + (setup if connection == "fresh" else 0) for *_, connection, setup, message, _ in ARMS])[
        arm
    ]
    own_ms = np.array([ms for *_, ms in ARMS])[arm] * (run.messages["ended_ns"] - run.messages["started_ns"]) / 1e6
    taken_ns = ((own_ms + turns * np.array(rtts_ms)[condition]) * 1e6).astype("int64")
    ends = np.cumsum(taken_ns + 1_000) + 1_000_000_000
    columns = {
        "started_ns": ends - taken_ns,
        "intended_ns": ends - taken_ns,
        "ended_ns": ends,
        "turns": turns.astype("int16"),
    }
    records = tuple(
        replace(
            record, name=name, transport=transport, client=client, connection=connection, setup_turns=setup,
            message_turns=message, provider="mailgun" if transport == "api" else "",
        )
        for record, (name, transport, client, connection, setup, message, _) in zip(run.manifest.arms, ARMS, strict=True)
    )  # fmt: skip
    return replace(run, manifest=replace(run.manifest, arms=records), messages={**run.messages, **columns})
