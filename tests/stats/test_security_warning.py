"""Arms that are compared and differ in TLS: the run warns, in numbers and in the plan's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from benchkit.model.notice import Code
from benchkit.model.run import Run
from benchkit.model.tls_difference import TlsDifference, tls_difference
from benchkit.report.content.notices import text
from benchkit.stats.analysis import analyse

PLAIN, START, TLS = ("a", "none"), ("b", "starttls"), ("c", "implicit")


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ([(PLAIN, TLS)], TlsDifference(("a",), ("c",))),
        ([(START, PLAIN), (TLS, PLAIN)], TlsDifference(("a",), ("b", "c"))),
        ([(START, TLS), (PLAIN, PLAIN)], TlsDifference()),
        ([], TlsDifference()),
    ],
)
def test_which_arms_differ(pairs: list[tuple[tuple[str, str], tuple[str, str]]], found: TlsDifference) -> None:
    assert tls_difference(pairs) == found


@pytest.mark.parametrize(
    ("security", "transport", "warned"),
    [("implicit", "api", True), ("none", "api", False), ("implicit", "null", False)],
)
def test_a_run_warns(synthetic_run: Callable[..., Run], security: str, transport: str, warned: bool) -> None:
    run = synthetic_run()
    first, second = run.manifest.arms
    arms = (first, replace(second, security=security, transport=transport))
    summary = analyse(replace(run, manifest=replace(run.manifest, arms=arms)))
    found = [one for one in summary.warnings if one.code is Code.SECURITY_DIFFERS]
    assert bool(found) is warned
    if found:
        assert text(found[0]).startswith(
            "arms that are compared differ in security: without TLS “arm 0”; with TLS “arm 1”."
        )
