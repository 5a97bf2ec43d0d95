"""Claims on ranges against a plain set of numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchkit.audit.spf.ranges import Ranges

CLAIMS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=25)


@given(CLAIMS)
def test_claims_are_a_set_that_grows(claims: list[tuple[int, int]]) -> None:
    ranges: Ranges[int] = Ranges()
    held: set[int] = set()
    for owner, (first, length) in enumerate(claims):
        wanted = set(range(first, first + length + 1))
        claim = ranges.claim(first, first + length, owner)
        assert {number for piece in claim.new for number in range(piece.first, piece.last + 1)} == wanted - held
        assert bool(claim.met) == bool(wanted & held)
        held |= wanted
        flat = [number for each in ranges for number in range(each.first, each.last + 1)]
        assert flat == sorted(held)
    assert all((ranges.find(number) is not None) == (number in held) for number in range(-1, 90))
