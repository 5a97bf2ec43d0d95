"""A zone file (RFC 1035 §5) as a dnspython zone; every way in which it cannot be read is an InputError with file and line.

`$INCLUDE` and `$GENERATE` stay shut: an audit reads the file that it was given, and no other.
"""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import dns.exception
import dns.name
import dns.rdataclass
import dns.zonefile
from dns.name import Name
from dns.tokenizer import Token, Tokenizer
from dns.zone import Zone

from benchkit.errors import InputError, Mistake, reason
from benchkit.resolver.names import wire_name

PLACE = re.compile(r"^.*?:(\d+): (.*)$", re.DOTALL)  # dnspython's "file:line: what"


class PlacedTokenizer(Tokenizer):
    """dnspython's, which tells the line of the last token and not the line after it."""

    token_line = 1

    def get(self, want_leading: bool = False, want_comment: bool = False) -> Token:
        fresh, line = self.ungotten_token is None, self.line_number
        token = super().get(want_leading, want_comment)
        if fresh and not token.is_eol_or_eof():
            self.token_line = line
        return token

    def where(self) -> tuple[str, int]:
        return self.filename, self.token_line


def read_zone(path: Path, origin: str = "") -> tuple[Zone, Name]:
    """The zone in a file and its origin, which is the first `$ORIGIN`, else the owner of its SOA record, else `origin`."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Mistake(str(path), f"cannot be read as a zone file: {reason(error)}")) from error
    begins = _origin(text, str(path), origin)
    zone = _parse(text, str(path), begins)
    if not zone.nodes:
        raise InputError(Mistake(str(path), "holds no record"))
    return zone, begins


def _origin(text: str, path: str, given: str) -> Name:
    stated = re.search(r"^\$ORIGIN\s+(\S*\.)\s*(?:;|$)", text, re.MULTILINE | re.IGNORECASE)
    owner = re.search(r"^(\S+\.)\s[^;\n]*\bSOA\b", text, re.MULTILINE | re.IGNORECASE)
    name = next((found[1] for found in (stated, owner) if found), given)
    found = wire_name(name) if name else None
    if found is None:
        raise InputError(Mistake(path, 'has no origin: begin it with a line such as "$ORIGIN shop.example."'))
    return found


def _parse(text: str, path: str, origin: Name) -> Zone:
    zone = Zone(origin, relativize=False)
    with zone.writer(replacement=True) as transaction:
        tokens = PlacedTokenizer(StringIO(text), path)
        reader = dns.zonefile.Reader(
            tokens, dns.rdataclass.IN, transaction, allow_directives={"$ORIGIN", "$TTL"}, default_ttl=None
        )
        try:
            reader.read()
        except (dns.exception.DNSException, ValueError, KeyError) as error:
            raise InputError(_mistake(error, path, tokens.where()[1])) from error
    return zone


def _mistake(error: Exception, path: str, line: int) -> Mistake:
    message = str(error) or type(error).__name__
    if place := PLACE.match(message):
        line, message = int(place[1]), place[2]
    return Mistake(path, message, line=line, column=1)
