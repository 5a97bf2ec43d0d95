"""A client of any arm at the embedded sink (benchkit.testing.client_at_sink), and what several tests of clients do with it."""

from __future__ import annotations

from benchkit.model.contracts import Transport
from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome
from benchkit.model.scenario import ArmSpec, Fault
from benchkit.model.trace import Trace
from benchkit.testing.client_at_sink import (
    IMPATIENT_S,
    PASSWORD,
    PATIENT_S,
    RUN_TOKEN,
    USERNAME,
    SinkRecords,
    at_a_sink,
    endpoint_of,
)
from benchkit.transports import TRANSPORTS

__all__ = [
    "IMPATIENT_S", "PASSWORD", "PATIENT_S", "RUN_TOKEN", "USERNAME", "SinkRecords", "at_a_sink", "client_of", "outcome_of_one",
    "timeout_s_for",
]  # fmt: skip


def timeout_s_for(fault: Fault) -> float:
    return IMPATIENT_S if fault.delay else PATIENT_S


def client_of(arm: ArmSpec, port: int, ca_pem: str = "", password: str = PASSWORD) -> Transport:
    """The arm's client, for a server at this port of loopback."""
    return TRANSPORTS[f"{arm.transport}_{arm.client}"](endpoint_of(arm, port, ca_pem, password))


async def outcome_of_one(client: Transport, message: Message) -> Outcome:
    """The message over a connection of its own, or why there is none."""
    trace = Trace()
    failure = await client.connect(trace)
    return failure or await client.send(client.prepare(message), token_of(RUN_TOKEN, 0), trace)
