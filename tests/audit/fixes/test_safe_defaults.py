"""Records that do nothing are removed by default, where something else does their work; else the owner is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.model.dns import Record
from benchkit.report import audit_manual
from benchkit.report.fix_words import SAFE_WHERE
from tests.audit.fixes.faulty_zones import DMARC, KEY, MX, RSA, SPF
from tests.audit.fixes.published import HEAD, audited, published
from tests.audit.fixes.test_published_zones import published_and_checked
from tests.audit.fixes.test_screen import followed, screen

MAIL = MX + SPF + DMARC
CUT = f's2._domainkey IN TXT "{RSA[:200]}"\n'
ALIAS = "google._domainkey IN CNAME google._domainkey.keys\n"
LATER = "s2._domainkey IN CNAME s2.domainkey.u1.wl1.sendgrid.net.\n"
STS = '_mta-sts IN TXT "v=STSv1; id={}"\n'
POLICY_HOST = "mta-sts IN A 192.0.2.40\n"
REPORTS = '_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@shop.example"\n'
TABLE: dict[str, tuple[str, tuple[str, ...]]] = {  # lines of the zone → the owners of records that go
    "a key that is cut off": (MAIL + KEY + CUT, ("s2._domainkey.shop.example",)),
    "the only key is cut off": (MAIL + CUT, ()),
    "a key without p=": (MAIL + KEY + 's2._domainkey IN TXT "v=DKIM1; k=rsa"\n', ("s2._domainkey.shop.example",)),
    "a revoked key": (MAIL + KEY + 's2._domainkey IN TXT "v=DKIM1; p="\n', ()),
    "a key of an unknown kind": (MAIL + KEY + f's2._domainkey IN TXT "{RSA.replace("rsa", "new")[:200]}"\n', ()),
    "an own alias without a key": (MAIL + KEY + ALIAS, ("google._domainkey.shop.example",)),
    "an own alias, and no other key": (MAIL + ALIAS, ()),
    "a provider's alias without a key": (MAIL + KEY + LATER, ()),
    "a dead name server": (MAIL + KEY + "@ IN NS gone\n", ("shop.example",)),
    "two dead name servers": (MAIL + KEY + "@ IN NS gone\n@ IN NS lost\n", ("shop.example",)),
    "MTA-STS without its host": (MAIL + KEY + REPORTS + STS.format(1), ("_mta-sts.shop.example",)),
    "MTA-STS without host and id": (MAIL + KEY + REPORTS + STS.format("a-b"), ("_mta-sts.shop.example",)),
    "MTA-STS twice without its host": (
        MAIL + KEY + REPORTS + STS.format(1) + STS.format(2),
        ("_mta-sts.shop.example",),
    ),
    "MTA-STS with its host": (MAIL + KEY + REPORTS + STS.format("a-b") + POLICY_HOST, ()),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_does_nothing_goes(name: str, tmp_path: Path) -> None:
    lines, owners = TABLE[name]
    before, after, zone = published_and_checked(lines, tmp_path)
    defaults = [fix for fix in before.fixes if fix.unless]
    assert tuple(fix.name for fix in defaults) == owners
    assert all(fix.before and not fix.after and fix.is_for_now for fix in defaults)
    assert [fix.unless for fix in after.fixes if fix.unless] == []
    assert audited(zone, tmp_path, ip="192.0.2.25").spf.result == "pass"
    assert {key.selector for key in before.dkim if key.status == "found" and key.key_bits} <= {
        key.selector for key in after.dkim
    }


def test_the_screen_tells_them_apart(tmp_path: Path) -> None:
    zone = HEAD + MAIL + KEY + CUT + "@ IN NS gone\n"
    shown = screen(zone, tmp_path)
    assert "Safe defaults" in shown
    assert "unless you give it an address" in " ".join(shown.split())
    assert SAFE_WHERE in " ".join(shown.split())
    assert "the key is cut off: p= has" in " ".join(shown.split())
    assert "Safe defaults" not in screen(followed(zone, shown), tmp_path)


def test_a_dead_name_server_stays_where_two_others_are_not_there(tmp_path: Path) -> None:
    one = HEAD.replace("@ IN NS ns2\n", "")
    assert one != HEAD
    for head, offered in ((HEAD, 1), (one, 0)):
        found = audited(head + MAIL + KEY + "@ IN NS gone\n", tmp_path)
        assert len([fix for fix in found.fixes if fix.unless]) == offered


def test_the_manual_says_when_a_safe_default_is_offered() -> None:
    told = " ".join(audit_manual.HEAD.split())
    conditions = SAFE_WHERE.removesuffix(".")
    assert conditions in told


def test_a_logo_over_http_becomes_https(tmp_path: Path) -> None:
    zone = HEAD + MAIL + KEY + 'default._bimi IN TXT "v=BIMI1; l=http://shop.example/a.svg; a="\n'
    (fix,) = (each for each in audited(zone, tmp_path).fixes if each.what == "BIMI record")
    (record,) = fix.after
    assert isinstance(record, Record)
    assert b"l=https://shop.example/a.svg" in record.strings[0]
    assert not [each for each in audited(published(zone, [fix]), tmp_path).fixes if each.what == "BIMI record"]
