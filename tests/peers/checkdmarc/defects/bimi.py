"""BIMI records, the texts of a name parted by a bar."""

from __future__ import annotations

from tests.peers.checkdmarc.defects.zone_text import Variants

BIMI: Variants = {
    "sound": "v=BIMI1; l=https://{d}/a.svg; a=https://{d}/a.pem",
    "no certificate": "v=BIMI1; l=https://{d}/a.svg",
    "declined": "v=BIMI1; l=; a=;",
    "none": "",
    "two": "v=BIMI1; l=https://{d}/a.svg|v=BIMI1; l=https://{d}/b.svg",
    "unrelated beside": "v=BIMI1; l=https://{d}/a.svg|verify=1",
    "version alone": "v=BIMI1;",
    "l by http": "v=BIMI1; l=http://{d}/a.svg",
    "l of two": "v=BIMI1; l=https://{d}/a.svg,https://{d}/b.svg",
    "l twice": "v=BIMI1; l=https://{d}/a.svg; l=https://{d}/b.svg",
    "l is no URI": "v=BIMI1; l=logo",
    "a by http": "v=BIMI1; l=https://{d}/a.svg; a=http://{d}/a.pem",
    "avp": "v=BIMI1; l=https://{d}/a.svg; avp=personal",
    "avp of none": "v=BIMI1; l=https://{d}/a.svg; avp=team",
    "unknown tag": "v=BIMI1; l=https://{d}/a.svg; new=1",
    "version in lower case": "v=bimi1; l=https://{d}/a.svg",
    "version 2": "v=BIMI2; l=https://{d}/a.svg",
}
