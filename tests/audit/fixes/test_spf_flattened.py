"""Over ten lookups: the owner's own addresses are written out, as a later step, and only if the same senders then pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.audit.fixes.spf_flattened import LONGEST, WHEN
from benchkit.model.record_fix import RecordFix, value_of
from tests.audit.fixes.published import HEAD, audited, published

OWN = "".join(f"h{number} IN A 198.51.100.{number}\n" for number in range(20))
PARTS = "".join(f'p{number} IN TXT "v=spf1 ip4:203.0.113.{number} -all"\n' for number in range(20))
PROVIDER = "".join(f'p{number}.provider.test. IN TXT "v=spf1 ip4:203.0.113.{number} -all"\n' for number in range(20))


def hosts(number: int) -> str:
    return " ".join(f"a:h{each}.shop.example" for each in range(number))


def provider(number: int) -> str:
    return " ".join(f"include:p{each}.provider.test" for each in range(number))


def zone(terms: str, lines: str = "") -> str:
    strings = " ".join(f'"{part}"' for part in [f"v=spf1 {terms}"[at : at + 200] for at in range(0, 4000, 200)] if part)
    return f"{HEAD}@ IN MX 10 mail\n{OWN}{PARTS}@ IN TXT {strings}\n{lines}"


def offered(text: str, tmp_path: Path) -> list[RecordFix]:
    return [fix for fix in audited(text, tmp_path, others=PROVIDER).fixes if fix.what == "SPF record"]


WRITTEN_OUT: dict[str, tuple[str, str, str]] = {  # terms, more lines → the new record
    "its MX hosts, beside providers": (f"mx {provider(10)} -all", "", f"v=spf1 ip4:192.0.2.25 {provider(10)} -all"),
    "a host": (f"{provider(10)} a:h1.shop.example ~all", "", f"v=spf1 {provider(10)} ip4:198.51.100.1 ~all"),
    "a host's network": (f"{provider(10)} a:h1.shop.example/24 -all", "", f"v=spf1 {provider(10)} ip4:198.51.100.0/24 -all"),
    "both families": (f"{provider(10)} a:six.shop.example ~all", "six IN A 192.0.2.9\nsix IN AAAA 2001:db8::9\n",
                      f"v=spf1 {provider(10)} ip4:192.0.2.9 ip6:2001:db8::9 ~all"),
    "an included record of its own": (f"include:p1.shop.example {provider(10)} -all", "",
                                      f"v=spf1 ip4:203.0.113.1 {provider(10)} -all"),
    "a provider within its own include stays an include": (
        f"include:own.shop.example {provider(9)} -all",
        'own IN TXT "v=spf1 a:h1.shop.example include:p9.provider.test -all"\n',
        f"v=spf1 ip4:198.51.100.1 include:p9.provider.test {provider(9)} -all",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_the_record_is_offered_as_a_later_step_and_passes(name: str, tmp_path: Path) -> None:
    terms, lines, record = WRITTEN_OUT[name]
    (fix,) = offered(zone(terms, lines), tmp_path)
    assert value_of(fix.after[0]) == record
    assert (fix.when, fix.is_for_now) == (WHEN, False)
    assert all(len(string) <= 255 for string in fix.after[0].strings)
    assert all("as resolved in this audit" in change for change in fix.changes)
    after = audited(published(zone(terms, lines), [fix]), tmp_path, others=PROVIDER)
    assert not [each.rule for each in after.findings if each.rule == "spf_lookups.many"]


NOT_OFFERED: dict[str, tuple[str, str]] = {
    "nothing is over the limit": (f"mx {provider(9)} -all", ""),
    "only providers": (f"{provider(11)} -all", ""),
    "not enough of its own": (f"mx {provider(11)} -all", ""),
    "an alias that leads to a provider": (f"{provider(10)} a:w.shop.example -all", "w IN CNAME w.provider.test.\n"),
    "MX hosts of a provider": (f"{provider(10)} mx:m.shop.example -all", "m IN MX 10 mail.provider.test.\n"),
    "a host that does not pass": (f"{provider(10)} ?a:h1.shop.example -all", ""),
    "an include with an exception": (
        f"{provider(10)} include:own.shop.example -all",
        'own IN TXT "v=spf1 -ip4:192.0.2.1 ip4:192.0.2.0/24 -all"\n',
    ),
    "a term that depends on the message": (f"{provider(9)} mx exists:%{{i}}.shop.example -all", ""),
    "a record too long for one answer": (
        " ".join(f"ip4:192.0.2.{number}" for number in range(LONGEST // 12)) + f" {hosts(11)} -all",
        "",
    ),
}


@pytest.mark.parametrize("name", NOT_OFFERED)
def test_not_offered(name: str, tmp_path: Path) -> None:
    terms, lines = NOT_OFFERED[name]
    others = "w.provider.test. IN A 192.0.2.77\nmail.provider.test. IN A 192.0.2.78\n"
    report = audited(zone(terms, lines), tmp_path, others=PROVIDER + others)
    assert [fix for fix in report.fixes if fix.what == "SPF record"] == []
