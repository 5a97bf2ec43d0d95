"""No parser raises, whatever it is given; every span lies inside its text; and time stays linear."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.audit.records.bimi import parse_bimi, select_bimi
from benchkit.audit.records.dkim import parse_dkim, select_dkim
from benchkit.audit.records.dkim_signature import parse_dkim_signature
from benchkit.audit.records.dmarc import parse_dmarc, select_dmarc
from benchkit.audit.records.mta_sts import parse_sts_policy, parse_sts_record, select_sts
from benchkit.audit.records.mx import parse_mx
from benchkit.audit.records.spf import parse_spf, select_spf
from benchkit.audit.records.tls_rpt import parse_tls_rpt, select_tls_rpt
from benchkit.audit.records.tlsa import parse_tlsa

PARSERS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "spf": (parse_spf, "v=spf1 "),
    "dkim": (parse_dkim, "v=DKIM1; k=rsa; p="),
    "dkim_signature": (parse_dkim_signature, "v=1; a=rsa-sha256; d=x.example; b="),
    "dmarc": (parse_dmarc, "v=DMARC1; p=reject; rua=mailto:"),
    "sts_record": (parse_sts_record, "v=STSv1; id="),
    "sts_policy": (parse_sts_policy, "version: STSv1\r\nmode: enforce\r\nmx: "),
    "tls_rpt": (parse_tls_rpt, "v=TLSRPTv1; rua=https://"),
    "bimi": (parse_bimi, "v=BIMI1; l=https://"),
    "tlsa": (parse_tlsa, "3 1 1 "),
}
SELECTORS = (select_spf, select_dkim, select_dmarc, select_sts, select_tls_rpt, select_bimi)
BITS = [
    "a:",
    "include:",
    "ip4:192.0.2.1/",
    "%{d}",
    "%{",
    "%",
    " ",
    ";",
    "=",
    "p=",
    "rua=mailto:a@x.example!10m,",
    ":",
    "/",
    ".",
    "\\",
]
BITS += ["\x00", "\xff", "9" * 5000, "-", "A" * 65, "redirect=", "h=sha256", "t=y:s", "l=", "\r\n", "@", ",", "*."]
TEXT = st.one_of(st.text(), st.lists(st.sampled_from(BITS), max_size=12).map("".join))


@pytest.mark.parametrize("name", PARSERS)
@given(tail=TEXT, headed=st.booleans())
def test_any_text_is_parsed_and_spans_lie_inside(name: str, tail: str, headed: bool) -> None:
    parse, head = PARSERS[name]
    text = head + tail if headed else tail
    parsed = parse(text)
    assert parsed.text == text
    for fault in parsed.faults:
        assert 0 <= fault.span[0] <= fault.span[1] <= len(text)
        assert len(fault.message) < 200
    tags = getattr(parsed, "tags", None)
    for tag in tags.tags if tags else ():
        assert text[slice(*tag.value_span)] == tag.value
        assert tag.span[0] <= tag.value_span[0] <= tag.value_span[1] == tag.span[1]


@pytest.mark.parametrize("name", PARSERS)
@given(octets=st.binary())
def test_any_octets_are_parsed_one_character_each(name: str, octets: bytes) -> None:
    assert len(PARSERS[name][0](octets).text) == len(octets)


@given(st.lists(st.one_of(st.binary(), TEXT)))
def test_selection_takes_anything(texts: list[bytes | str]) -> None:
    for select in SELECTORS:
        select(texts)


@given(st.integers(0, 65535), st.text())
def test_any_mx_is_parsed(preference: int, target: str) -> None:
    mx = parse_mx(preference, target)
    assert all(0 <= fault.span[0] <= fault.span[1] <= len(mx.host) for fault in mx.faults)


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("bit", BITS)
def test_a_hundred_kilobytes_are_no_trouble(name: str, bit: str) -> None:
    parse, head = PARSERS[name]
    started = time.process_time()
    parse(head + bit * (100_000 // len(bit)))
    assert time.process_time() - started < 2
