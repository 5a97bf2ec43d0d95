"""check_host() against pyspf on 2,000 drawn zones: the same result and the same count of lookups, or a row of SETTLED.

Each row is a class of differences that the RFC settles. A difference in no row fails; so does a row that no zone shows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
import spf

from benchkit.audit.spf.check_host import check_host
from benchkit.audit.spf.result import Evaluation, SpfResult
from benchkit.audit.spf.sender import sender
from tests.audit.spf.zones_drawn import POINTERS, Drawn, drawn

ZONES = 2_000
BROKEN = (SpfResult.PERMERROR, SpfResult.TEMPERROR)  # where counting ends then does not matter


@dataclass(frozen=True, slots=True)
class Judged:
    """What both say of one message. `theirs` in words of RFC 7208 §2.6, `problem` in pyspf's own."""

    drawn: Drawn
    ours: Evaluation
    theirs: str
    their_lookups: int
    problem: str

    @property
    def agreed(self) -> bool:
        if self.theirs != self.ours.result:
            return False
        return self.ours.result in BROKEN or self.their_lookups == self.ours.lookups


@dataclass(frozen=True, slots=True)
class Row:
    """`shows` is how the difference is known; all of these are settled for benchkit."""

    pyspf: str
    shows: Callable[[Judged], bool]
    rfc: str


def counts_redirects_early(each: Judged) -> bool:
    """No more than the records that it has read have a redirect."""
    more = each.their_lookups - each.ours.lookups
    return each.theirs == each.ours.result and 0 < more <= sum("redirect=" in text for text in each.drawn.texts)


def decided_by(each: Judged, kind: str) -> bool:
    path = each.ours.path
    return bool(path) and kind in path[-1].term.lower()


def says(problem: str) -> Callable[[Judged], bool]:
    return lambda each: each.theirs == "permerror" and each.problem.startswith(problem)


SETTLED = (
    Row(
        "counts a redirect when it reads the record",
        counts_redirects_early,
        'RFC 7208 §6.1: \'If all mechanisms fail to match, and a "redirect" modifier is present, then processing '
        "proceeds as follows'; §4.6.4 counts what causes a query 'at the time of evaluation'",
    ),
    Row(
        "refuses a record that includes itself before it evaluates it",
        says("include has trivial recursion"),
        "RFC 7208 §4.6.2: 'Each mechanism is considered in turn from left to right'; an earlier match ends evaluation",
    ),
    Row(
        "wants unknown modifiers at most once",
        says("new= MUST appear at most once"),
        "RFC 7208 §6 of redirect and exp: 'These two modifiers MUST NOT appear in a record more than once each'; "
        "'Unrecognized modifiers MUST be ignored no matter where, or how often, they appear in a record'",
    ),
    Row(
        "counts every empty answer as a void lookup, those for the hosts of an mx and the names of a ptr too",
        says("Void lookup limit of 2 exceeded"),
        'RFC 7208 §4.6.4: \'it is useful to limit the number of "terms" for which DNS queries return either a positive '
        'answer (RCODE 0) with an answer count of 0, or a "Name Error" (RCODE 3) answer\': terms, not queries',
    ),
    Row(
        "lets a timeout for one host of an mx end evaluation, although an earlier host matches",
        lambda each: each.theirs == "temperror" and decided_by(each, "mx"),
        "RFC 7208 §5.4: 'If any address matches, the mechanism matches'; in which order hosts are asked it does not say, "
        "and whoever goes by preference has a match before the host that does not answer is asked for",
    ),
    Row(
        "lets a timeout for one name of a ptr end evaluation",
        lambda each: each.theirs == "temperror" and "slow.example" in each.drawn.zone[POINTERS]["PTR"],
        "RFC 7208 §5.5: 'If a DNS error occurs while doing an A RR lookup, then that domain name is skipped and the "
        "search continues'",
    ),
    Row(
        "takes the name of a modifier for case-sensitive: Redirect= is unknown to it",
        lambda each: any("Redirect=" in text for text in each.drawn.texts),
        "RFC 7208 §4.6.1: 'As per the definition of the ABNF notation in [RFC5234], mechanism and modifier names are "
        "case-insensitive'",
    ),
    Row(
        "takes a domain of %% alone for a macro that is cut off",
        says("invalid-macro-char"),
        'RFC 7208 §7.1: domain-end = ( "." toplabel [ "." ] ) / macro-expand; macro-expand = … / "%%" / …',
    ),
)


@pytest.fixture(scope="module")
def judged(make_zone: Any) -> list[Judged]:
    with pytest.MonkeyPatch.context() as patch:
        return [judge(drawn(seed), make_zone, patch) for seed in range(ZONES)]


def judge(each: Drawn, make_zone: Any, patch: pytest.MonkeyPatch) -> Judged:
    zone = make_zone(each.zone)
    patch.setattr(spf, "DNSLookup", lambda name, kind, *_: list(answers(zone, name, kind)))
    query = spf.query(i=each.ip, s=each.mail_from, h=each.helo)
    result, _, _ = query.check()
    ours = asyncio.run(check_host(zone, sender(each.ip, each.mail_from, each.helo)))
    return Judged(each, ours, result, query.lookups, getattr(query, "prob", ""))


def answers(zone: Any, name: str, kind: str) -> Iterable[tuple[tuple[str, str], Any]]:
    """A zone's answer in the form in which pyspf wants it."""
    answer = zone.answer(name.lower().rstrip("."), kind)
    if not answer.state.known:
        raise spf.TempError("DNS timeout")
    for record in answer.records:
        value = {"TXT": record.strings, "MX": (record.preference, record.target), "PTR": record.target}
        yield (name, kind), value.get(kind, record.text)


def rows_of(each: Judged) -> list[Row]:
    return [row for row in SETTLED if row.shows(each)]


def test_every_difference_is_settled(judged: list[Judged]) -> None:
    differing = [each for each in judged if not each.agreed]
    unsettled = [
        (each.drawn.seed, each.ours.result, each.ours.problem, each.theirs, each.problem)
        for each in differing
        if not rows_of(each)
    ]
    assert not unsettled
    shown = {row.pyspf for each in differing for row in rows_of(each)[:1]}
    assert {row.pyspf for row in SETTLED} == shown


def test_the_zones_meet_every_result_and_most_agree(judged: list[Judged]) -> None:
    assert {each.ours.result for each in judged} == set(SpfResult)
    assert sum(each.agreed for each in judged) > 0.8 * ZONES
