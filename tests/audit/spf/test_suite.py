"""The public SPF suite (rfc7208-tests.yml of pyspf 2.0.14): 203 results, 22 explanations; then the tree as its linter."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from benchkit.audit.spf.build_tree import include_tree
from benchkit.audit.spf.check_host import check_host
from benchkit.audit.spf.result import Evaluation, SpfResult
from benchkit.audit.spf.sender import SpfSender, sender
from benchkit.audit.spf.tree import Tree, TreeStatus

NOBODY = ("198.51.100.99", "2001:db8:ffff::99")  # addresses that no record of the suite names


def who_sends(case: Any) -> SpfSender:
    return sender(case.ip, case.mail_from, case.helo)


def evaluate(case: Any, make_zone: Any, ip: str = "") -> Evaluation:
    return asyncio.run(check_host(make_zone(case.zone), sender(ip or case.ip, case.mail_from, case.helo)))


def lint(case: Any, make_zone: Any) -> Tree:
    return asyncio.run(include_tree(make_zone(case.zone), who_sends(case).domain))


def test_every_result(spf_suite: Sequence[Any], make_zone: Any) -> None:
    found = {case.name: evaluate(case, make_zone).result for case in spf_suite}
    wrong = {case.name: (found[case.name], case.results) for case in spf_suite if found[case.name] not in case.results}
    assert not wrong
    assert len(spf_suite) == 203


def test_every_explanation(spf_suite: Sequence[Any], make_zone: Any) -> None:
    explained = [case for case in spf_suite if case.explanation is not None]
    found = {case.name: evaluate(case, make_zone).explanation or "DEFAULT" for case in explained}
    assert found == {case.name: case.explanation for case in explained}
    assert len(explained) == 22


def test_as_a_linter_it_finds_every_permerror(spf_suite: Sequence[Any], make_zone: Any) -> None:
    permerrors = [case for case in spf_suite if case.results == ("permerror",)]
    assert [case.name for case in permerrors if lint(case, make_zone).status is not TreeStatus.PERMERROR] == []
    assert len(permerrors) == 74


def test_as_a_linter_it_calls_every_temperror_unknown(spf_suite: Sequence[Any], make_zone: Any) -> None:
    temperrors = [case for case in spf_suite if case.results == ("temperror",)]
    assert [case.name for case in temperrors if lint(case, make_zone).status is not TreeStatus.UNKNOWN] == []
    assert len(temperrors) == 5


def test_as_a_linter_it_finds_no_false_error(spf_suite: Sequence[Any], make_zone: Any) -> None:
    """Where the suite's own sender is lucky to match early, another one meets the error that the linter has found."""
    rest = [case for case in spf_suite if case.results not in (("permerror",), ("temperror",))]
    accused = [case for case in rest if lint(case, make_zone).status is TreeStatus.PERMERROR]
    for case in accused:
        met = {evaluate(case, make_zone, ip).result for ip in NOBODY}
        assert SpfResult.PERMERROR in met, case.name
    assert {case.name for case in accused} == {"multispf1", "mech-at-limit", "include-at-limit"}
