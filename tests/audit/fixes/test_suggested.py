"""Records for senders that the owner names: none is lost, none is added, and the SPF record is one that receivers can use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.audit.fixes.suggested import suggest_records
from benchkit.audit.tables.provider_signatures import SENDERS
from benchkit.audit.tables.special_addresses import special_use
from benchkit.errors import InputError

ADDRESSES = st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str)
PUBLIC = ADDRESSES.filter(lambda address: not special_use(address))


def spf(named: str) -> str:
    return suggest_records("shop.example", named).records[0].value


@pytest.mark.parametrize(
    ("named", "record"),
    [
        ("Google Workspace, SendGrid, 192.0.2.25", "v=spf1 include:_spf.google.com ip4:192.0.2.25 ~all"),
        ("microsoft 365", "v=spf1 include:spf.protection.outlook.com ~all"),
        ("2001:db8::1, 192.0.2.0/28", "v=spf1 ip6:2001:db8::1 ip4:192.0.2.0/28 ~all"),
        ("192.0.2.25/28", "v=spf1 ip4:192.0.2.16/28 ~all"),
        ("mx, mail.shop.example", "v=spf1 mx a:mail.shop.example ~all"),
        ("192.0.2.1, 192.0.2.1 ,", "v=spf1 ip4:192.0.2.1 ~all"),
        ("SendGrid", "v=spf1 -all"),  # its envelope domain is a subdomain
    ],
)
def test_spf(named: str, record: str) -> None:
    assert spf(named) == record


@pytest.mark.parametrize(
    ("alias", "name"), [("ses", "Amazon SES"), ("SES", "Amazon SES"), ("gmail", "Google Workspace")]
)
def test_a_provider_is_known_by_the_name_that_scenarios_use(alias: str, name: str) -> None:
    assert suggest_records("shop.example", alias) == suggest_records("shop.example", name)


def test_dmarc_begins_with_reports_and_every_provider_with_its_key() -> None:
    found = suggest_records("shop.example", "Google Workspace, SendGrid")
    dmarc = found.records[1]
    assert (dmarc.name, dmarc.value) == (
        "_dmarc.shop.example",
        "v=DMARC1; p=none; rua=mailto:dmarc-reports@shop.example",
    )
    google, sendgrid = found.steps
    assert "Turn DKIM on at Google Workspace" in google
    assert "subdomain" in sendgrid


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("", "names no sender"),
        (" , ", "names no sender"),
        ("Gogle Workspace", 'is not an address, a host name or a known provider; did you mean "google workspace"?'),
        ("Gogle", 'is not an address, a host name or a known provider; did you mean "google workspace"?'),
        ("amazn", 'did you mean "amazon ses"?'),
        ("10.0.0.5", "10.0.0.5: is a special address (private), and no Internet mail comes from there"),
        ("127.0.0.1", "special address (loopback)"),
        ("192.168.0.0/16", "special address (private)"),
        ("fe80::1", "special address (link-local)"),
        ("192.0.2.256", "is not an IP address or network"),
        ("10.0.0.0/8", "is too wide: it would let 16,777,216 addresses"),
        ("0.0.0.0/0", "is too wide"),
        (", ".join(f"mail{i}.shop.example" for i in range(11)), "needs 11 look-ups, and receivers stop at 10"),
    ],
)
def test_mistakes(named: str, expected: str) -> None:
    with pytest.raises(InputError) as raised:
        suggest_records("shop.example", named)
    assert expected in str(raised.value)


@pytest.mark.parametrize("name", [sender.name for sender in SENDERS])
def test_every_provider_has_a_step_or_says_what_it_lacks(name: str) -> None:
    try:
        messages = list(suggest_records("shop.example", name).steps)
    except InputError as error:
        messages = [str(error)]
    assert any(name in one for one in messages)


@given(st.lists(PUBLIC, min_size=1, max_size=20))
def test_no_sender_is_lost_and_none_opens_the_domain(addresses: list[str]) -> None:
    terms = spf(", ".join(addresses)).split()
    assert terms[-1] == "~all"
    assert {term.partition(":")[2] for term in terms[1:-1]} == set(addresses)
