"""A run over links of several RTTs, made without sending: SMTP and an API, connections that are new and that are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from benchkit.model.run import ConditionRecord, Run

Factory = Callable[..., Run]
Arm = tuple[str, str, str, str, int, float, float]
RTTS_MS = (0.03, 1.0, 4.0, 20.0)
# name, transport, client, connection, set-up and message round trips, processor time in ms
ARMS: tuple[Arm, ...] = (
    ("smtp, new connection", "smtp", "aiosmtplib", "fresh", 7, 4.0, 4.0),
    ("smtp, reused", "smtp", "aiosmtplib", "reuse", 7, 4.0, 0.5),
    ("api, new connection", "api", "httpx2", "fresh", 2, 1.0, 5.0),
    ("api, reused", "api", "httpx2", "reuse", 2, 1.0, 2.0),
)


PIPELINED = ("smtp, pipelined", "smtp", "wire", "reuse", 7, 2.0, 0.5)
OVERLAPPED = ("smtp, overlapped", "smtp", "wire", "reuse", 7, 1.0, 2.0)


def lab_run(
    factory: Factory,
    rtts_ms: Sequence[float] = RTTS_MS,
    *,
    lab: bool = True,
    links: Sequence[str] = ("",),
    arms: Sequence[Arm] = ARMS,
    **recipe: object,
) -> Run:
    """The times are the round trips and processing exactly, with the recipe's noise on the processing.

    Each of `links` has every RTT; on the second one every message takes 3 ms longer, on the third 6 ms.
    """
    names = [(f"{rtt_ms:g} ms link" + (f", {link}" if link else ""), rtt_ms) for link in links for rtt_ms in rtts_ms]
    conditions = tuple(ConditionRecord(name if lab else "loopback", rtt_ms, lab=lab) for name, rtt_ms in names)
    run = factory(times=(1.0,) * len(arms), conditions=conditions, drift=0.0, base_ms=1.0, baseline=3, **recipe)
    arm, condition = run.messages["arm"], run.messages["condition"]
    turns = np.array([message + (setup if connection == "fresh" else 0) for *_, connection, setup, message, _ in arms])[
        arm
    ]
    own_ms = np.array([ms for *_, ms in arms])[arm] * (run.messages["ended_ns"] - run.messages["started_ns"]) / 1e6
    own_ms = own_ms + 3.0 * (condition // len(rtts_ms))
    taken_ns = ((own_ms + turns * np.tile(rtts_ms, len(links))[condition]) * 1e6).astype("int64")
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
        for record, (name, transport, client, connection, setup, message, _) in zip(run.manifest.arms, arms, strict=True)
    )  # fmt: skip
    return replace(run, manifest=replace(run.manifest, arms=records), messages={**run.messages, **columns})
