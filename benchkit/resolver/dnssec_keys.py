"""Signatures over sets of records (RFC 4035 §5.3), and the keys that a DS record names (§5.2)."""

from __future__ import annotations

import dns.dnssec
import dns.exception
from dns.dnssecalgs import get_algorithm_cls
from dns.dnssectypes import DSDigest
from dns.message import Message
from dns.name import Name
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rrset import RRset

from benchkit.resolver.names import text_name

KNOWN_DIGESTS = (DSDigest.SHA1, DSDigest.SHA256, DSDigest.SHA384)
MOST_KEYS = 16  # of one zone that are tried: a zone with more makes a validator work for nothing (CVE-2023-50387)
MOST_SIGNATURES = 8


class Bogus(Exception):
    """A signature or a proof that must be there is missing or wrong."""


def verified(message: Message, records: RRset, signer: Name, keys: RRset, now_s: float) -> int:
    """How many labels the signature covers; fewer than the name has means a wildcard. Raises Bogus."""
    what = f"{records.rdtype.name} at {text_name(records.name)}"
    signatures = _signatures(message, records)
    of_signer = [each for each in signatures if each.signer == signer][:MOST_SIGNATURES] if signatures else []
    if not of_signer:
        raise Bogus(f"no signature of {text_name(signer)} over {what}")
    why = ""
    for signature in of_signer:
        try:
            dns.dnssec.validate_rrsig(records, signature, {signer: keys}, now=now_s)
        except dns.exception.DNSException as error:
            why = str(error) or type(error).__name__
        else:
            return int(signature.labels)
    raise Bogus(f"the signature over {what} does not hold: {why}")


def _signatures(message: Message, records: RRset) -> RRset | None:
    for section in (message.answer, message.authority):
        found = message.get_rrset(section, records.name, IN, RdataType.RRSIG, records.rdtype)
        if found is not None:
            return found
    return None


def matching_keys(zone: Name, keys: RRset, ds: RRset) -> RRset | None:
    """The keys that the DS records name; None where no DS record has an algorithm and a digest known here (RFC 4035 §5.2)."""
    usable = [each for each in ds if each.digest_type in KNOWN_DIGESTS and _is_known(each.algorithm)]
    if not usable:
        return None
    chosen = RRset(zone, IN, RdataType.DNSKEY)
    for key in list(keys)[:MOST_KEYS]:
        if any(_is_of(zone, key, each) for each in usable):
            chosen.add(key)
    if not chosen:
        raise Bogus(f"no key of {text_name(zone)} fits its DS record")
    return chosen


def _is_known(algorithm: int) -> bool:
    try:
        get_algorithm_cls(algorithm)
    except dns.exception.DNSException:
        return False
    return True


def _is_of(zone: Name, key: object, ds: object) -> bool:
    if (dns.dnssec.key_id(key), key.algorithm) != (ds.key_tag, ds.algorithm):  # type: ignore[attr-defined, arg-type]
        return False
    try:
        digest = dns.dnssec.make_ds(zone, key, ds.digest_type, validating=True)  # type: ignore[attr-defined, arg-type]
    except dns.exception.DNSException:
        return False
    return bool(digest.digest == ds.digest)  # type: ignore[attr-defined]
