"""Worked examples of the rules about mail to the domain: MX records, their hosts, TLS on the way, and the zone itself."""

from __future__ import annotations

from collections.abc import Mapping

from benchkit.audit.examples.example import Example, ExampleKind

_MX = "@ IN MX 10 mail"
_STS = '_mta-sts IN TXT "v=STSv1; id=1"\nmta-sts IN A 192.0.2.40'
_POLICY = "version: STSv1\nmode: enforce\nmx: {}\nmax_age: 604800"
_OTHERS = "nothing.example. IN A 192.0.2.99"  # so that the rest of the DNS is known too
SPKI = "fd110d301d2f077de1414b8f99f441b1403fab207b2052fbd2c065e4ee8e7dc2"  # SHA-256 of the key of a private key of 32 octets 1

MAIL_HOSTS: Mapping[str, Example] = {
    "mx_records": Example(
        "null_with_others",
        f"@ IN MX 0 .\n{_MX}",
        "A null MX says that the domain takes no mail, and must be alone. Some senders take the one, some the other.",
        _MX,
    ),
    "null_mx_senders": Example(
        "senders",
        '@ IN MX 0 .\n@ IN TXT "v=spf1 ip4:192.0.2.25 -all"',
        "Receivers may refuse mail of a domain that takes no bounce.",
        f'{_MX}\n@ IN TXT "v=spf1 ip4:192.0.2.25 -all"',
    ),
    "mx_targets": Example(
        "literal",
        "@ IN MX 10 192.0.2.25.",
        "An MX record holds a host name. This one looks for a top-level domain `25`.",
        _MX,
    ),
    "mx_addresses": Example(
        "special",
        "@ IN MX 10 mx\nmx IN A 10.0.0.25",
        "Senders on the internet cannot reach a private address.",
        "@ IN MX 10 mx\nmx IN A 192.0.2.25",
    ),
    "mx_reverse_dns": Example(
        "no_pointer",
        _MX,
        "The mail host's address has no name. The owner of the address publishes the PTR record.",
        f"{_MX}\n25.2.0.192.in-addr.arpa. IN PTR mail.shop.example.",
        around=_OTHERS,
    ),
    "mta_sts_record": Example(
        "syntax",
        '_mta-sts IN TXT "v=STSv1; id=2026-11-22"',
        "An id has letters and digits only; senders ignore the record.",
        '_mta-sts IN TXT "v=STSv1; id=20261122"\nmta-sts IN A 192.0.2.40',
    ),
    "mta_sts_policy": Example(
        "mx_left_out",
        _POLICY.format("mx1.shop.example"),
        "The policy does not name the MX host mail.shop.example, so senders that follow it do not deliver.",
        _POLICY.format("mail.shop.example"),
        ExampleKind.FILE,
        around=f"{_MX}\n{_STS}",
    ),
    "policy_host_caa": Example(
        "forbidden",
        '@ IN CAA 0 issue ";"',
        "No authority may issue a certificate, and the MTA-STS policy is served over HTTPS.",
        '@ IN CAA 0 issue "letsencrypt.org"',
        around=f"{_MX}\n{_STS}",
    ),
    "tls_rpt": Example(
        "syntax",
        '_smtp._tls IN TXT "v=TLSRPTv1; rua=postmaster@shop.example"',
        "An address is written as a URI, with mailto:.",
        '_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:postmaster@shop.example"',
    ),
    "starttls": Example(
        "not_offered",
        "250-mail.shop.example\n250 PIPELINING",
        "Without STARTTLS all mail to the domain crosses the internet as plain text.",
        "250-mail.shop.example\n250-PIPELINING\n250 STARTTLS",
        ExampleKind.TLS,
        around=_MX,
    ),
    "tls_quality": Example(
        "no_forward_secrecy",
        "TLSv1.2, AES256-GCM-SHA384, 256 bits",
        "Who records the connection and gets the server's key later can read the mail.",
        "TLSv1.3, TLS_AES_256_GCM_SHA384, 256 bits",
        ExampleKind.TLS,
        around=_MX,
    ),
    "mx_certificate": Example(
        "untrusted",
        "a certificate for mail.shop.example, issued by itself",
        "Senders that verify (MTA-STS) do not deliver.",
        "a certificate for mail.shop.example, issued by a public authority",
        ExampleKind.TLS,
        around=_MX,
    ),
    "dane_records": Example(
        "unusable",
        f"_25._tcp.mail IN TLSA 1 1 1 {SPKI}",
        "Usage 1 is not used with SMTP. 3 1 1 holds the SHA-256 of the host's own public key.",
        f"_25._tcp.mail IN TLSA 3 1 1 {SPKI}",
        around=_MX,
    ),
    "dane_match": Example(
        "none",
        f"_25._tcp.mail IN TLSA 3 1 1 {'0' * 64}",
        "The certificate was renewed with a new key, and the record holds the old one: senders with DANE do not deliver.",
        f"_25._tcp.mail IN TLSA 3 1 1 {SPKI}",
        around=_MX,
    ),
    "zone_file": Example(
        "beside_cname",
        'news IN CNAME u1.wl1.sendgrid.net.\nnews IN TXT "v=spf1 -all"',
        "A CNAME is the only record at its name, so a name server refuses the zone.",
        "news IN CNAME u1.wl1.sendgrid.net.",
    ),
    "dnssec": Example(
        "no_ds",
        "@ IN DNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
        "The zone is signed, and its parent does not say so: no receiver can validate it.",
        "; the same, and the registrar has published the DS record: ds.shop.example shows it here",
        around=_OTHERS,
    ),
    "name_servers": Example(
        "no_address",
        "@ IN NS ns3",
        "No resolver can ask a name server without an address.",
        "@ IN NS ns3\nns3 IN A 198.51.100.53",
    ),
    "name_servers_agree": Example(
        "differs",
        'ns1: @ IN TXT "v=spf1 mx -all"\nns2: @ IN TXT "v=spf1 a -all"',
        "What a receiver gets depends on which server it happens to ask.",
        'ns1: @ IN TXT "v=spf1 mx -all"\nns2: @ IN TXT "v=spf1 mx -all"',
        ExampleKind.SERVERS,
    ),
    "both_families": Example(
        "mx_without_ipv4",
        "@ IN MX 10 six\nsix IN AAAA 2001:db8::25",
        "Many senders have IPv4 only, and cannot deliver.",
        "@ IN MX 10 six\nsix IN AAAA 2001:db8::25\nsix IN A 192.0.2.26",
    ),
    "wildcard_names": Example(
        "mail",
        "* IN MX 10 mail",
        "Every name that someone makes up has a mail host, and looks like a domain with mail.",
        f"{_MX}\nnews IN MX 10 mail",
    ),
    "dangling_names": Example(
        "free",
        f"{_MX}\n@ IN MX 20 mx.oldprovider.example.",
        "oldprovider.example does not exist any more: anyone may register it, and then gets the mail.",
        _MX,
        around=_OTHERS,
    ),
    "blocklisted": Example(
        "listed",
        "25.2.0.192.zen.spamhaus.org. IN A 127.0.0.2",
        "The mail host's address is on a blocklist, so many receivers refuse its mail. Find the cause, then ask for removal.",
        "; 25.2.0.192.zen.spamhaus.org does not exist: the address is not on the list",
        around=f"{_MX}\n2.0.0.127.zen.spamhaus.org. IN A 127.0.0.2",
    ),
    "bimi_record": Example(
        "syntax",
        'default._bimi IN TXT "v=BIMI1; l=http://shop.example/logo.svg"',
        "The logo is fetched over https only.",
        'default._bimi IN TXT "v=BIMI1; l=https://shop.example/logo.svg"',
        around='_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"',
    ),
    "bimi_files": Example(
        "logo",
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path d="M0 0"/></svg>',
        "The logo is no SVG Tiny PS: version, baseProfile and title are missing.",
        '<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 64 64">'
        '<title>Shop</title><path d="M0 0"/></svg>',
        ExampleKind.FILE,
        around='default._bimi IN TXT "v=BIMI1; l=https://shop.example/logo.svg"\n@ IN A 192.0.2.80',
    ),
}
