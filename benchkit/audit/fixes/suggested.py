"""The records to publish for a domain, from the senders that its owner names: providers, addresses, host names.

It asks no DNS. It adds nothing that the owner did not name. DMARC begins with reports and no policy; a stricter policy
follows when the reports show that all of the owner's mail passes (RFC 9989 §7.4 and §8).
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from benchkit.audit.domain_name import domain_name
from benchkit.audit.tables.provider_signatures import SENDERS, ProviderSignature
from benchkit.audit.tables.special_addresses import special_use
from benchkit.errors import InputError, Mistake, suggestion

REPORTS_TO = "dmarc-reports"
_BY_NAME = {sender.name.lower(): sender for sender in SENDERS}
_ALIASES = {"ses": "amazon ses", "gmail": "google workspace", "graph": "microsoft 365"}  # as scenarios name them
_LOOKUPS = 10  # RFC 7208 §4.6.4
_TOO_WIDE = {4: 16, 6: 32}  # prefixes that no one sender has


@dataclass(frozen=True, slots=True)
class SuggestedRecord:
    name: str
    value: str
    why: tuple[str, ...]
    type: str = "TXT"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`steps` are what no record here can do: keys that a provider makes, envelope senders that it owns."""

    records: tuple[SuggestedRecord, ...]
    steps: tuple[str, ...]


def suggest_records(domain: str, named: str) -> Suggestion:
    """`named` with commas, as "Google Workspace, SendGrid, 192.0.2.25". Raises InputError, with each that is unknown."""
    senders = list(dict.fromkeys(word.strip() for word in named.split(",") if word.strip()))
    if not senders:
        raise InputError(Mistake("--suggest", 'names no sender: write it as in "Google Workspace, 192.0.2.25"'))
    terms: dict[str, str] = {}
    steps, mistakes = [], []
    for sender in senders:
        try:
            term, why, step = _sender(sender)
        except ValueError as error:
            mistakes.append(Mistake("--suggest", f"{sender}: {error}"))
            continue
        if term:
            terms.setdefault(term, why)
        steps.append(step)
    lookups = sum(term.startswith(("include:", "a:")) or term == "mx" for term in terms)
    if lookups > _LOOKUPS:
        problem = f"needs {lookups} look-ups, and receivers stop at {_LOOKUPS} (RFC 7208 §4.6.4): give some senders a subdomain"
        mistakes.append(Mistake("--suggest", problem))
    if mistakes:
        raise InputError(*mistakes)
    spf = " ".join(["v=spf1", *terms, "~all" if terms else "-all"])
    records = (
        SuggestedRecord(
            domain,
            spf,
            tuple(f"{term}: {why}" for term, why in terms.items()) or ("no named sender uses this domain's envelope",),
        ),
        SuggestedRecord(
            f"_dmarc.{domain}",
            f"v=DMARC1; p=none; rua=mailto:{REPORTS_TO}@{domain}",
            (
                "p=none: reports first; p=quarantine once they show that all of your own mail passes",
                "rua: an address that you read",
            ),
        ),
    )
    return Suggestion(records, tuple(filter(None, steps)))


def _sender(sender: str) -> tuple[str, str, str]:
    """Its SPF term ("" where it needs none), why, and what else is to be done. Raises ValueError."""
    name = sender.lower()
    if known := _BY_NAME.get(_ALIASES.get(name, name)):
        return _provider(known)
    if name == "mx":
        return "mx", "the hosts that receive for the domain also send", ""
    if sender.replace(".", "").replace("/", "").isdigit() or ":" in sender:
        network = _network(sender)
        plain = str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)
        kind = "ip4" if isinstance(network.network_address, IPv4Address) else "ip6"
        return (
            f"{kind}:{plain}",
            "as named",
            "Sign the mail of your own hosts with DKIM, with a selector for each system.",
        )
    if "." in sender:
        return f"a:{domain_name(sender)}", "the addresses of that host", f"Sign the mail of {sender} with DKIM."
    raise ValueError(f"is not an address, a host name or a known provider; {_near(name)}")


def _near(name: str) -> str:
    """The provider whose name, or a word of it, is most like this; else all there are."""
    words = {word: known for known in _BY_NAME for word in known.split()}
    text = suggestion(name, _BY_NAME)
    near = get_close_matches(name, words, n=1)
    return f'did you mean "{words[near[0]]}"?' if near and not text.startswith("did") else text


def _provider(known: ProviderSignature) -> tuple[str, str, str]:
    key = f"Turn DKIM on at {known.name} and publish the records that it shows"
    key += f" (selector {known.selectors[0]})." if known.guessable and known.selectors else "."
    if known.return_path == "subdomain":
        return (
            "",
            "",
            f"{key} Set up its envelope domain (a subdomain of yours): then your SPF record needs no term for it.",
        )
    if known.return_path == "provider":
        return (
            "",
            "",
            f"{key} It uses its own domain as envelope sender: your SPF record needs no term for it, and DKIM must align.",
        )
    include = known.include or (known.spf[0] if known.spf else "")
    if not include:
        raise ValueError(
            f"which include you need depends on your account there: give the host name of the include, or ask {known.name}"
        )
    return f"include:{include}", f"{known.name} keeps its own list of hosts", key


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise ValueError("is not an IP address or network: write it as in 192.0.2.25 or 192.0.2.0/28") from None
    if network.prefixlen < _TOO_WIDE[network.version]:
        raise ValueError(f"is too wide: it would let {network.num_addresses:,} addresses send as this domain")
    if use := special_use(str(network)):
        raise ValueError(
            f"is a special address ({use}), and no Internet mail comes from there: "
            "name the public address from which that host's mail leaves"
        )
    return network
