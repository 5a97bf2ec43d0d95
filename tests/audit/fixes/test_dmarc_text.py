"""Typing errors in DMARC records as owners make them: the record that was meant, or "" where that is not clear."""

from __future__ import annotations

import random

import pytest

from benchkit.audit.fixes.dmarc_text import read_tags, record_text
from benchkit.audit.records.dmarc import parse_dmarc

D = "mailto:d@x.example"
ERRORS: dict[str, str] = {
    # the policy
    'v=DMARC1; p="reject"': "p=reject",
    "v=DMARC1; p='quarantine'": "p=quarantine",
    "v=DMARC1; p=reject,": "p=reject",
    "v=DMARC1; p=reject.": "p=reject",
    "v=DMARC1; p=rejekt": "p=reject",
    "v=DMARC1; p=rejct": "p=reject",
    "v=DMARC1; p=rejected": "p=reject",
    "v=DMARC1; p=REJECT": "p=reject",
    "v=DMARC1; p=quarentine": "p=quarantine",
    "v=DMARC1; p=qurantine": "p=quarantine",
    "v=DMARC1; p=nome": "p=none",
    "v=DMARC1; p:reject": "p=reject",
    "v=DMARC1; policy=reject": "p=reject",
    "v=DMARC1; reject": "p=reject",
    "v=DMARC1; p=reject; p=none": "p=none",
    "v=DMARC1; p=reject; p=reject": "p=reject",
    "v=DMARC1; p=reject; sp=rejct": "p=reject; sp=reject",
    "v=DMARC1; p=block": "",
    "v=DMARC1; p=": "",
    # the version
    "v=dmarc1; p=reject": "p=reject",
    "V=DMARC1; p=reject": "p=reject",
    "v=DMARC; p=reject": "p=reject",
    "v=DMARC1 p=reject": "p=reject",
    "v=DMARC1, p=reject": "p=reject",
    "v=DMARC1: p=reject": "p=reject",
    "v:DMARC1; p=reject": "p=reject",
    "DMARC1; p=reject": "p=reject",
    "p=reject": "p=reject",
    '"v=DMARC1; p=reject"': "p=reject",
    "\u201cv=DMARC1; p=reject\u201d": "p=reject",
    " v=DMARC1; p=reject": "p=reject",
    "v=DMARC1\\; p=reject\\;": "p=reject",
    # separators
    f"v=DMARC1 p=reject rua={D}": f"p=reject; rua={D}",
    f"v=DMARC1, p=reject, rua={D},mailto:e@x.example": f"p=reject; rua={D},mailto:e@x.example",
    f"v=DMARC1; p=reject rua={D}": f"p=reject; rua={D}",
    f"v=DMARC1;; p=reject;; rua={D}": f"p=reject; rua={D}",
    # report addresses
    "v=DMARC1; p=none; rua=d@x.example": f"p=none; rua={D}",
    "v=DMARC1; p=none; rua=mailto: d@x.example": f"p=none; rua={D}",
    "v=DMARC1; p=none; rua=mailto://d@x.example": f"p=none; rua={D}",
    "v=DMARC1; p=none; rua=mail:d@x.example": f"p=none; rua={D}",
    "v=DMARC1; p=none; rua=malito:d@x.example": f"p=none; rua={D}",
    "v=DMARC1; p=none; rua=<d@x.example>": f"p=none; rua={D}",
    f"v=DMARC1; p=none; rua={D}!10m": f"p=none; rua={D}",
    f"v=DMARC1; p=none; rau={D}": f"p=none; rua={D}",
    f"v=DMARC1; p=none; rua={D};mailto:e@x.example": f"p=none; rua={D},mailto:e@x.example",
    f"v=DMARC1; p=none; rua={D} mailto:e@x.example": f"p=none; rua={D},mailto:e@x.example",
    f"v=DMARC1; p=none; rua={D}; rua=mailto:e@x.example": f"p=none; rua={D},mailto:e@x.example",
    "v=DMARC1; p=none; rua=mailto:d.x.example": "",
    # other tags
    f"v=DMARC1; p=none; pct=100; rf=afrf; ri=86400; rua={D}": f"p=none; rua={D}",
    f"v=DMARC1; p=reject; pct=20; rua={D}": f"p=reject; pct=20; rua={D}",
    "v=DMARC1; p=none; adkim=strict; aspf=relaxed": "p=none; adkim=s; aspf=r",
    "v=DMARC1; p=none; fo=1": "p=none",
    f"v=DMARC1; p=none; ruf={D}; fo=7": f"p=none; ruf={D}",
    f"v=DMARC1; p=none; ruf={D}; fo=0:1": f"p=none; ruf={D}; fo=1",
    "v=DMARC1; p=none; t=maybe": "p=none",
    "v=DMARC1; p=none; new=1": "p=none; new=1",
}


@pytest.mark.parametrize("written", ERRORS)
def test_one_record(written: str) -> None:
    found = read_tags([written])
    assert bool(found.undecided) == (not ERRORS[written])
    if ERRORS[written]:
        assert record_text(found.tags) == f"v=DMARC1; {ERRORS[written]}"
        assert parse_dmarc(record_text(found.tags)).counts


@pytest.mark.parametrize(
    ("texts", "meant"),
    [
        (
            ("v=DMARC1; p=none; rua=mailto:a@x.example", "v=DMARC1; p=reject; rua=mailto:b@x.example"),
            "p=none; rua=mailto:a@x.example,mailto:b@x.example",
        ),
        (("v=DMARC1; p=reject", "v=DMARC1; p=reject"), "p=reject"),
        (("v=DMARC1; p=quarantine; adkim=s", "v=DMARC1; p=reject"), "p=quarantine; adkim=s"),
    ],
)
def test_several_records_become_one(texts: tuple[str, ...], meant: str) -> None:
    assert record_text(read_tags(texts).tags) == f"v=DMARC1; {meant}"


def test_any_text_gives_one_record_that_receivers_read() -> None:
    """Good records broken at random places: what is offered counts, keeps whole addresses, and needs no other repair."""
    for seed in range(3_000):
        draw = random.Random(seed)
        text = f"v=DMARC1; p={draw.choice(('none', 'quarantine', 'reject'))}; sp=reject; rua={D},mailto:e@y.example; adkim=s"
        for _ in range(draw.randint(1, 3)):
            at = draw.randrange(len(text))
            text = (
                text[:at] + draw.choice(("", " ", ";", ",", '"', "x", text[at], "=")) + text[at + draw.randint(0, 1) :]
            )
        found = read_tags([text])
        if found.undecided or "p" not in found.tags:
            continue
        made = record_text(found.tags)
        assert parse_dmarc(made).counts, (text, made)
        again = read_tags([made])
        assert record_text(again.tags) == made, (text, made)
        whole = [
            each for each in ("d@x.example", "e@y.example") if f"mailto:{each}," in text or f"mailto:{each};" in text
        ]
        assert all(each in made for each in whole), (text, made)
