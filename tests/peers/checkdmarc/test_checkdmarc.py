"""The audit against checkdmarc on 500 drawn domains that one NSD serves: the same verdicts, or a row of SETTLED.

A row is a class of differences: one feature, and the variants of it that the two judge differently for one reason, which the
standard settles. A difference in no row fails; so does a row, or a variant of a row, that no domain shows.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import pytest

from benchkit.audit import audit_domains
from benchkit.model.audit import AuditReport
from benchkit.resolver import Timeouts, open_live
from tests.peers.checkdmarc.domains import NO_ANSWER, Domain, domains, write_zones
from tests.peers.checkdmarc.oracle import checkdmarc_says
from tests.peers.checkdmarc.verdicts import Verdicts, benchkit_says
from tests.peers.dns.servers import nsd

COUNT = 500
PATIENCE = Timeouts(
    tries_s=(5.0, 5.0, 5.0), whole_s=20.0, in_flight=32
)  # a busy machine must not make an answer unknown


@dataclass(frozen=True, slots=True)
class Row:
    """`right` is benchkit, or both where the standard leaves it open."""

    feature: str
    variants: tuple[str, ...]
    theirs: str
    ours: str
    right: str
    rfc: str


SETTLED = (
    Row(
        "spf",
        ("a of a label", "a with an address"),
        *("valid, 1 lookups", "invalid", "benchkit"),
        'RFC 7208 §7.1: domain-end = ( "." toplabel [ "." ] ) / macro-expand, and a toplabel is not all digits',
    ),
    Row(
        "spf",
        ("unknown mechanism behind all", "tab within"),
        *("valid, 0 lookups", "invalid", "benchkit"),
        "RFC 7208 §4.6: 'if there are any syntax errors anywhere in the record, check_host() returns immediately with the "
        'result "permerror"\'; §12: only SP parts terms',
    ),
    Row(
        "spf",
        ("upper case",),
        *("invalid", "valid, 1 lookups", "benchkit"),
        "RFC 7208 §12: 'as per this ABNF definition, literal text strings (those in quotes) are case-insensitive'",
    ),
    Row(
        "spf",
        ("octets that are no ASCII",),
        *("none", "invalid", "benchkit"),
        "RFC 7208 §4.5 selects a record by its version section alone; §4.6 then makes it a permerror",
    ),
    Row(
        "spf",
        ("include without an answer",),
        *("invalid", "unknown", "benchkit"),
        "RFC 7208 §5.2: an included check_host() that returns temperror makes the result temperror: no fault of the record",
    ),
    Row(
        "spf",
        (NO_ANSWER,),
        *("none", "unknown", "benchkit"),
        "RFC 7208 §4.4: 'or if the lookup times out, then check_host() terminates immediately with the result "
        '"temperror"\', not "none"',
    ),
    Row(
        "dmarc",
        ("unrelated beside", "semicolons only", "a tag without =", "octets that are no ASCII"),
        *("invalid", "valid, reject at {d}", "benchkit"),
        "RFC 9989 §4.10: records that do not start with the version are discarded; §4.8: 'Syntax errors in the remainder of "
        "the record MUST be discarded in favor of default values (if any) or ignored outright'",
    ),
    Row(
        "dmarc",
        ("psd=x", "t=x", "fo=x", "rua empty", "rua without mailto"),
        *("invalid", "valid, reject at {d}", "benchkit"),
        "RFC 9989 §4.8: 'Syntax errors in the remainder of the record MUST be discarded in favor of default values'",
    ),
    Row(
        "dmarc",
        ("p misspelt, rua", "sp misspelt", "np misspelt"),
        *("invalid", "valid, none at {d}", "benchkit"),
        "RFC 9989 §4.10.1: where p, sp or np is not valid and rua 'contains at least one syntactically valid reporting URI, "
        'the Mail Receiver MUST act as if a record containing "p=none" was retrieved\'',
    ),
    Row(
        "dmarc",
        ("version alone", "no p, no rua", "no p, no rua, and the parent's"),
        *("valid, none at {d}", "invalid", "benchkit"),
        "RFC 9989 §4.10.1: 'Otherwise, the Mail Receiver applies no DMARC processing to this message'",
    ),
    Row(
        "dmarc",
        ("unrelated alone", "SPF there"),
        *("invalid", "none", "benchkit"),
        'RFC 9989 §4.7 of v: \'If the tag is not the first in the list, the tag is absent, or the value is not "DMARC1", '
        "then the entire record MUST be ignored'",
    ),
    Row(
        "dmarc",
        ("t=y",),
        *("valid, reject at {d}", "valid, quarantine at {d}", "benchkit"),
        "RFC 9989 §4.7 of t=y: 'the policy applied to any failing messages will be one level below the specified policy'",
    ),
    Row(
        "dmarc",
        (NO_ANSWER,),
        *("invalid", "unknown", "benchkit"),
        "RFC 9989 §5.3.6: where DNS queries 'do not complete due to temporary or permanent DNS errors, the message cannot "
        "be considered to pass or fail the DMARC mechanism check': nothing is known of the record",
    ),
    Row(
        "tls_rpt",
        ("rua by mailto and ftp",),
        *("invalid", "valid", "benchkit"),
        "RFC 8460 §3: of more than one rua 'the reporter MAY attempt to deliver to each of the supported rua destinations'. "
        "benchkit warns of the other",
    ),
    Row(
        "tls_rpt",
        (NO_ANSWER,),
        *("none", "unknown", "benchkit"),
        "RFC 2308 §7: a server failure says nothing about what exists",
    ),
    Row(
        "mta_sts",
        (NO_ANSWER,),
        *("none", "unknown", "benchkit"),
        "RFC 8461 §3.3: where no live policy can be discovered, 'the sender MUST apply that cached policy': a failure of the "
        "look-up does not say that there is none",
    ),
    Row(
        "bimi",
        (NO_ANSWER,),
        *("none", "unknown", "benchkit"),
        "RFC 2308 §7: a server failure says nothing about what exists",
    ),
)


@dataclass(frozen=True, slots=True)
class Difference:
    feature: str
    variant: str
    theirs: str
    ours: str


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Domain, Verdicts, Verdicts]]:
    """Of each domain, what benchkit says and what checkdmarc says, which works in a process of its own meanwhile."""
    drawn, yard = domains(COUNT), tmp_path_factory.mktemp("checkdmarc")
    other = multiprocessing.get_context("spawn")
    with nsd(yard, write_zones(drawn, yard)) as server, ProcessPoolExecutor(1, other) as oracle:
        said = oracle.submit(checkdmarc_says, drawn, server)
        reports = asyncio.run(_audited(drawn, server))
        return list(zip(drawn, map(benchkit_says, drawn, reports), said.result(), strict=True))


async def _audited(drawn: Sequence[Domain], server: str) -> list[AuditReport]:
    async with open_live([server], timeouts=PATIENCE) as live:
        return [report async for report in audit_domains([domain.name for domain in drawn], lambda domain: live)]


def differences(domain: Domain, ours: Verdicts, theirs: Verdicts) -> list[Difference]:
    return [
        Difference(
            feature, variant, theirs[feature].replace(domain.name, "{d}"), ours[feature].replace(domain.name, "{d}")
        )
        for feature, variant in domain.variants.items()
        if theirs[feature] != ours[feature]
    ]


def test_every_difference_is_settled(verdicts: list[tuple[Domain, Verdicts, Verdicts]]) -> None:
    found = {each for row in verdicts for each in differences(*row)}
    settled = {Difference(row.feature, variant, row.theirs, row.ours) for row in SETTLED for variant in row.variants}
    assert found - settled == set()
    assert settled - found == set()


def test_each_of_them_says_every_kind_of_thing(verdicts: list[tuple[Domain, Verdicts, Verdicts]]) -> None:
    """An oracle that had broken down would say the same of everything."""
    for feature in ("spf", "dmarc", "mta_sts", "tls_rpt", "bimi"):
        for said in ({row[1][feature] for row in verdicts}, {row[2][feature] for row in verdicts}):
            assert {"none", "valid", "invalid"} <= {words.partition(",")[0] for words in said}
