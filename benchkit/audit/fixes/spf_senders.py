"""Which senders a text names, read without any grammar: the last check before a record is offered as the replacement of
another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network

from benchkit.audit.domain_name import a_labels
from benchkit.audit.records.text import readable
from benchkit.audit.tables.provider_signatures import KNOWN_INCLUDES

_ADDRESS = re.compile(r"(?<![\w./])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]{1,2})?(?![\w])")
_ADDRESS6 = re.compile(r"(?<![\w])(?:[0-9A-Fa-f]{1,4})?:(?:[0-9A-Fa-f]{0,4}:)+[0-9A-Fa-f]{0,4}(?:/[0-9]{1,3})?")
_NAME = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.)+[A-Za-z]{2,}")
_MECHANISM = re.compile(r"(?<![\w.:=-])(mx|a|ptr)(?![\w.:=-])", re.IGNORECASE)
_RUN_TOGETHER = re.compile(r"(?:include|exists|redirect|ip[46])[:=]|[-~?+]all\b", re.IGNORECASE)
_LEADING = re.compile(r"\b(?:include|exists|redirect|ip[46])\.", re.IGNORECASE)
_COMMAS = re.compile(  # a provider's include that was mistyped, `spf.protection.outlook,com`, is one name
    "|".join("[.,;]".join(map(re.escape, name.split("."))) for name in sorted(KNOWN_INCLUDES)), re.IGNORECASE
)
_WORD = re.compile(r"[^ \t:=/]*[^\x00-\x7f][^ \t:=/]*")  # with a letter that is not ASCII
Network = IPv4Network | IPv6Network


def named_senders(text: str) -> frozenset[str | Network]:
    """Addresses and networks, host and domain names in lower case, and the words `a`, `mx` and `ptr`."""
    text = _WORD.sub(lambda found: a_labels(readable(found[0])), text)
    text = _COMMAS.sub(lambda found: re.sub("[,;]", ".", found[0]), text)
    spaced = _LEADING.sub(" ", _RUN_TOGETHER.sub(" ", text))
    words = {found.lower() for found in _MECHANISM.findall(text)}
    names = {found.lower().removesuffix(".") for found in _NAME.findall(spaced)}
    return frozenset((*words, *names, *_networks(text)))


def lost_senders(before: Iterable[str], after: str) -> list[str]:
    """Those that one of the old texts names and the new one does not; an address inside a network that stays is not lost."""
    left = named_senders(after)
    networks = [each for each in left if not isinstance(each, str)]
    old = {sender for text in before for sender in named_senders(text)}
    return sorted(str(each) for each in old - left if isinstance(each, str) or not _covered(each, networks))


def _covered(one: Network, networks: Iterable[Network]) -> bool:
    return any(
        one.version == other.version and one.network_address in other and one.prefixlen >= other.prefixlen
        for other in networks
    )


def _networks(text: str) -> list[Network]:
    found = []
    for written in (*_ADDRESS.findall(text), *_ADDRESS6.findall(text)):
        try:
            found.append(ip_network(written, strict=False))
        except ValueError:
            continue
    return found
