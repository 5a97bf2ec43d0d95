"""Worked examples of the rules about DKIM."""

from __future__ import annotations

from collections.abc import Mapping

from benchkit.audit.examples.example import Example
from benchkit.audit.examples.keys import CUT_KEY, ED25519_KEY, KEY, SHORT_KEY

_S1 = f"s1._domainkey IN TXT {KEY}"

DKIM: Mapping[str, Example] = {
    "dkim_selectors": Example(
        "beside",
        f'{_S1}\ns1._domainkey IN TXT "site-verification=1"',
        "A second TXT record at a selector may be taken for the key, and then signatures fail.",
        _S1,
    ),
    "dkim_key_record": Example(
        "unusable",
        's1._domainkey IN TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQ"',
        "A part of the key was lost in a form field. Publish the whole value, as the signing service shows it.",
        _S1,
    ),
    "dkim_key_strength": Example(
        "ed25519_only",
        f"e1._domainkey IN TXT {ED25519_KEY}",
        "Some large receivers do not verify Ed25519. Sign with an RSA key beside it.",
        f"e1._domainkey IN TXT {ED25519_KEY}\n{_S1}",
    ),
    "dkim_size": Example(
        "cut",
        f"s1._domainkey IN TXT {CUT_KEY}",
        "One string holds 255 octets, and the rest of the key was dropped. A longer record is two strings.",
        _S1,
    ),
    "dkim_ttl": Example(
        "short",
        f"s1._domainkey 30 IN TXT {KEY}",
        "With a TTL of 30 seconds nearly every receiver must ask again for each mail.",
        f"s1._domainkey 3600 IN TXT {KEY}",
    ),
    "dkim_wildcard": Example(
        "key",
        f"*._domainkey IN TXT {KEY}",
        "Every selector has this key, also those that someone made up.",
        _S1,
    ),
    "dkim_shared_key": Example(
        "same",
        f"s1._domainkey IN TXT {KEY}\ns2._domainkey IN TXT {KEY}",
        "One private key signs under two names: if it leaks, both must go.",
        f"s1._domainkey IN TXT {KEY}\ns2._domainkey IN TXT {SHORT_KEY}",
    ),
    "dkim_cname": Example(
        "dangling",
        "s1._domainkey IN CNAME s1._domainkey.gone",
        "The alias leads to a name that does not exist, so signatures with this selector fail.",
        "s1._domainkey IN CNAME s1._domainkey.keys",
        around=f"s1._domainkey.keys IN TXT {KEY}",
    ),
    "dkim_doubled_name": Example(
        "key",
        f"s1._domainkey.shop.example IN TXT {KEY}",
        "Without a final dot the name gets the domain once more: s1._domainkey.shop.example.shop.example.",
        f"s1._domainkey.shop.example. IN TXT {KEY}",
    ),
    "dkim_inferred_senders": Example(
        "no_key",
        '@ IN TXT "v=spf1 include:sendgrid.net -all"',
        "SPF names SendGrid, and no key of SendGrid's is published: its mail is not signed with your domain.",
        '@ IN TXT "v=spf1 include:sendgrid.net -all"\n'
        "s1._domainkey IN CNAME s1.domainkey.u1.wl1.sendgrid.net.\n"
        "s2._domainkey IN CNAME s2.domainkey.u1.wl1.sendgrid.net.",
        around=f"s1.domainkey.u1.wl1.sendgrid.net. IN TXT {KEY}\ns2.domainkey.u1.wl1.sendgrid.net. IN TXT {KEY}\n"
        'sendgrid.net. IN TXT "v=spf1 ip4:198.51.100.0/24 -all"',
    ),
}
