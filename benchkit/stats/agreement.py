"""A run set against the physics, arm by arm and condition by condition: what theory.py predicts beside what was measured."""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.model.run import ArmRecord, Run
from benchkit.model.summary import Agreement, ArmSummary, BreakEven
from benchkit.stats.pairs import baseline_of
from benchkit.stats.sample import Sample, Samples
from benchkit.stats.theory import break_even_batch, slow_start_flights, wire_bytes
from benchkit.stats.wire_truth import LEAST_RTT_MS, wire_truth

_SETUP = ("connect", "tls", "banner", "ehlo", "starttls", "auth")


def agreements_of(run: Run, samples: Samples, arms: Sequence[ArmSummary]) -> tuple[Agreement, ...]:
    """One for each arm that talks to somebody; `arms` are those of summarise_arms, in the order of `samples`."""
    baselines = {
        arm.condition: arm for arm, sample in zip(arms, samples.values(), strict=True) if _is_base(run, sample)
    }
    return tuple(
        _agreement(run, sample, arm, baselines.get(arm.condition))
        for arm, sample in zip(arms, samples.values(), strict=True)
        if arm.transport != "null"
    )


def predicted_turns(record: ArmRecord) -> float | None:
    """A message's turns to "accepted", connection set-up shared among the messages that it serves."""
    if record.setup_turns is None or record.message_turns is None:
        return None
    if record.connection == "reuse":
        return record.message_turns
    messages = 1 if record.connection == "fresh" else int(record.connection.split()[0])
    return record.message_turns + record.setup_turns / messages


def _agreement(run: Run, sample: Sample, arm: ArmSummary, baseline: ArmSummary | None) -> Agreement:
    record, condition = run.manifest.arms[sample.arm], run.manifest.conditions[sample.condition]
    size = round(arm.bytes_out / sample.started) if sample.started else 0
    truth = wire_truth(run, sample.condition, sample.arm)
    sent = (run.messages["condition"] == sample.condition) & (run.messages["arm"] == sample.arm)
    median, known_rtt = arm.service_ms["p50"].value, condition.lab and (condition.rtt_ms or 0.0) >= LEAST_RTT_MS
    predicted = predicted_turns(record)
    return Agreement(
        arm=arm.name,
        condition=arm.condition,
        turns_predicted=predicted,
        turns_counted=arm.turns.median if arm.turns else None,
        flights_predicted=slow_start_flights(size) if record.connection == "fresh" and size else 0,
        turns_in_time=median / condition.rtt_ms if median is not None and known_rtt and condition.rtt_ms else None,
        turns_on_wire=truth.turns if truth else None,
        turns_for_wire=truth.counted if truth else None,
        wire_agrees=truth.agrees if truth else None,
        wire_bytes_predicted=float(wire_bytes(size, round(predicted))) if size and predicted is not None else None,
        wire_bytes=truth.bytes_out / int(sent.sum()) if truth and sent.any() else None,
        retransmits=truth.retransmits if truth else None,
        break_even_batch=_break_even(record, arm, baseline),
    )


def _break_even(record: ArmRecord, arm: ArmSummary, baseline: ArmSummary | None) -> BreakEven | None:
    """From mean times, which add up over the phases; an arm that opens a new connection each shows what opening costs.

    Against its own kind it would come out as noise: the same message, once with an opening and once without.
    """
    if record.connection != "fresh" or baseline is None or arm.transport == baseline.transport:
        return None
    if not (arm.phases_ms and baseline.phases_ms):
        return None
    setup_ms = sum(arm.phases_ms.get(phase, 0.0) for phase in _SETUP)
    message_ms = _spent_ms(arm) - setup_ms
    messages = break_even_batch(setup_ms, message_ms, _spent_ms(baseline))
    return BreakEven("never") if messages is None else BreakEven("at", float(messages))


def _spent_ms(arm: ArmSummary) -> float:
    return sum(spent for phase, spent in arm.phases_ms.items() if phase != "close")


def _is_base(run: Run, sample: Sample) -> bool:
    return sample.arm == baseline_of(run.manifest.arms)
