"""What the rule says of answers that were validated here: secure, insecure, bogus, and not known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from benchkit.audit import Options, audit_domain
from benchkit.model.dns import Answer, AnswerState, Ask

SECURE = Answer("", "", AnswerState.NODATA, ad=True)
INSECURE = Answer("", "", AnswerState.NODATA, ede=("shop.example has no DS record in example",))
BOGUS = Answer("", "", AnswerState.SERVFAIL, ede=("6 DNSSEC Bogus: expired",))
LOST = Answer("", "", AnswerState.TIMEOUT)


def answering(choose: Callable[[str, str], Answer]) -> Ask:
    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        return replace(choose(name, type), name=name, type=type)

    return ask


@pytest.mark.parametrize(
    ("txt", "others", "rule", "expected"),
    [
        (SECURE, SECURE, "dnssec", "validated here"),
        (INSECURE, INSECURE, "dnssec.unsigned", "has no DS record in example"),
        (BOGUS, SECURE, "dnssec.bogus", "shop.example TXT: 6 DNSSEC Bogus: expired"),
        (BOGUS, LOST, "dnssec.bogus", "expired"),
        (LOST, SECURE, "dnssec", "cannot be judged: shop.example TXT"),
        (LOST, INSECURE, "dnssec", "cannot be judged"),
    ],
)
def test_validated_here(txt: Answer, others: Answer, rule: str, expected: str) -> None:
    """The resolver's own word, which says that all is signed, does not count."""
    validated = answering(lambda name, kind: txt if (name, kind) == ("shop.example", "TXT") else others)
    options = Options(validated=lambda domain: validated)
    report = asyncio.run(audit_domain("shop.example", answering(lambda name, kind: SECURE), options))
    (found,) = [finding for finding in report.findings if finding.rule.startswith("dnssec")]
    assert found.rule == rule
    assert expected in found.message
