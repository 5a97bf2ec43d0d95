"""The mark certificate of a BIMI record (VMC or CMC): RFC 3709 logotypes and the key usage of brand indicators. Pure.

This file does not know which issuers receivers accept: they keep their own lists.
"""

from __future__ import annotations

import base64
import binascii
import re
import warnings
import zlib
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.x509.oid import NameOID

BRAND_INDICATOR = "1.3.6.1.5.5.7.3.31"  # id-kp-BrandIndicatorforMessageIdentification
LOGOTYPE = "1.3.6.1.5.5.7.1.12"
LARGEST_LOGO = 1 << 20
_EMBEDDED = re.compile(rb"data:image/svg\+xml(?:;[a-z0-9-]+)*;base64,([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class MarkCertificate:
    """`faults` say in words what keeps a receiver from using it; `logo` is the SVG inside, empty where it cannot be read."""

    issuer: str = ""
    names: tuple[str, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    logo: bytes = b""
    faults: tuple[str, ...] = ()

    def is_for(self, domain: str) -> bool:
        """One of its names is the domain, one above it, or the record's own name (draft-fetch-validation-vmc §5)."""
        return any(
            domain == name or domain.endswith(f".{name}") or name.endswith(f"._bimi.{domain}") for name in self.names
        )


def read_mark_certificate(pem: bytes) -> MarkCertificate:
    """Any octets; never raises."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return _read(x509.load_pem_x509_certificates(pem))
    except Exception as error:  # cryptography has many ways to refuse a stranger's certificate
        return MarkCertificate(faults=(f"it is no PEM file of certificates: {error}"[:120],))


def _read(chain: list[x509.Certificate]) -> MarkCertificate:
    own, faults = chain[0], []
    if BRAND_INDICATOR not in _usages(own):
        faults.append("it is no mark certificate: the key usage for brand indicators is missing")
    logotype = _logotype(own)
    if not logotype:
        faults.append("it holds no logotype")
    if len(chain) < 2:
        faults.append("the certificates of its issuer are missing behind it")
    elif any(below.issuer != above.subject for below, above in pairwise(chain)):
        faults.append("the certificates are not in the order from the mark's to the root's")
    issuer = own.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return MarkCertificate(
        issuer=str(issuer[0].value) if issuer else own.issuer.rfc4514_string(),
        names=_names(own),
        not_before=own.not_valid_before_utc,
        not_after=own.not_valid_after_utc,
        logo=_logo(logotype),
        faults=tuple(faults),
    )


def _usages(own: x509.Certificate) -> tuple[str, ...]:
    try:
        return tuple(each.dotted_string for each in own.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return ()


def _names(own: x509.Certificate) -> tuple[str, ...]:
    try:
        names = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(name.lower() for name in names.get_values_for_type(x509.DNSName))


def _logotype(own: x509.Certificate) -> bytes:
    for extension in own.extensions:
        if extension.oid.dotted_string == LOGOTYPE and isinstance(extension.value, x509.UnrecognizedExtension):
            return extension.value.value
    return b""


def _logo(logotype: bytes) -> bytes:
    """The SVG in the data: URI of the extension, gzipped as a rule (RFC 6170 §4)."""
    found = _EMBEDDED.search(logotype)
    try:
        octets = base64.b64decode(found[1], validate=True) if found else b""
        if octets[:2] != b"\x1f\x8b":
            return octets
        return zlib.decompressobj(wbits=31).decompress(octets, LARGEST_LOGO)
    except (binascii.Error, zlib.error, ValueError):
        return b""
