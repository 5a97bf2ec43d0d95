"""Worked examples of the rules about SPF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchkit.audit.examples.example import Example

_MX = "@ IN MX 10 mail\n"
_WIDE = [f"ip4:198.51.100.{number}" for number in range(1, 57, 2)]
_TERMS_A_LINE = 5


def _spf(text: str) -> str:
    return f'@ IN TXT "v=spf1 {text}"'


def _long_spf(terms: Sequence[str]) -> str:
    """A record over several lines of the zone file, each a string of it (RFC 1035 §5.1)."""
    words = ["v=spf1", *terms, "-all"]
    lines = [" ".join(words[at : at + _TERMS_A_LINE]) for at in range(0, len(words), _TERMS_A_LINE)]
    strings = [f'"{line} "' for line in lines[:-1]] + [f'"{lines[-1]}"']
    return "@ IN TXT ( " + "\n           ".join(strings) + " )"


SPF: Mapping[str, Example] = {
    "spf_record": Example(
        "several",
        f"{_spf('mx -all')}\n{_spf('include:_spf.google.com ~all')}",
        "Two SPF records are a permerror: SPF passes for no mail. One record holds the senders of both.",
        _spf("mx include:_spf.google.com ~all"),
    ),
    "spf_syntax": Example(
        "error",
        _spf("ipv4:192.0.2.25 -all"),
        "There is no mechanism `ipv4:`, so the whole record is a permerror.",
        _spf("ip4:192.0.2.25 -all"),
    ),
    "spf_all": Example(
        "plus",
        _spf("mx +all"),
        "`+all` lets every host on the internet send as the domain.",
        _spf("mx ~all"),
        around=_MX,
    ),
    "spf_no_sender": Example(
        "none",
        _spf("include=_spf.shop.example -all"),
        "`include=` is an unknown modifier, which receivers ignore. What is left is `-all`, and the domain has mail.",
        _spf("include:_spf.shop.example -all"),
        around=f'{_MX}_spf IN TXT "v=spf1 ip4:192.0.2.25 -all"',
    ),
    "spf_provider": Example(
        "mx_only_receives",
        _spf("mx -all"),
        "The mailboxes are at Google. Its MX hosts only receive; the hosts that send are in its include.",
        _spf("include:_spf.google.com -all"),
        around="@ IN MX 1 smtp.google.com.\nsmtp.google.com. IN A 203.0.113.9\n"
        '_spf.google.com. IN TXT "v=spf1 ip4:198.51.100.0/24 -all"',
    ),
    "spf_lookups": Example(
        "many",
        _long_spf([f"a:h{number}.shop.example" for number in range(11)]),
        "Eleven terms each need a DNS lookup, and receivers stop with permerror after ten. Addresses need none.",
        _spf("ip4:192.0.2.64/28 -all"),
        around="\n".join(f"h{number} IN A 192.0.2.{64 + number}" for number in range(11)),
    ),
    "spf_voids": Example(
        "many",
        _spf("mx a:old1.shop.example a:old2.shop.example a:old3.shop.example -all"),
        "Three names lead to nothing, and receivers may stop with permerror after two.",
        _spf("mx -all"),
        around=_MX,
    ),
    "spf_includes": Example(
        "missing",
        _spf("mx include:gone.shop.example -all"),
        "The included name has no SPF record, which makes the whole record a permerror.",
        _spf("mx -all"),
        around=_MX,
    ),
    "spf_idle_includes": Example(
        "idle",
        _spf("mx include:servers.mcsv.net -all"),
        "Mailchimp sends with an envelope domain of its own, so receivers never look at this include.",
        _spf("mx -all"),
        around=_MX,
    ),
    "spf_authorised": Example(
        "everybody",
        _spf("ip4:0.0.0.0/0 -all"),
        "A network of prefix length 0 is the whole internet.",
        _spf("ip4:192.0.2.0/28 -all"),
    ),
    "spf_special_addresses": Example(
        "special",
        _spf("ip4:10.0.0.5 -all"),
        "Mail from a private address leaves through a public one, and receivers see only that.",
        _spf("ip4:192.0.2.25 -all"),
    ),
    "spf_overlaps": Example(
        "whole",
        _spf("ip4:192.0.2.0/24 include:_spf.shop.example -all"),
        "All addresses of the include pass already by the term before it.",
        _spf("ip4:192.0.2.0/24 -all"),
        around='_spf IN TXT "v=spf1 ip4:192.0.2.7 -all"',
    ),
    "spf_ptr": Example(
        "mechanism",
        _spf("ptr -all"),
        "`ptr` depends on reverse DNS: it is slow, and receivers may ignore it. Name the hosts.",
        _spf("a:mail.shop.example -all"),
    ),
    "spf_unreached": Example(
        "after_all",
        _spf("mx -all ip4:192.0.2.7"),
        "`all` matches every sender, so nothing after it is looked at.",
        _spf("mx ip4:192.0.2.7 -all"),
        around=_MX,
    ),
    "spf_size": Example(
        "advised",
        _long_spf(_WIDE),
        "A long answer does not fit into one UDP packet at every receiver. Networks are shorter than single addresses.",
        _spf("ip4:198.51.100.0/26 -all"),
    ),
    "spf_split": Example(
        "joined",
        '@ IN TXT "v=spf1 ip4:192.0.2.1" "include:_spf.shop.example -all"',
        "The strings of one record are joined with nothing in between: this is `ip4:192.0.2.1include:…`.",
        '@ IN TXT "v=spf1 ip4:192.0.2.1 " "include:_spf.shop.example -all"',
        around='_spf IN TXT "v=spf1 ip4:192.0.2.7 -all"',
    ),
    "spf_reverse_dns": Example(
        "no_pointer",
        _spf("ip4:192.0.2.25 -all"),
        "The address that sends has no name. The owner of the address publishes the PTR record, not the owner of the domain.",
        f"{_spf('ip4:192.0.2.25 -all')}\n25.2.0.192.in-addr.arpa. IN PTR mail.shop.example.",
        around="nothing.example. IN A 192.0.2.99",
    ),
    "spf_result": Example(
        "fail",
        _spf("ip4:192.0.2.7 -all"),
        "Mail from 192.0.2.25 (`--ip 192.0.2.25`) is not in the record.",
        _spf("ip4:192.0.2.7 ip4:192.0.2.25 -all"),
        ip="192.0.2.25",
    ),
    "non_sending": Example(
        "not_rejected",
        '@ IN TXT "v=spf1 -all"\n_dmarc IN TXT "v=DMARC1; p=none"',
        "The domain says that it sends no mail, and still asks receivers to deliver what is forged.",
        '@ IN TXT "v=spf1 -all"\n_dmarc IN TXT "v=DMARC1; p=reject"',
        around="@ IN MX 0 .",
    ),
}
