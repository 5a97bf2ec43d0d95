"""The public SPF suite (rfc7208-tests.yml of pyspf 2.0.14): 203 results and 22 explanations; then as a linter."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from benchkit.audit.spf.check_host import check_host
from benchkit.audit.spf.result import Evaluation
from benchkit.audit.spf.sender import sender


def evaluate(case: Any, make_zone: Any) -> Evaluation:
    who = sender(case.ip, case.mail_from, case.helo)
    return asyncio.run(check_host(make_zone(case.zone), who))


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
