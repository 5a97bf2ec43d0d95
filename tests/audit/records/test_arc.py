"""ARC sets (RFC 8617): what is a chain, and what breaks one before any seal is looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.audit.message.parser import read_mail
from benchkit.audit.records.arc import FIELDS, RESULTS, SEAL, SIGNATURE, parse_arc
from benchkit.model.audit import AuditReport

Fields = list[tuple[str, str]]


def one(instance: int, chain: str) -> Fields:
    return [
        (SEAL, f" i={instance}; a=rsa-sha256; cv={chain}; d=List{instance}.example; s=a; b=xx"),
        (SIGNATURE, f" i={instance}; a=rsa-sha256; d=list{instance}.example; s=a; h=from; bh=xx; b=xx"),
        (
            RESULTS,
            f" i={instance}; mx.example; spf=pass smtp.mailfrom=a@shop.example; dkim=pass header.i=@shop.example",
        ),
    ]


CHAIN = [*one(1, "none"), *one(2, "pass")]


def without(name: str, of: int) -> Fields:
    return [field for field in CHAIN if field not in [each for each in one(of, "pass") if each[0] == name]]


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        (one(1, "none"), ()),
        (CHAIN, ()),
        (CHAIN[::-1], ()),
        (one(1, "pass"), ("i=1 says cv=pass",)),
        ([*one(1, "none"), *one(2, "fail")], ("i=2 says cv=fail",)),
        (without(SIGNATURE, 2), (f"i=2 lacks one {SIGNATURE}",)),
        ([*CHAIN, one(1, "none")[2]], (f"i=1 lacks one {RESULTS}",)),
        (one(2, "none"), ("the instances are not 1, 2, 3, …",)),
        ([*CHAIN, (SEAL, "cv=pass")], ("1 field without an instance",)),
    ],
)
def test_faults(fields: Fields, faults: tuple[str, ...]) -> None:
    chain = parse_arc(fields)
    assert chain is not None
    assert chain.faults == faults


def test_a_message_without_arc_has_no_chain() -> None:
    assert parse_arc([("subject", "i=1"), ("dkim-signature", "d=x.example")]) is None


@given(st.lists(st.tuples(st.sampled_from(FIELDS), st.text(max_size=60))))
def test_whatever_the_fields_hold_there_is_a_chain(fields: Fields) -> None:
    chain = parse_arc(fields)
    assert (chain is None) == (not fields)
    assert chain is None or isinstance(chain.faults, tuple)


@pytest.mark.parametrize(
    ("fields", "rule"), [(CHAIN, "message_arc.invalid"), (CHAIN[:2], "message_arc.broken"), ([], "")]
)
def test_it_is_information_and_no_more(fields: Fields, rule: str, audit: Callable[..., AuditReport]) -> None:
    head = "".join(f"{name}:{value}\n" for name, value in [*fields, ("from", " a@shop.example")])
    report = audit("", mail=read_mail(head.encode() + b"\nHi\n"))
    found = [finding for finding in report.findings if finding.rule.startswith("message_arc")]
    assert [(each.rule, each.status) for each in found] == ([(rule, "info")] if rule else [])
