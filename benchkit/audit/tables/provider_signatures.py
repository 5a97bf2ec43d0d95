"""Mail providers by what their customers publish in the DNS: includes, MX hosts, and DKIM selectors with their targets.

Facts from vendors' documents and published zones, with their confidence: A, several independent sources; B, one. A label alone
proves little (SendGrid and Titan use `s1`, and so do others); the target of its CNAME proves most.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProviderSignature:
    """`spf` and `mx` are suffixes of names; `targets` are suffixes of the selectors' CNAME targets.

    `return_path` tells whose domain the envelope sender is in by default: "own" is the customer's, "provider" the provider's,
    "subdomain" a subdomain of the customer's that is set up with the provider. `include` is what customers whose mailboxes
    are there put into SPF; "" where it depends on the customer, or where the provider only receives.
    """

    name: str
    selectors: tuple[str, ...]
    spf: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    return_path: str = "own"
    guessable: bool = True  # whether the selectors are the same for every customer
    confidence: str = "A"
    include: str = ""


SENDERS: tuple[ProviderSignature, ...] = (
    ProviderSignature(
        "Google Workspace",
        ("google", "gapps"),
        ("_spf.google.com",),
        ("google.com", "googlemail.com"),
        include="_spf.google.com",
    ),
    ProviderSignature(
        "Microsoft 365",
        ("selector1", "selector2"),
        ("spf.protection.outlook.com",),
        ("mail.protection.outlook.com", "mx.microsoft"),
        ("onmicrosoft.com", "dkim.mail.microsoft"),
        include="spf.protection.outlook.com",
    ),
    ProviderSignature(
        "SendGrid",
        ("s1", "s2", "smtpapi", "m1"),
        ("sendgrid.net",),
        targets=("sendgrid.net",),
        return_path="subdomain",
    ),
    ProviderSignature(
        "Amazon SES",
        (),
        ("amazonses.com",),
        ("amazonses.com",),
        ("dkim.amazonses.com",),
        return_path="provider",
        guessable=False,
    ),
    ProviderSignature(
        "Mailgun",
        ("pdk1", "pdk2", "mx", "k1", "smtp", "pic", "mailo", "mg"),
        ("mailgun.org",),
        ("mailgun.org",),
        ("mailgun.com",),
    ),
    ProviderSignature("Postmark", ("pm",), ("spf.mtasv.net",), return_path="provider", guessable=False),
    ProviderSignature(
        "Mailchimp",
        ("k1", "k2", "k3"),
        ("servers.mcsv.net",),
        targets=("mcsv.net",),
        return_path="provider",
    ),
    ProviderSignature(
        "Mandrill",
        ("mte1", "mte2", "mandrill"),
        ("spf.mandrillapp.com",),
        targets=("mandrillapp.com",),
        return_path="provider",
    ),
    ProviderSignature(
        "Brevo",
        ("brevo1", "brevo2", "mail"),
        ("spf.brevo.com", "spf.sendinblue.com"),
        targets=("dkim.brevo.com",),
        return_path="provider",
    ),
    ProviderSignature(
        "HubSpot",
        (),
        ("hubspotemail.net",),
        targets=("dkim.hubspotemail.net",),
        return_path="provider",
        guessable=False,
    ),
    ProviderSignature(
        "Klaviyo", ("kl", "kl2", "km1", "km2", "kt1", "kt2", "ks1", "ks2"), targets=("klaviyomail.com",), confidence="B"
    ),
    ProviderSignature("Resend", ("resend",), return_path="subdomain"),
    ProviderSignature("SparkPost", (), ("sparkpostmail.com",), return_path="provider", guessable=False, confidence="B"),
    ProviderSignature("Mailjet", ("mailjet",), ("spf.mailjet.com",), return_path="provider"),
    ProviderSignature("Zendesk", ("zendesk1", "zendesk2"), ("mail.zendesk.com",), targets=("zendesk.com",)),
    ProviderSignature(
        "Fastmail",
        ("fm1", "fm2", "fm3", "mesmtp"),
        ("spf.messagingengine.com",),
        ("messagingengine.com",),
        ("dkim.fmhosted.com",),
        include="spf.messagingengine.com",
    ),
    ProviderSignature(
        "Proton",
        ("protonmail", "protonmail2", "protonmail3"),
        ("_spf.protonmail.ch",),
        ("protonmail.ch",),
        ("domains.proton.ch",),
        include="_spf.protonmail.ch",
    ),
    ProviderSignature(
        "iCloud+", ("sig1",), ("icloud.com",), ("mail.icloud.com",), ("icloudmailadmin.com",), include="icloud.com"
    ),
    ProviderSignature(
        "Zoho (EU)", ("zmail", "zoho"), ("zoho.eu", "zohomail.eu"), ("zoho.eu",), include="zohomail.eu", confidence="B"
    ),
    ProviderSignature("Zoho", ("zmail", "zoho"), ("zoho.com", "zohomail.com"), ("zoho.com",), include="zohomail.com"),
    ProviderSignature(
        "Titan",
        ("s1", "s2"),
        ("titan.email",),
        ("titan.email",),
        ("titan.email",),
        confidence="B",
        include="spf.titan.email",
    ),
    ProviderSignature(
        "Yandex 360", ("mail",), ("_spf.yandex.net",), ("mx.yandex.net",), include="_spf.yandex.net", confidence="B"
    ),
    ProviderSignature(
        "OVHcloud", (), ("mx.ovh.com",), ("mail.ovh.net",), guessable=False, include="mx.ovh.com", confidence="B"
    ),
    ProviderSignature(
        "IONOS",
        ("s1-ionos", "s2-ionos"),
        ("_spf-eu.ionos.com", "_spf-us.ionos.com"),
        ("ionos.com", "kundenserver.de", "perfora.net"),
        ("dkim.ionos.com",),
        confidence="B",
    ),
    ProviderSignature(
        "Gandi",
        ("gm1", "gm2", "gm3"),
        ("_mailcust.gandi.net",),
        ("mail.gandi.net",),
        ("gm.gandimail.net",),
        include="_mailcust.gandi.net",
        confidence="B",
    ),
    ProviderSignature(
        "Migadu",
        ("key1", "key2", "key3"),
        ("spf.migadu.com",),
        ("migadu.com",),
        ("migadu.com",),
        include="spf.migadu.com",
        confidence="B",
    ),
    ProviderSignature(
        "mailbox.org",
        ("mbo0001", "mbo0002", "mbo0003", "mbo0004"),
        ("mailbox.org",),
        ("mailbox.org",),
        ("mailbox.org",),
        include="mailbox.org",
        confidence="B",
    ),
    ProviderSignature(
        "Namecheap Private Email",
        ("default",),
        ("spf.privateemail.com",),
        ("privateemail.com",),
        guessable=False,
        include="spf.privateemail.com",
        confidence="B",
    ),
    ProviderSignature(
        "GoDaddy",
        (),
        ("secureserver.net",),
        ("secureserver.net",),
        guessable=False,
        include="secureserver.net",
        confidence="B",
    ),
    ProviderSignature(
        "Hostinger",
        ("hostingermail1", "hostingermail2", "hostingermail-a", "hostingermail-b", "hostingermail-c"),
        ("_spf.mail.hostinger.com",),
        ("hostinger.com",),
        ("dkim.mail.hostinger.com",),
        include="_spf.mail.hostinger.com",
        confidence="B",
    ),
    ProviderSignature(
        "Rackspace Email",
        (),
        ("emailsrvr.com",),
        ("emailsrvr.com",),
        guessable=False,
        include="emailsrvr.com",
        confidence="B",
    ),
    ProviderSignature(
        "Infomaniak",
        (),
        ("spf.infomaniak.ch",),
        ("mta-gw.infomaniak.ch",),
        guessable=False,
        include="spf.infomaniak.ch",
        confidence="B",
    ),
    ProviderSignature(
        "Constant Contact", ("ctct1", "ctct2"), ("spf.constantcontact.com",), targets=("ccsend.com",), confidence="B"
    ),
    ProviderSignature("ActiveCampaign", ("acdkim1", "acdkim2"), confidence="B"),
    ProviderSignature("AWeber", ("aweber_key_a", "aweber_key_b", "aweber_key_c"), ("send.aweber.com",), confidence="B"),
    ProviderSignature("Campaign Monitor", ("cm",), ("cmail1.com", "createsend.com"), confidence="B"),
    ProviderSignature("MailerLite", ("litesrv",), ("mlsend.com",), confidence="B"),
    ProviderSignature("Kit", ("cka",), confidence="B"),
    ProviderSignature("Emma", ("e2ma-k1", "e2ma-k2", "e2ma-k3"), confidence="B"),
    ProviderSignature("Help Scout", ("strong1", "strong2"), ("helpscoutemail.com",), confidence="B"),
    ProviderSignature("Intercom", ("intercom",), targets=("dkim.intercom.io",), confidence="B"),
    ProviderSignature("Gorgias", ("gor",), confidence="B"),
    ProviderSignature("Sailthru", ("sailthru",), ("aspmx.sailthru.com",), confidence="B"),
    ProviderSignature(
        "Salesforce",
        (),  # the customer's own choice
        ("_spf.salesforce.com",),
        targets=("custdkim.salesforce.com",),
        guessable=False,
        confidence="B",
    ),
    ProviderSignature("Everlytic", ("everlytickey1", "everlytickey2"), confidence="B"),
    ProviderSignature("Mimecast", (), ("mimecast.com",), ("mimecast.com",), guessable=False, confidence="B"),
    ProviderSignature(
        "Proofpoint", ("pphosted",), ("pphosted.com",), ("pphosted.com",), guessable=False, confidence="B"
    ),
)

# What a customer's record includes, by its exact name
KNOWN_INCLUDES = frozenset(name for sender in SENDERS for name in sender.spf)

COMMON = (
    *("default", "dkim", "mail", "x", "s1024", "s2048", "email", "smtp", "key1", "key2", "dkim1", "dkim2", "mxvault"),
    *("s1", "s2", "k1", "k2", "k3", "m1", "m2", "selector", "selector1", "selector2", "sel1", "sel2", "sig1", "202301"),
    *("dk", "ed25519", "rsa", "rsa2048", "a1", "pm", "20230601", "20161025", "20210112"),
)  # names that people choose, and those that programs preset

LIKELIEST = ("default", "google", "selector1", "selector2", "s1", "s2", "k1", "dkim", "mail")  # what most domains have


def within(name: str, suffixes: tuple[str, ...]) -> bool:
    return any(name == suffix or name.endswith(f".{suffix}") for suffix in suffixes)


def by_spf(names: tuple[str, ...]) -> tuple[ProviderSignature, ...]:
    """Those whose names an SPF record includes."""
    return tuple(sender for sender in SENDERS if any(within(name, sender.spf) for name in names))


def by_mx(hosts: tuple[str, ...]) -> tuple[ProviderSignature, ...]:
    return tuple(sender for sender in SENDERS if any(within(host, sender.mx) for host in hosts))


def by_target(target: str) -> ProviderSignature | None:
    """The provider that a selector's CNAME leads to."""
    return next((sender for sender in SENDERS if within(target, sender.targets)), None)
