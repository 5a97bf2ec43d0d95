"""The wire against the counter, on runs made of thin air."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchkit.model.notice import Code
from benchkit.model.run import ConditionRecord, Run
from benchkit.model.tables import WIRE
from benchkit.report.content.notices import texts
from benchkit.stats.analysis import analyse
from benchkit.stats.packet_check import disagreement, packets_of

Synthetic = Callable[..., Run]
LAB = (ConditionRecord("10 ms link", 10.1, lab=True),)
SETUP = 3


def on_a_link(run: Run, extra_turns: int = 0, **arm_facts: Any) -> Run:
    """Every arm's messages went over one kept connection; a probe and a check went before them."""
    arms = tuple(replace(arm, setup_turns=SETUP, message_turns=4.0, **arm_facts) for arm in run.manifest.arms)
    rows = []
    for arm in range(len(arms)):
        mine = run.messages["arm"] == arm
        turns = int(run.messages["turns"][mine].sum()) + SETUP + 1 + extra_turns
        rows += [{"arm": arm, "turns": 1}, {"arm": arm, "turns": 4, "payload_out": 29}]
        rows.append({"arm": arm, "turns": turns, "payload_out": int(run.messages["bytes_out"][mine].sum())})
    wire = {name: np.array([row.get(name, 0) for row in rows], dtype=kind) for name, kind in WIRE.kinds.items()}
    return replace(run, manifest=replace(run.manifest, arms=arms), wire=wire)


def test_a_kept_connection_is_its_messages_its_opening_and_its_quit(synthetic_run: Synthetic) -> None:
    run = on_a_link(synthetic_run(conditions=LAB))
    truth = packets_of(run, 0, 1)
    assert truth is not None
    assert (truth.connections, truth.turns, truth.agrees) == (1, truth.counted, True)
    assert disagreement(run, 0, 1) is None


def test_a_hidden_turn_a_message_forbids_a_verdict(synthetic_run: Synthetic) -> None:
    run = synthetic_run(conditions=LAB)
    hidden = on_a_link(run, extra_turns=int((run.messages["arm"] == 0).sum()))
    found = disagreement(hidden, 0, 0)
    assert found is not None
    assert found.code is Code.TURNS_DISAGREE
    assert any("seen on the wire" in reason for reason in texts(analyse(hidden).contrasts[0].reasons))


@pytest.mark.parametrize("security", ["none", "implicit"])
@pytest.mark.parametrize(("hidden_turns", "agrees"), [(0, True), (300, False)])
def test_the_handshake_of_a_sender_without_work_is_no_message(
    hidden_turns: int, agrees: bool, security: str, synthetic_run: Synthetic
) -> None:
    """100 messages a request share its bytes, so that a share is less than what a TLS handshake sends."""
    run = synthetic_run(conditions=LAB)
    run = replace(run, messages={**run.messages, "bytes_out": np.full_like(run.messages["bytes_out"], 42)})
    run = on_a_link(run, hidden_turns, transport="api", security=security, messages_per_request=100)
    idle = {"arm": 0, "turns": SETUP + 1, "payload_out": 621}
    wire = {name: np.append(column, [idle.get(name, 0)] * 50) for name, column in run.wire.items()}
    run = replace(run, wire=wire)
    truth = packets_of(run, 0, 0)
    assert truth is not None
    assert (truth.connections, truth.agrees) == (1, agrees)
    assert (disagreement(run, 0, 0) is None) == agrees


@pytest.mark.parametrize(("tickets", "agrees"), [(0, True), (1, True), (3, True), (310, False)])
def test_session_tickets_are_allowed_for_once_a_connection(
    tickets: int, agrees: bool, synthetic_run: Synthetic
) -> None:
    run = on_a_link(synthetic_run(conditions=LAB), extra_turns=tickets - 1, transport="api", security="implicit")
    truth = packets_of(run, 0, 0)
    assert truth is not None
    assert truth.agrees is agrees


def test_without_a_link_of_ours_nothing_is_known(synthetic_run: Synthetic) -> None:
    run = synthetic_run()
    assert packets_of(run, 0, 0) is None
    assert all(agreement.wire_agrees is None for agreement in analyse(run).agreements)


def test_the_slope_of_a_sweep_is_found_and_set_beside_the_turns(synthetic_run: Synthetic) -> None:
    """Service times that do not depend on the RTT have slope zero; the baseline has no break-even with itself."""
    sweep = tuple(ConditionRecord(f"{rtt:g} ms link", rtt, lab=True) for rtt in (1.0, 10.0, 40.0))
    fits = analyse(on_a_link(synthetic_run(conditions=sweep, drift=0.0))).fits
    assert [(fit.arm, fit.turns) for fit in fits] == [("arm 0", 4.0), ("arm 1", 4.0)]
    assert all(abs(fit.slope.value or 0.0) < 0.05 for fit in fits)
    assert fits[0].break_even_rtt_ms is None
    assert fits[1].break_even_rtt_ms is not None
