"""MTA-STS: the record, its texts parted by a bar; and the policy, which no zone holds."""

from __future__ import annotations

from tests.peers.checkdmarc.defects.zone_text import Variants

STS: Variants = {
    "sound": "v=STSv1; id=20260101;",
    "none": "",
    "two": "v=STSv1; id=1;|v=STSv1; id=2;",
    "unrelated beside": "v=STSv1; id=1;|verify=1",
    "unrelated alone": "verify=1",
    "no id": "v=STSv1;",
    "id with a hyphen": "v=STSv1; id=2026-01-01;",
    "id of 33": "v=STSv1; id=" + "1" * 33 + ";",
    "id empty": "v=STSv1; id=;",
    "id twice": "v=STSv1; id=1; id=2;",
    "id first": "id=1; v=STSv1;",
    "no final semicolon": "v=STSv1; id=1",
    "blanks": "v=STSv1 ; id=1 ;",
    "blanks around =": "v=STSv1; id = 1;",
    "an extension": "v=STSv1; id=1; ext=2;",
    "version in lower case": "v=stsv1; id=1;",
    "version 2": "v=STSv2; id=1;",
    "junk": "v=STSv1; id=1; junk;",
}
POLICY: Variants = {
    "sound": "version: STSv1\r\nmode: enforce\r\nmx: *.{d}\r\nmax_age: 604800\r\n",
    "line feeds": "version: STSv1\nmode: testing\nmx: m1.{d}\nmax_age: 604800\n",
    "none": "version: STSv1\nmode: none\nmax_age: 604800\n",
    "no final line end": "version: STSv1\nmode: enforce\nmx: m1.{d}\nmax_age: 604800",
    "no version": "mode: enforce\nmx: m1.{d}\nmax_age: 604800\n",
    "version 2": "version: STSv2\nmode: enforce\nmx: m1.{d}\nmax_age: 604800\n",
    "no mode": "version: STSv1\nmx: m1.{d}\nmax_age: 604800\n",
    "mode of none": "version: STSv1\nmode: report\nmx: m1.{d}\nmax_age: 604800\n",
    "no mx": "version: STSv1\nmode: enforce\nmax_age: 604800\n",
    "no max_age": "version: STSv1\nmode: enforce\nmx: m1.{d}\n",
    "max_age too long": "version: STSv1\nmode: enforce\nmx: m1.{d}\nmax_age: 31557601\n",
    "max_age is no number": "version: STSv1\nmode: enforce\nmx: m1.{d}\nmax_age: week\n",
    "max_age twice": "version: STSv1\nmode: enforce\nmx: m1.{d}\nmax_age: 604800\nmax_age: week\n",
    "star within": "version: STSv1\nmode: enforce\nmx: m1.*.{d}\nmax_age: 604800\n",
    "star for a part": "version: STSv1\nmode: enforce\nmx: m*.{d}\nmax_age: 604800\n",
    "an extension": "version: STSv1\nmode: enforce\nmx: m1.{d}\nmax_age: 604800\next: 1\n",
    "a line without a colon": "version: STSv1\nmode: enforce\nmx: m1.{d}\nmax_age: 604800\njunk\n",
    "blanks": "version:STSv1\nmode:  enforce \nmx:m1.{d}\nmax_age:\t604800\n",
    "version last": "mode: enforce\nmx: m1.{d}\nmax_age: 604800\nversion: STSv1\n",
    "empty": "",
}
