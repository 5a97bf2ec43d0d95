"""Phases: what is stored is a number that never changes; order, letters and colours are a table beside it."""

from __future__ import annotations

import pytest

from benchkit.model.phases import PHASE_STYLES, in_order, is_dark, service_phases
from benchkit.model.trace import Phase

STORED = {
    "connect": 0, "tls": 1, "banner": 2, "ehlo": 3, "starttls": 4, "auth": 5, "mail": 6, "rcpt": 7, "data": 8, "content": 9,
    "request": 10, "wait": 11, "response": 12, "close": 13, "backoff": 14,
}  # fmt: skip


def test_a_number_that_runs_have_stored_keeps_its_meaning() -> None:
    assert {phase.label: phase.value for phase in Phase} == STORED


def test_every_phase_has_a_letter_and_a_colour_of_its_own() -> None:
    assert set(PHASE_STYLES) == set(Phase)
    for values in zip(*PHASE_STYLES.values(), strict=True):
        assert len(set(values)) == len(Phase)


def test_the_order_is_that_of_the_table() -> None:
    assert in_order(sorted(Phase, reverse=True)) == list(PHASE_STYLES)
    assert in_order([Phase.WAIT, Phase.TLS, Phase.WAIT]) == [Phase.TLS, Phase.WAIT]


def test_closing_and_what_did_not_happen_are_not_in_the_service_time() -> None:
    assert service_phases({"close": 2.0, "content": 1.0, "mail": 0.5, "tls": 0.0}) == [
        (Phase.MAIL, 0.5),
        (Phase.CONTENT, 1.0),
    ]


@pytest.mark.parametrize(
    ("colour", "dark"), [("#000000", True), ("#ffffff", False), ("#f2b134", False), ("#0b2f5e", True)]
)
def test_letters_are_light_on_dark(colour: str, dark: bool) -> None:
    assert is_dark(colour) is dark
