"""The turn counter against method.md's table, dialogue by dialogue, and its invariants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.trace import Trace
from benchkit.protocol.turns import TurnCounter

# c connect · 3 TLS 1.3 · 2 TLS 1.2 full · r TLS 1.2 resumed · w write · s server speaks
DIALOGUES = [
    ("SMTP, no TLS, no AUTH, fresh", "cs ws ws ws ws ws", 7),
    ("SMTP implicit TLS 1.3 + AUTH PLAIN, fresh", "c3 s ws ws ws ws ws ws", 9),
    ("SMTP implicit TLS 1.2 + AUTH PLAIN, fresh: the banner travels with Finished", "c2 s ws ws ws ws ws ws", 9),
    ("SMTP implicit TLS 1.2 resumed", "cr s ws ws ws ws ws ws", 9),
    ("SMTP STARTTLS TLS 1.3 + AUTH PLAIN, fresh", "cs ws ws 3 ws ws ws ws ws ws", 11),
    ("SMTP STARTTLS TLS 1.2", "cs ws ws 2 ws ws ws ws ws ws", 12),
    ("SMTP kept, step", "ws ws ws ws", 4),
    ("SMTP kept, pipelined", "wsss ws", 2),
    ("SMTP kept, three recipients in a step each", "ws ws ws ws ws ws", 6),
    ("HTTPS TLS 1.3, fresh", "c3 ws", 3),
    ("HTTPS TLS 1.2, fresh", "c2 ws", 4),
    ("HTTP kept", "ws", 1),
    ("HTTP kept, head and body written apart, response in pieces", "wwsss", 1),
]
EVENTS = "c32rws"


def play(counter: TurnCounter, events: str) -> None:
    for event in events.replace(" ", ""):
        match event:
            case "c":
                counter.connected()
            case "w":
                counter.wrote(10)
            case "s":
                counter.read(7)
            case _:
                counter.secured("TLSv1.3" if event == "3" else "TLSv1.2", resumed=event == "r")


@pytest.mark.parametrize(("what", "events", "turns"), DIALOGUES)
def test_the_table(what: str, events: str, turns: int) -> None:
    counter = TurnCounter()
    play(counter, events)
    assert counter.turns == turns, what


@given(st.text(EVENTS, max_size=60), st.integers(0, 60))
def test_settling_moves_counts_and_never_makes_or_loses_any(events: str, cut: int) -> None:
    whole, halves, trace = TurnCounter(), TurnCounter(), Trace()
    play(whole, events)
    play(halves, events[:cut])
    halves.settle(trace)
    assert halves.turns == 0
    play(halves, events[cut:])
    halves.settle(trace)
    assert (trace.turns, trace.bytes_out, trace.bytes_in) == (whole.turns, whole.bytes_out, whole.bytes_in)


@given(st.text(EVENTS, max_size=60))
def test_how_the_stream_is_cut_into_reads_and_writes_changes_no_turn(events: str) -> None:
    once, twice = TurnCounter(), TurnCounter()
    play(once, events)
    play(twice, events.replace("w", "ww").replace("s", "ss"))
    assert once.turns == twice.turns
