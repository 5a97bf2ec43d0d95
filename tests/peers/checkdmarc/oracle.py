"""checkdmarc as an oracle: what the functions of its check_domains make of a domain, in the words of verdicts.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import checkdmarc.bimi
import checkdmarc.dmarc
import checkdmarc.mta_sts
import checkdmarc.smtp
import checkdmarc.smtp_tls_reporting
import checkdmarc.spf
from dns.nameserver import Do53Nameserver

from tests.peers.checkdmarc.domains import Domain
from tests.peers.checkdmarc.verdicts import Verdicts, words_of

Asking = Mapping[str, Any]  # what each of its functions takes to reach a server
MX_WORDS = {
    "has no MX records": "none",
    "has a null MX record": "null",
    "alongside other MX records": "null among others",
    "a root (.) target is only valid": "null malformed",
    "points at the IP address": "an address",
    "listed in multiple MX": "twice",
    "CNAME alias": "alias",
    "does not have any A or AAAA": "no address",
    "does not exist": "no address",
    "does not have any reverse DNS": "no PTR",
    "do not resolve to": "another's PTR",
}


def checkdmarc_says(domains: Sequence[Domain], server: str) -> list[Verdicts]:
    """For a process of its own: it is set not to reach for policies, images and DNSSEC."""
    checkdmarc.smtp.check_dnssec = lambda *_, **__: False
    checkdmarc.smtp.get_tlsa_records = lambda *_, **__: []
    checkdmarc.bimi.requests = Downloads
    host, _, port = server.rpartition(":")
    asking = {"nameservers": [Do53Nameserver(host, int(port))]}
    return [_said(domain, asking) for domain in domains]


class Downloads:
    """In the place of `requests`: nothing can be had."""

    RequestException = OSError

    class Session:
        def __init__(self) -> None:
            self.headers: dict[str, str] = {}

        def get(self, url: str, **_: object) -> None:
            raise OSError(f"{url} is not to be had in a test")


def _said(domain: Domain, asking: Asking) -> Verdicts:
    name = domain.name
    return {
        "spf": _judged(lambda: _spf(name, asking)),
        "dmarc": _judged(lambda: _dmarc(name, asking)),
        "mx": _mx(name, asking),
        "mta_sts": _judged(lambda: _sts(name, asking)),
        "tls_rpt": _judged(lambda: _tls_rpt(name, asking)),
        "bimi": _judged(lambda: _bimi(name, asking)),
        "sts_policy": _judged(lambda: _policy(domain.policy)),
    }


def _judged(judge: Callable[[], str]) -> str:
    """Its errors are exceptions; `…NotFound` is also what it says where no answer came."""
    try:
        return judge()
    except Exception as error:
        return "none" if type(error).__name__.endswith("NotFound") else "invalid"


def _spf(name: str, asking: Asking) -> str:
    found = checkdmarc.spf.query_spf_record(name, **asking)
    try:
        parsed = checkdmarc.spf.parse_spf_record(found["record"], name, **asking)
    except checkdmarc.spf.SPFRecordNotFound:  # of an include
        return "invalid"
    return "invalid" if "error" in parsed else f"valid, {parsed['dns_lookups']} lookups"


def _dmarc(name: str, asking: Asking) -> str:
    found = checkdmarc.dmarc.query_dmarc_record(name, **asking)
    parsed = checkdmarc.dmarc.parse_dmarc_record(found["record"], found["location"], **asking)
    return f"valid, {parsed['tags']['p']['value']} at {found['location']}"


def _mx(name: str, asking: Asking) -> str:
    found = checkdmarc.smtp.check_mx(name, **asking)
    if "error" in found:
        return "unknown"
    warnings = found["warnings"]
    return words_of(word for text, word in MX_WORDS.items() if any(text in warning for warning in warnings))


def _sts(name: str, asking: Asking) -> str:
    checkdmarc.mta_sts.parse_mta_sts_record(checkdmarc.mta_sts.query_mta_sts_record(name, **asking)["record"])
    return "valid"


def _tls_rpt(name: str, asking: Asking) -> str:
    reporting = checkdmarc.smtp_tls_reporting
    reporting.parse_smtp_tls_reporting_record(reporting.query_smtp_tls_reporting_record(name, **asking)["record"])
    return "valid"


def _bimi(name: str, asking: Asking) -> str:
    checkdmarc.bimi.parse_bimi_record(checkdmarc.bimi.query_bimi_record(name, **asking)["record"], domain=name)
    return "valid"


def _policy(policy: str) -> str:
    checkdmarc.mta_sts.parse_mta_sts_policy(policy)
    return "valid"
