"""The delivery account closes whatever the tables hold, and names what went wrong in tables that are easy to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.model.envelope import address_hash, recipients_hash
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run, Table
from benchkit.model.summary import DeliveryReport, Verdict
from benchkit.report.content.notices import texts, warning_lines
from benchkit.stats.account import account_of
from benchkit.stats.analysis import analyse
from benchkit.stats.delivery import deliveries
from benchkit.stats.rows_by_send import positions, rows_by_send

Factory = Callable[..., Run]
A, D, X = OutcomeKind.ACCEPTED, OutcomeKind.DEFERRED, OutcomeKind.AMBIGUOUS
SIZE = 12  # sends in the plan of `small`: two arms, two blocks, three messages


def taken(table: Table, rows: Sequence[int]) -> dict[str, Any]:
    index = np.asarray(rows, dtype=np.int64)
    return {name: column[index] for name, column in table.items()}


def with_column(table: Table, name: str, values: Sequence[Any]) -> dict[str, Any]:
    return {**table, name: np.array(values, dtype=table[name].dtype)}


def small(
    factory: Factory, started: Sequence[int], outcomes: Sequence[int], arrived: Sequence[int], **recipe: Any
) -> Run:
    """Of a plan of 12 sends those `started`, with their outcomes, and arrivals of the sends `arrived` (-1: of none)."""
    run = factory(blocks=1, warmup_blocks=1, messages_per_block=3, **recipe)
    messages = with_column(taken(run.messages, started), "outcome", outcomes)
    arrivals = with_column(taken(run.arrivals, [max(0, send) for send in arrived]), "send", arrived)
    return replace(run, messages=messages, arrivals=arrivals)


def account(run: Run) -> DeliveryReport:
    return account_of(run, deliveries(run))


def with_doubt(run: Run, sends: Sequence[int]) -> Run:
    """These sends were started and have no record."""
    arms = [int(send) % 6 // 3 for send in sends]  # of `small`: its arms are in order
    return replace(run, in_doubt={"send": np.array(sends, dtype=np.int64), "arm": np.array(arms, dtype=np.int16)})


def report_of(accepted: int, *others: int) -> DeliveryReport:
    """Each message has one recipient."""
    report = DeliveryReport(SIZE, accepted, *others)
    unknown = report.ambiguous
    return replace(
        report, recipients_planned=SIZE, recipients_accepted=accepted, recipients_unknown=unknown,
        recipients_failed=SIZE - accepted - unknown,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("started", "outcomes", "arrived", "expected"),
    [
        ([], [], [], report_of(0, 0, 0, 12, 0, 0, 0, 0, 0)),
        ([0, 1], [A, A], [0, 1], report_of(2, 0, 0, 10, 2, 0, 0, 0, 0)),
        ([0, 1], [A, A], [1], report_of(2, 0, 0, 10, 1, 1, 0, 0, 0)),
        ([0, 1], [A, A], [0, 1, 1, 1], report_of(2, 0, 0, 10, 1, 0, 1, 0, 0)),
        ([0, 1], [A, D], [0], report_of(1, 1, 0, 10, 1, 0, 0, 0, 0)),
        ([0, 1], [A, D], [0, 1], report_of(1, 1, 0, 10, 1, 0, 0, 0, 1)),
        ([0, 1], [A, X], [0, 1], report_of(1, 1, 1, 10, 2, 0, 0, 0, 0)),
        ([0, 1], [A, X], [0], report_of(1, 1, 1, 10, 1, 0, 0, 0, 0)),
        ([0], [A], [0, -1, -1], report_of(1, 0, 0, 11, 1, 0, 0, 0, 2)),
        ([0], [A], [0, 7], report_of(1, 0, 0, 11, 1, 0, 0, 0, 1)),
    ],
    ids=[
        "nothing", "all arrived", "missing", "duplicate", "failed", "failed for certain and arrived", "ambiguous and arrived",
        "ambiguous and did not arrive", "without an identity", "never started and arrived",
    ],
)  # fmt: skip
def test_what_is_what(
    synthetic_run: Factory, started: list[int], outcomes: list[int], arrived: list[int], expected: DeliveryReport
) -> None:
    assert account(small(synthetic_run, started, outcomes, arrived)) == expected


def test_what_a_null_arm_sends_is_not_observed(synthetic_run: Factory) -> None:
    run = synthetic_run()
    smtp, null = run.manifest.arms[0], replace(run.manifest.arms[1], transport="null")
    seen = run.messages["arm"][run.arrivals["send"]] == 0
    arrivals = {name: column[seen] for name, column in run.arrivals.items()}
    found = account(replace(run, manifest=replace(run.manifest, arms=(smtp, null)), arrivals=arrivals))
    assert found.unobserved == found.arrived_once == 310
    assert found.accepted == found.arrived_once + found.missing + found.duplicates + found.unobserved


@pytest.mark.parametrize("digest", [b"another content!", b""], ids=["different", "unparsable"])
def test_another_digest_is_altered_and_makes_the_run_invalid(synthetic_run: Factory, digest: bytes) -> None:
    run = synthetic_run()
    digests = run.arrivals["digest"].copy()
    digests[17] = digest
    altered = replace(run, arrivals={**run.arrivals, "digest": digests})
    assert account(altered).altered == 1
    assert texts(analyse(altered).invalid_because) == ("1 message altered: arrived with other content",)


def test_a_server_that_is_not_ours_has_nothing_missing(synthetic_run: Factory) -> None:
    summary = analyse(synthetic_run(embedded=False))
    assert (summary.account.missing, summary.account.unobserved) == (0, summary.account.accepted)
    assert summary.arms[0].arrived is summary.arms[0].missing is summary.arms[0].altered is None
    assert summary.valid
    assert "benchkit cannot see the arrivals of: arm 0, arm 1" in warning_lines(summary)


def test_what_a_recovered_run_lost_is_a_warning_and_not_a_fault(synthetic_run: Factory) -> None:
    run = synthetic_run(recovered=True)
    digests = run.arrivals["digest"].copy()
    digests[-5:] = None
    arrivals = taken({**run.arrivals, "digest": digests}, range(3, len(digests)))
    cut = replace(run, arrivals=arrivals, messages=taken(run.messages, range(len(digests) - 2)))
    summary = analyse(cut)
    assert (summary.account.missing, summary.account.unaccounted, summary.account.altered) == (3, 2, 0)
    assert summary.valid
    assert any(
        "recovered" in warning and "5 arrivals without their content" in warning for warning in warning_lines(summary)
    )


def test_a_send_recorded_twice_is_a_defect_and_counts_once(synthetic_run: Factory) -> None:
    run = synthetic_run(blocks=6)
    rows = [*range(len(run.messages["send"])), 3]
    twice = replace(run, messages=taken(run.messages, rows))
    assert account(twice) == account(run)
    assert texts(analyse(twice).invalid_because) == (
        "1 record is of sends that are not in the plan or were recorded already",
    )


@given(st.lists(st.integers(-2, SIZE + 2)), st.lists(st.integers(-2, SIZE + 2)))
def test_a_send_of_the_plan_is_found_in_its_first_row_or_nowhere(
    synthetic_run: Factory, wanted: list[int], recorded: list[int]
) -> None:
    run = small(synthetic_run, [0] * len(recorded), [A] * len(recorded), [])
    run = replace(run, messages=with_column(run.messages, "send", recorded))
    found = positions(np.array(wanted, dtype=np.int64), rows_by_send(run))
    assert found.tolist() == [recorded.index(send) if send in recorded and 0 <= send < SIZE else -1 for send in wanted]


@settings(max_examples=120)
@given(data=st.data())
def test_the_account_closes(synthetic_run: Factory, data: st.DataObject) -> None:
    started = data.draw(st.lists(st.integers(0, SIZE - 1), unique=True))
    outcomes = data.draw(st.lists(st.sampled_from(OutcomeKind), min_size=len(started), max_size=len(started)))
    arrived = data.draw(st.lists(st.integers(-1, SIZE - 1), max_size=20))
    doubtful = sorted(data.draw(st.sets(st.sampled_from(sorted({*range(SIZE)} - {*started}) or [SIZE]))) - {SIZE})
    run = with_doubt(small(synthetic_run, started, outcomes, arrived), doubtful)
    found = account(run)
    assert found.in_doubt == len(doubtful)
    assert found.planned == found.accepted + found.failed + found.in_doubt + found.unsent
    sends = Counter(send for send in arrived if send in started or send in doubtful)
    strays = len(arrived) - sends.total()
    assert len(sends) + strays == found.arrived_once + found.duplicates + found.unaccounted
    assert found.accepted - found.missing - found.unobserved == sum(
        sends[send] > 0 for send, o in zip(started, outcomes, strict=True) if o == A
    )
    for arm in analyse(run).arms:
        assert arm.planned == arm.accepted + arm.failed + arm.in_doubt + arm.unsent
        assert sum(arm.outcomes.values()) == arm.accepted + arm.failed


def with_envelopes(run: Run, sender: str, recipients: Sequence[str]) -> Run:
    """Every message was planned for these, and arrived so."""
    n, batch = len(run.arrivals["send"]), len(run.manifest.digests)
    arrivals = {
        **run.arrivals,
        "recipients": np.full(n, len(recipients)),
        "recipients_hash": np.full(n, recipients_hash(recipients)),
        "sender_hash": np.full(n, address_hash(sender)),
        "sender_known": np.full(n, True),
    }
    manifest = replace(
        run.manifest,
        recipients=(len(recipients),) * batch,
        recipient_hashes=(str(recipients_hash(recipients)),) * batch,
        sender_hashes=(str(address_hash(sender)),) * batch,
    )
    return replace(run, manifest=manifest, arrivals=arrivals)


TO = ("a@x.example", "b@x.example", "c@y.example")


@pytest.mark.parametrize(
    ("sender", "recipients", "wrong"),
    [
        ("s@shop.example", TO, ""),
        ("s@SHOP.example", TO[::-1], ""),
        ("s@shop.example", TO[:2], "other recipients"),
        ("s@shop.example", (*TO[:2], "wrong-c@y.example"), "other recipients"),
        ("s@shop.example", (*TO[:2], TO[0]), "other recipients"),
        ("S@shop.example", TO, "with another envelope sender"),
        ("", TO, "with another envelope sender"),
    ],
)
def test_the_envelope_is_part_of_identical(
    synthetic_run: Factory, sender: str, recipients: Sequence[str], wrong: str
) -> None:
    """A client that wins by sending to someone else has not won."""
    planned = with_envelopes(synthetic_run(blocks=8, times=(1.0, 0.5)), "s@shop.example", TO)
    other = with_envelopes(planned, sender, recipients)
    summary = analyse(replace(planned, arrivals=other.arrivals))
    assert summary.valid is not bool(wrong)
    assert not wrong or all(wrong in reason for reason in texts(summary.invalid_because))
    assert summary.account.altered == (len(planned.arrivals["send"]) if wrong else 0)
    assert wrong == "" or summary.contrasts[0].verdict is Verdict.WITHHELD


def test_refused_recipients_are_counted_and_their_absence_is_no_alteration(synthetic_run: Factory) -> None:
    run = with_envelopes(synthetic_run(blocks=40, times=(1.0, 0.5)), "s@shop.example", TO)
    refusing = (run.messages["arm"] == 1) & (run.messages["send"] % 3 == 0)
    at_arrival = (run.arrivals["arm"] == 1) & (run.arrivals["send"] % 3 == 0)
    messages = {
        **run.messages,
        "refused": np.where(refusing, 1, 0),
        "refused_hash": np.where(refusing, address_hash(TO[1]), 0),
    }
    arrivals = {
        **run.arrivals,
        "recipients": np.where(at_arrival, 2, 3),
        "recipients_hash": np.where(at_arrival, recipients_hash((TO[0], TO[2])), recipients_hash(TO)),
    }
    summary = analyse(replace(run, messages=messages, arrivals=arrivals))
    account, refused = summary.account, int(refusing.sum())
    assert (account.altered, account.recipients_refused) == (0, refused)
    assert account.recipients_planned == 3 * account.planned == account.recipients_accepted + refused
    assert summary.contrasts[0].verdict is Verdict.WITHHELD
    assert any("refused recipients differ" in reason for reason in texts(summary.contrasts[0].reasons))
    wrong_one = {**arrivals, "recipients_hash": np.where(at_arrival, recipients_hash(TO[:2]), recipients_hash(TO))}
    assert not analyse(replace(run, messages=messages, arrivals=wrong_one)).valid


def test_a_run_that_recorded_only_the_number_of_recipients_is_held_to_that(synthetic_run: Factory) -> None:
    run = synthetic_run(blocks=2)
    manifest = replace(run.manifest, recipients=(1,) * len(run.manifest.digests))
    assert analyse(replace(run, manifest=manifest)).account.altered == 0
    fewer = replace(run, manifest=manifest, arrivals={**run.arrivals, "recipients": run.arrivals["recipients"] * 0})
    assert analyse(fewer).account.altered == len(run.arrivals["send"])


@pytest.mark.parametrize(
    ("outcome", "arrived_for", "altered"),
    [
        (A, TO, 0),
        (A, TO[:2], 6),
        (X, TO, 0),
        (X, TO[:2], 0),  # which recipients had been refused before the connection broke is not known
        (X, (*TO[:2], "wrong-c@y.example"), 6),
        (X, (*TO, "spy@y.example"), 6),
    ],
)
def test_a_message_in_doubt_may_have_arrived_for_fewer_recipients_and_for_no_others(
    synthetic_run: Factory, outcome: OutcomeKind, arrived_for: Sequence[str], altered: int
) -> None:
    planned = with_envelopes(small(synthetic_run, range(6), [outcome] * 6, range(6)), "s@shop.example", TO)
    other = with_envelopes(planned, "s@shop.example", arrived_for)
    assert account(replace(planned, arrivals=other.arrivals)).other_recipients == altered


def test_recipients_of_messages_in_doubt_are_neither_accepted_nor_refused(synthetic_run: Factory) -> None:
    run = with_envelopes(small(synthetic_run, range(5), [A, A, X, D, X], [0, 1]), "s@shop.example", TO)
    found = account(with_doubt(run, [7, 9]))
    assert found.in_doubt == 2
    assert found.recipients_planned == 3 * SIZE
    assert (found.recipients_accepted, found.recipients_refused) == (6, 0)
    assert (found.recipients_unknown, found.recipients_failed) == (3 * (2 + 2), 3 * (1 + 5))


def test_the_altered_messages_that_are_named_are_of_every_arm_and_kind(synthetic_run: Factory) -> None:
    run = with_envelopes(synthetic_run(blocks=8), "s@shop.example", TO)
    arm, send = run.messages["arm"], run.messages["send"]
    late = send[arm == 1][-1]
    senders = np.where(run.arrivals["arm"] == 0, 1, run.arrivals["sender_hash"])
    hashes = np.where(run.arrivals["send"] == late, 1, run.arrivals["recipients_hash"])
    summary = analyse(replace(run, arrivals={**run.arrivals, "sender_hash": senders, "recipients_hash": hashes}))
    named = [(one.arm, one.differs) for one in summary.altered_messages]
    assert named == [("arm 0", ("sender",))] * 3 + [("arm 1", ("recipients",))]
    assert summary.altered_messages[-1].send == late
    assert summary.altered_messages[-1].message == run.messages["message"][send == late][0]
