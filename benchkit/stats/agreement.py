"""Compares a run with the theory, arm by arm and condition by condition: what theory.py predicts beside what was measured."""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.model.run import ArmRecord, Run
from benchkit.model.summary import Agreement, ArmSummary, BreakEven
from benchkit.stats.batch_break_even import break_evens
from benchkit.stats.packet_check import LEAST_RTT_MS, packets_of
from benchkit.stats.sample import Sample, Samples
from benchkit.stats.theory import connection_bytes, message_bytes, predicted_turns, share_of_request, slow_start_flights


def agreements_of(run: Run, samples: Samples, arms: Sequence[ArmSummary]) -> tuple[Agreement, ...]:
    """One for each arm that sends; `arms` are those of summarise_arms, in the order of `samples`."""
    break_even = break_evens(run, samples)
    return tuple(
        _agreement(run, sample, arm, break_even.get(key))
        for arm, (key, sample) in zip(arms, samples.items(), strict=True)
        if arm.transport != "null"
    )


def _agreement(run: Run, sample: Sample, arm: ArmSummary, break_even: BreakEven | None) -> Agreement:
    record, condition = run.manifest.arms[sample.arm], run.manifest.conditions[sample.condition]
    size = round(arm.bytes_out / sample.started) if sample.started else 0
    truth = packets_of(run, sample.condition, sample.arm)
    started = int(((run.messages["condition"] == sample.condition) & (run.messages["arm"] == sample.arm)).sum())
    connections = truth.connections / started if truth and started else arm.connections / max(1, sample.started)
    median, known_rtt = arm.service_ms["p50"].value, condition.lab and (condition.rtt_ms or 0.0) >= LEAST_RTT_MS
    return Agreement(
        arm=arm.name,
        condition=arm.condition,
        turns_predicted=predicted_turns(record),
        turns_counted=arm.turns.mean if arm.turns else None,
        flights_predicted=slow_start_flights(size) if record.connection == "fresh" and size else 0,
        turns_in_time=_turns_in_time(record, median, condition.rtt_ms if known_rtt else None),
        turns_on_wire=truth.turns if truth else None,
        turns_for_wire=truth.counted if truth else None,
        wire_agrees=truth.agrees if truth else None,
        wire_bytes_predicted=_wire_bytes(record, size, connections),
        wire_bytes=truth.bytes_out / started if truth and started else None,
        retransmits=truth.retransmits if truth else None,
        break_even_batch=break_even,
    )


def _turns_in_time(record: ArmRecord, service_ms: float | None, rtt_ms: float | None) -> float | None:
    share = share_of_request(record)
    return None if service_ms is None or share is None or not rtt_ms else share * service_ms / rtt_ms


def _wire_bytes(record: ArmRecord, size: int, connections: float) -> float | None:
    """Predicted, a message, of so many connections a message."""
    if not size or record.setup_turns is None or record.message_turns is None:
        return None
    tls = record.security != "none"
    opening = connection_bytes(record.setup_turns + (record.transport == "smtp"), tls=tls)
    return message_bytes(size, record.message_turns, tls=tls) + connections * opening
