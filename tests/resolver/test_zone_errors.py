"""A line of a zone file that cannot be read is told by itself, in plain words, with the form that it should have."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.resolver import from_zone

HEAD = "$ORIGIN a.example.\n$TTL 60\n"
FOREIGN = ("rdatatype", "Text input", "DNS label", "identifier", "exception", "dns.", "0x")  # dnspython's own words
LINES: dict[str, tuple[str, str]] = {
    "@ IN MX ten mail": ("a number is missing, or is no number", "@ IN MX 10 mail.shop.example."),
    "@ IN MX 10": ("a part of the record is missing", "@ IN MX 10 mail.shop.example."),
    "@ IN A 300.1.2.3": ("a value is not in the form that it needs", "mail IN A 192.0.2.25"),
    "@ IN AAAA 2001:db8::g": ("a value is not in the form that it needs", "mail IN AAAA"),
    "@ IN TXT": ("a part of the record is missing", '@ IN TXT "v=spf1 mx -all"'),
    '@ IN TXT "open': ("the quotation mark is not closed", '@ IN TXT "v=spf1 mx -all"'),
    '@ IN TXT ( "open"': ("a parenthesis is not closed", "@ IN TXT"),
    '@ IN TXTT "x"': ('"TXTT" is no record type', ""),
    "@ IN MX 10 mail..x": ("a name has two dots together", "@ IN MX 10"),
    f"{'x' * 64} IN A 192.0.2.1": ("a part of a name has more than 63 characters", "mail IN A"),
    "@ IN SOA ns1 h 1 2 3 4": ("a part of the record is missing", "@ IN SOA ns1 hostmaster"),
    "@ IN TLSA 3 1 1 xyz": ("a value is not in the form that it needs", "_25._tcp.mail IN TLSA"),
    "@ IN CNAME a b": ("there is more behind the record than belongs to it", "IN CNAME"),
    "@ CH A 192.0.2.1": ("its class is not IN", ""),
    '@ IN TXT "\\999"': ("a backslash must be before three digits or one character", "@ IN TXT"),
    "@": ("a part of the record is missing", ""),
    "$GENERATE 1-2 a A 192.0.2.$": ("$GENERATE is not followed", ""),
}


@pytest.mark.parametrize("line", LINES)
def test_a_line(line: str, tmp_path: Path) -> None:
    path = tmp_path / "a.zone"
    path.write_text(f"{HEAD}{line}\n", "utf-8")
    with pytest.raises(InputError) as caught:
        from_zone([path])
    (mistake,) = caught.value.mistakes
    why, form = LINES[line]
    assert mistake.line == 3
    assert mistake.message.startswith(f"`{line[:60]}")
    assert why in mistake.message
    assert form in mistake.message
    assert not [word for word in FOREIGN if word in mistake.message.replace(line, "")]
