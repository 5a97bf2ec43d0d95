"""TLSA records against the chain that a mail server sent (RFC 6698 §2.1, RFC 7672 §3). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from itertools import pairwise

from benchkit.audit.connect_probe.certificates import PeerCertificate


class Usage(IntEnum):
    PKIX_TA, PKIX_EE, DANE_TA, DANE_EE = range(4)


class DaneVerdict(StrEnum):
    """`MATCH` is what a DANE-validating sender needs of one record; the others say why this one does not give it."""

    MATCH = "match"
    DIFFERS = "differs"  # no certificate of the chain has this data
    UNUSABLE = "unusable"  # a usage, selector or matching type that SMTP does not know (RFC 7672 §3.1.3)
    WRONG_NAME = "wrong-name"  # DANE-TA: the anchor is there, but the certificate is for other names
    EXPIRED = "expired"  # DANE-TA: … or one on the way to it is out of its time
    BROKEN_CHAIN = "broken-chain"  # DANE-TA: … or they do not sign each other


@dataclass(frozen=True, slots=True)
class Association:
    """A TLSA record's four fields."""

    usage: int
    selector: int
    matching: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Match:
    """`depth` is the certificate that has the data: 0 is the server's own, -1 none."""

    association: Association
    verdict: DaneVerdict
    depth: int = -1


def match_all(
    associations: Iterable[Association], chain: Sequence[PeerCertificate], names: Sequence[str], now: datetime
) -> tuple[Match, ...]:
    """Each record judged by itself; a sender accepts the server if any of them matches (RFC 7672 §2.2).

    `names` are the reference identifiers of RFC 7672 §3.2.2: the TLSA base domain, and the domain of the mail.
    """
    return tuple(_match(association, chain, names, now) for association in associations)


def _match(association: Association, chain: Sequence[PeerCertificate], names: Sequence[str], now: datetime) -> Match:
    usable = association.usage in (Usage.DANE_TA, Usage.DANE_EE)
    if not usable or association.selector not in (0, 1) or association.matching not in (0, 1, 2):
        return Match(association, DaneVerdict.UNUSABLE)
    candidates = chain[:1] if association.usage == Usage.DANE_EE else chain
    depth = next((depth for depth, each in enumerate(candidates) if _fits(association, each)), -1)
    if depth < 0:
        return Match(association, DaneVerdict.DIFFERS)
    if association.usage == Usage.DANE_EE:  # neither name nor time matters (RFC 7672 §3.1.1)
        return Match(association, DaneVerdict.MATCH, depth)
    return Match(association, _anchored(chain[: depth + 1], names, now), depth)


def _fits(association: Association, certificate: PeerCertificate) -> bool:
    selected = certificate.key if association.selector else certificate.der
    match association.matching:
        case 1:
            selected = hashlib.sha256(selected).digest()
        case 2:
            selected = hashlib.sha512(selected).digest()
    return bool(selected) and selected == association.data


def _anchored(path: Sequence[PeerCertificate], names: Sequence[str], now: datetime) -> DaneVerdict:
    """From the server's certificate up to the anchor (RFC 7672 §3.1.2)."""
    if not all(each.is_issued_by(above) for each, above in pairwise(path)):
        return DaneVerdict.BROKEN_CHAIN
    if not all(each.is_valid_at(now) for each in path):
        return DaneVerdict.EXPIRED
    if not any(path[0].is_for(name) for name in names):
        return DaneVerdict.WRONG_NAME
    return DaneVerdict.MATCH
