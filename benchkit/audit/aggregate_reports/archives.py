"""A file that a receiver sent → the documents in it: plain, gzip, zip, or attached to a mail; mailboxes in mbox format too.

Law: nothing is unpacked beyond its limit, however small it is packed, and no archive is read inside an archive.
"""

from __future__ import annotations

import email
import email.policy
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from email.message import EmailMessage, Message
from typing import cast

from benchkit.audit.aggregate_reports.refusal import RefusedReport

PACKED_LIMIT = 50_000_000  # of one file; the largest receivers stay below 10 MB
UNPACKED_LIMIT = 200_000_000  # of all documents of one file
MEMBERS_LIMIT = 100
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
_MBOX = re.compile(rb"^From [^\r\n]*\r?\n", re.MULTILINE)
_PART_NAMES = re.compile(r"\.(xml|json|gz|gzip|zip)$", re.IGNORECASE)
_PART_TYPES = re.compile(r"(gzip|zip|xml|json|octet-stream)", re.IGNORECASE)


def documents(data: bytes) -> Iterator[bytes]:
    """Raises RefusedReport."""
    if len(data) > PACKED_LIMIT:
        raise RefusedReport(f"has {len(data):,} bytes, and the limit is {PACKED_LIMIT:,}")
    left = UNPACKED_LIMIT
    for part in _parts(data):
        for document in _unpacked(part, left):
            left -= len(document)
            yield document


def _parts(data: bytes) -> Iterator[bytes]:
    start = data.lstrip()[:1]
    if data[:2] == GZIP or data[:4] == ZIP or start in (b"<", b"{", b"\xef", b"\xff", b"\xfe"):
        yield data
    elif data.startswith(b"From "):
        for mail in _MBOX.split(data):
            if mail.strip():
                yield from _attachments(mail)
    elif re.match(rb"[!-9;-~]+[ \t]*:", data):
        yield from _attachments(data)
    else:
        raise RefusedReport("is not a report: benchkit reads XML, JSON, gzip, zip and mail")


def _attachments(octets: bytes) -> Iterator[bytes]:
    parsed: Message = email.message_from_bytes(octets, policy=email.policy.compat32)
    found = [part for part in parsed.walk() if not part.is_multipart() and _may_be_report(part)]
    if not found:
        raise RefusedReport("is a mail without an attached report")
    for part in found:
        payload = cast(EmailMessage, part).get_payload(decode=True)
        if isinstance(payload, bytes):
            yield payload


def _may_be_report(part: Message) -> bool:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError):
        name = ""
    return bool(_PART_NAMES.search(name.strip())) or bool(_PART_TYPES.search(part.get_content_type()))


def _unpacked(data: bytes, limit: int) -> Iterator[bytes]:
    if data[:4] == ZIP:
        yield from _of_zip(data, limit)
    elif data[:2] == GZIP:
        yield _not_packed(_of_gzip(data, limit))
    else:
        yield data


def _not_packed(data: bytes) -> bytes:
    if data[:2] == GZIP or data[:4] == ZIP:
        raise RefusedReport("contains an archive inside an archive, which benchkit does not read: unpack it first")
    return data


def _of_gzip(data: bytes, limit: int) -> bytes:
    """All members one after the other (RFC 1952 §2.2). What ends too early is refused; what comes behind is left out."""
    found = bytearray()
    while data[:2] == GZIP:
        inflating = zlib.decompressobj(wbits=31)
        try:
            found += inflating.decompress(data, limit - len(found) + 1)
        except zlib.error as error:
            raise RefusedReport(f"is not a gzip file: {error}") from None
        if len(found) > limit:
            raise RefusedReport(f"unpacks to more than {limit:,} bytes")
        if not inflating.eof:
            raise RefusedReport("is a gzip file that ends too early")
        data = inflating.unused_data
    return bytes(found)


def _of_zip(data: bytes, limit: int) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MEMBERS_LIMIT:
                raise RefusedReport(f"holds {len(members)} files, and the limit is {MEMBERS_LIMIT}")
            for member in members:
                found = _member(archive, member, limit)
                limit -= len(found)
                yield _not_packed(found)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise error if isinstance(error, RefusedReport) else RefusedReport(f"is not a zip file: {error}") from None
    except (RuntimeError, NotImplementedError):  # what zipfile raises for a password and for other methods
        raise RefusedReport("is a zip file with a password, or packed by a method that is not read") from None


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """Read up to the limit, whatever size the archive claims."""
    with archive.open(member) as file:
        found = file.read(limit + 1)
    if len(found) > limit:
        raise RefusedReport(f"unpacks to more than {limit:,} bytes")
    return found
