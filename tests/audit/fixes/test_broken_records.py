"""For any record with typing errors: what is offered loses no sender, opens nothing, is valid, and gives no worse audit."""

from __future__ import annotations

import random
import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from benchkit.audit.fixes.spf_merge import proposed
from benchkit.audit.records.spf import SpfRecord, parse_spf
from tests.audit.fixes.broken_records import broken, good_record
from tests.audit.fixes.faulty_zones import DMARC, KEY, MX, strings
from tests.audit.fixes.test_published_zones import published_and_checked

NUMBER = 10_000
PARTS = 4
AUDITED = 60


def values(text: str) -> list[str]:
    """The addresses and names that a good record's terms have after the mechanism."""
    return [word.partition(":")[2] for word in text.split() if ":" in word and "%" not in word]


def names(record: SpfRecord, value: str) -> bool:
    """Whether a term of the record names this address, network or domain."""
    named = [term.domain.text.lower() for term in record.mechanisms if term.domain]
    try:
        network = ip_network(value)
    except ValueError:
        modifiers = " ".join(term.text.lower() for term in record.terms if "=" in term.text)
        return value in named or value in modifiers
    networks = [term.network for term in record.mechanisms if term.network and term.network.version == network.version]
    return any(network.subnet_of(each) for each in networks)  # type: ignore[arg-type]


@pytest.mark.parametrize("part", range(PARTS))
def test_typing_errors(part: int) -> None:
    offered = 0
    for seed in range(part, NUMBER, PARTS):
        draw = random.Random(seed)
        good = good_record(draw)
        written = broken(good, draw)
        found = proposed([[written.encode()]])
        if not found.text:
            assert found.decide, written
            continue
        offered += 1
        record = parse_spf(found.text)
        assert record.valid, (written, found.text)
        assert record.all is None or record.all.qualifier != "+", (written, found.text)
        assert len(record.mechanisms) > 1 or record.redirect, (written, found.text)
        visible = [value for value in values(good) if re.search(rf"(?<![\w.-]){re.escape(value)}(?![\w./-])", written)]
        assert not [value for value in visible if not names(record, value)], (written, found.text)
        assert proposed([[found.text.encode()]]).text == found.text, "the fix needs no other fix"
    assert offered > NUMBER / PARTS / 2


@pytest.mark.parametrize("seed", range(AUDITED))
def test_typing_errors_audited(seed: int, tmp_path: Path) -> None:
    draw = random.Random(-1 - seed)
    written = broken(good_record(draw), draw).replace("\\", "").replace('"', "'")
    published_and_checked(f"@ IN TXT {strings(written)}\n{MX}{KEY}{DMARC}", tmp_path)
