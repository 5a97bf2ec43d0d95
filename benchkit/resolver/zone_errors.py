"""Why a line of a zone file cannot be read, in plain words, with the form that such a record has.

Law: dnspython's own words are not shown; an error that is not in the table here shows only its line and the expected form.
"""

from __future__ import annotations

import re

from benchkit.errors import Mistake

PLACE = re.compile(r"^.*?:(\d+): (.*)$", re.DOTALL)  # dnspython's "file:line: what"
SHOWN = 60  # characters of the line
FORMS = {
    "A": "mail IN A 192.0.2.25",
    "AAAA": "mail IN AAAA 2001:db8::25",
    "CNAME": "s1._domainkey IN CNAME s1.domainkey.provider.example.",
    "MX": "@ IN MX 10 mail.shop.example.",
    "NS": "@ IN NS ns1.shop.example.",
    "SOA": "@ IN SOA ns1 hostmaster 1 7200 3600 1209600 3600",
    "SRV": "_submission._tcp IN SRV 0 1 587 mail.shop.example.",
    "TLSA": "_25._tcp.mail IN TLSA 3 1 1 and 64 hexadecimal digits",
    "TXT": '@ IN TXT "v=spf1 mx -all"',
}
WORDS: tuple[tuple[str, str], ...] = (
    (r"unknown rdatatype '(.+)'", '"{0}" is no record type'),
    ("newline in quoted string", "the quotation mark is not closed on its line"),
    ("unbalanced parentheses", "a parenthesis is not closed"),
    (r"directive '(.+)' is not allowed", "{0} is not followed: put its records into this file"),
    ("Missing default TTL", 'the record has no TTL: begin the file with a line such as "$TTL 3600"'),
    ("last used name is undefined", "the first record has no name: begin its line with one, or with @"),
    ("class is not zone's class", "its class is not IN"),
    ("expecting an integer", "a number is missing, or is no number"),
    ("ended unexpectedly|expecting an identifier|expecting a string", "a part of the record is missing"),
    ("label is empty", "a name has two dots together, or begins with one"),
    ("label is > 63|LabelTooLong", "a part of a name has more than 63 characters"),
    ("name is > 255|NameTooLong", "a name has more than 255 characters"),
    ("[Ee]scape", "a backslash must be before three digits or one character"),
    ("extra stuff|expected EOL|not EOL|too many", "there is more behind the record than belongs to it"),
    ("malformed|AddressFormat|hexadecimal|base64|padding|Odd-length", "a value is not in the form that it needs"),
)


def mistake_of(error: Exception, path: str, line: int, text: str) -> Mistake:
    """`line` is where the reader was, and `text` the whole file."""
    message = str(error)
    if place := PLACE.match(message):
        line, message = int(place[1]), place[2]
    return Mistake(path, _problem(message, _line(text, line)), line=line, column=1)


def _problem(message: str, written: str) -> str:
    search = _plainer(message, written)
    why = next((words.format(*found.groups()) for pattern, words in WORDS if (found := re.search(pattern, search))), "")
    quoted = f"`{written[:SHOWN]}{'…' * (len(written) > SHOWN)}` cannot be read"
    kind = next((word.upper() for word in written.split() if word.upper() in FORMS), "")
    form = f"write it as in: {FORMS[kind]}" if kind and "TTL" not in why else ""
    return ". ".join(
        part[0].upper() + part[1:] if number else part
        for number, part in enumerate(filter(None, (f"{quoted}: {why}" if why else quoted, form)))
    )


def _plainer(message: str, written: str) -> str:
    """dnspython says "malformed" of much: what the line itself shows is said first."""
    if "malformed" not in message:
        return message
    return "ended unexpectedly" if len(written.split()) < 3 else "escape" if "\\" in written else message


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return " ".join(lines[number - 1].split()) if 0 < number <= len(lines) else ""
