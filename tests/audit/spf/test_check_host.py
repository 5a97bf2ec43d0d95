"""check_host() where the public suite is silent: paths, counts, problems, and senders that are written oddly."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from benchkit.audit.spf.check_host import check_host
from benchkit.audit.spf.result import Evaluation
from benchkit.audit.spf.sender import sender

ZONE: dict[str, dict[str, Any]] = {
    "d.example": {"TXT": ["v=spf1 include:e.example -a:gone.example mx/24 redirect=r.example"], "MX": ["10 m.example"]},
    "e.example": {"TXT": ["other", ["v=spf1 ip4:", "192.0.2.1 -all"]]},
    "r.example": {"TXT": ["v=spf1 ip4:203.0.113.0/24 -all exp=why.r.example"]},
    "why.r.example": {"TXT": ["%{i} is not %{o}'s; ask %{R}, not %{d}"]},
    "m.example": {"A": ["198.51.100.7"]},
    "slow.example": {"TXT": ["v=spf1 a -all"], "A": "TIMEOUT"},
    "bad.example": {"TXT": ["v=spf1 ip4:1.2.3 -all"]},
    "two.example": {"TXT": ["v=spf1 -all", "v=spf1 +all"]},
    "xn--bcher-kva.example": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]},
    "local.example": {"TXT": ["v=spf1 exists:%{l}.local.example ?all"]},
    "anna.local.example": {"A": ["127.0.0.2"]},
    "postmaster.local.example": {"A": ["127.0.0.2"]},
    "loop.example": {"TXT": ["v=spf1 include:loop.example -all"]},
    "six.example": {"TXT": ["v=spf1 a:m.example a:m.example a:m.example ?all"]},
}


def evaluate(make_zone: Any, ip: str, mail_from: str, helo: str = "") -> Evaluation:
    return asyncio.run(check_host(make_zone(ZONE), sender(ip, mail_from, helo)))


@pytest.mark.parametrize(
    ("ip", "mail_from", "result", "path"),
    [
        ("192.0.2.1", "a@d.example", "pass", ["include:e.example", "ip4:192.0.2.1"]),
        ("198.51.100.9", "a@d.example", "pass", ["mx/24"]),
        ("203.0.113.5", "a@d.example", "pass", ["redirect=r.example", "ip4:203.0.113.0/24"]),
        ("::ffff:203.0.113.5", "a@d.example", "pass", ["redirect=r.example", "ip4:203.0.113.0/24"]),
        ("192.0.2.9", "a@D.Example.", "fail", ["redirect=r.example", "-all"]),
        ("192.0.2.1", "a@slow.example", "temperror", ["a"]),
        ("192.0.2.1", "a@bad.example", "permerror", []),
        ("192.0.2.1", "a@two.example", "permerror", []),
        ("192.0.2.1", "a@none.example", "none", []),
        ("192.0.2.1", "a@localhost", "none", []),
        ("192.0.2.1", "", "none", []),
        ("192.0.2.1", "a@bücher.example", "pass", ["ip4:192.0.2.1"]),
        ("192.0.2.1", "anna@local.example", "pass", ["exists:%{l}.local.example"]),
        ("192.0.2.1", "ännä@local.example", "neutral", ["?all"]),
        ("192.0.2.1", "local.example", "pass", ["exists:%{l}.local.example"]),
        ("192.0.2.1", "a\\b@local.example", "neutral", ["?all"]),
        ("192.0.2.1", "a@loop.example", "permerror", ["include:loop.example"] * 11),
        ("2001:db8::1", "a@six.example", "permerror", ["a:m.example"]),
    ],
)
def test_results_and_the_way_there(make_zone: Any, ip: str, mail_from: str, result: str, path: list[str]) -> None:
    evaluation = evaluate(make_zone, ip, mail_from)
    assert (evaluation.result, [step.term for step in evaluation.path]) == (result, path)


def test_a_broken_evaluation_says_why(make_zone: Any) -> None:
    problems = {
        "a@slow.example": "A slow.example: timeout",
        "a@bad.example": "bad.example: '1.2.3' is no IPv4 address",
        "a@two.example": "two.example has 2 SPF records",
        "a@none.example": "none.example has no SPF record",
        "a@loop.example": "more than 10 DNS lookups",
    }
    assert {who: evaluate(make_zone, "192.0.2.1", who).problem for who in problems} == problems


def test_spans_point_into_the_record_of_their_domain(make_zone: Any) -> None:
    first, second = evaluate(make_zone, "192.0.2.1", "a@d.example").path
    assert ZONE["d.example"]["TXT"][0][slice(*first.span)] == first.term
    assert "".join(ZONE["e.example"]["TXT"][1])[slice(*second.span)] == second.term


def test_lookups_count_terms_and_voids_count_their_own_questions(make_zone: Any) -> None:
    evaluation = evaluate(make_zone, "192.0.2.9", "a@d.example")
    assert (evaluation.lookups, evaluation.voids) == (4, 1)
    assert [(answer.name, answer.type) for answer in evaluation.answers][:3] == [
        ("d.example", "TXT"),
        ("e.example", "TXT"),
        ("gone.example", "A"),
    ]


def test_an_explanation_is_that_of_the_record_which_has_decided(make_zone: Any) -> None:
    explanation = evaluate(make_zone, "192.0.2.9", "a@d.example").explanation
    assert explanation == "192.0.2.9 is not d.example's; ask unknown, not r.example"


def test_the_helo_name_stands_in_for_a_bounce(make_zone: Any) -> None:
    assert evaluate(make_zone, "192.0.2.1", "", helo="local.example").result == "pass"


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match=r"mail\.example"):
        sender("mail.example", "a@d.example")
