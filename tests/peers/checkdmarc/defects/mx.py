"""MX records, and the hosts that they name."""

from __future__ import annotations

from tests.peers.checkdmarc.defects.zone_text import Variants

FINE = "m1 IN A 192.0.2.25\n"
MX: Variants = {
    "sound": "@ IN MX 10 m1\n" + FINE,
    "two": "@ IN MX 10 m1\n@ IN MX 20 host.esp.example.\n" + FINE,
    "none, with an address": "@ IN A 192.0.2.80",
    "none": "",
    "null": "@ IN MX 0 .",
    "null among others": "@ IN MX 0 .\n@ IN MX 10 m1\n" + FINE,
    "null with a preference": "@ IN MX 10 .",
    "an alias": "@ IN MX 10 m2\nm2 IN CNAME m1\n" + FINE,
    "no address": "@ IN MX 10 m3\nm3 IN TXT here",
    "no such name": "@ IN MX 10 gone",
    "one twice": "@ IN MX 10 m1\n@ IN MX 20 m1\n" + FINE,
    "an address": "@ IN MX 10 192.0.2.25.",
    "no PTR": "@ IN MX 10 m4\nm4 IN A 192.0.2.99",
    "another's PTR": "@ IN MX 10 m5\nm5 IN A 192.0.2.26",
}
