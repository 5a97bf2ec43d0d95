"""Pseudonyms for the addresses, domains and names of a batch: the same pseudonym for the same thing in all mails. They are
numbered and drawn in the order in which they are needed, never computed from the original, so the original cannot be derived
from them. Every domain becomes one below `.example`, which no one can own (RFC 2606).
"""

from __future__ import annotations

import html
import re
from random import Random

_ATEXT = r"[\w.!#$&'*+=^`{|}~%-]"  # without / and ?, which end it in a URL
_IN_URL = r"[\w.!+~-]"
_LABEL = r"[\w-]{1,63}"
_HOST = rf"{_LABEL}(?:\.{_LABEL}){{0,20}}"
_TOKEN = re.compile(
    rf"(?<!{_ATEXT})(?P<local>{_ATEXT}{{1,300}})@(?P<domain>{_HOST})"
    rf"|(?<!{_IN_URL})(?P<coded_local>{_IN_URL}{{1,300}})%40(?P<coded_domain>{_HOST})"
    rf"|(?P<host>{_LABEL}(?:\.{_LABEL}){{1,20}})|(?P<word>[^\W\d_]+)"
)
_TAG = re.compile(r"(<[^>]*>)")
_SHOWN = re.compile(r"""(\b(?:title|alt|value|placeholder|aria-label)\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE)
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_COMMON = frozenset("the and of for an at in on to by via no reply noreply team info mail".split())  # noqa: SIM905


class Pseudonyms:
    """The pseudonym of each name and address; call `learn_name` first, for all mails, and then replace texts."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"{seed}/pseudonyms")
        self._addresses: dict[tuple[str, str], str] = {}
        self._domains: dict[str, str] = {}
        self._given = set[str]()
        self._words: dict[str, str] = {}
        self._unspaced: dict[str, str] = {}  # names of scripts without capitals, which may be written without spaces

    def learn_name(self, name: str) -> None:
        """A display name, of which each word is a name from now on."""
        for word in re.findall(r"[^\W\d_]{2,}", name):
            if word.upper() == word.lower():
                self._unspaced.setdefault(word, "")
            elif word.lower() not in _COMMON:
                self._words.setdefault(word.casefold(), "")

    def learn_address(self, addr: str) -> None:
        """Its domain is also replaced where it appears alone, as in a link."""
        if domain := addr.rpartition("@")[2]:
            self.domain(domain)

    def domain(self, domain: str) -> str:
        given = self._domains.setdefault(domain.lower(), f"domain{len(self._domains) + 1}.example")
        self._given.add(given)
        return given

    def address(self, addr: str) -> str:
        local, at, domain = addr.rpartition("@")
        return self._address(local, domain) if at else self.text(addr)

    def _address(self, local: str, domain: str) -> str:
        if domain.lower() in self._given:  # it has been replaced already
            return f"{local}@{domain}"
        number = len(self._addresses) + 1
        return self._addresses.setdefault((local.lower(), domain.lower()), f"person{number}@{self.domain(domain)}")

    def text(self, text: str) -> str:
        """Every address, every domain of an address, and every name in it replaced."""
        return _TOKEN.sub(self._replaced, self._without_unspaced(text))

    def html(self, source: str) -> str:
        """As `text`; in tags names are replaced only where they are shown, since elsewhere they may be words of HTML."""
        pieces = _TAG.split(source)
        return "".join(
            self._tag(piece) if number % 2 else self._html_text(piece) for number, piece in enumerate(pieces)
        )

    def _tag(self, tag: str) -> str:
        shown = _SHOWN.sub(lambda match: match[1] + self.text(match[2]), tag)
        return _TOKEN.sub(self._replaced_in_tag, shown)

    def _html_text(self, piece: str) -> str:
        plain = html.unescape(piece)
        replaced = self.text(plain)
        return piece if replaced == plain else html.escape(replaced, quote=False)

    def _without_unspaced(self, text: str) -> str:
        for name in self._unspaced:
            if name in text:
                text = text.replace(name, self._name(self._unspaced, name))
        return text

    def _replaced(self, match: re.Match[str]) -> str:
        word = match["word"]
        if word is None:
            return self._replaced_in_tag(match)
        if not word[0].isupper() or word.casefold() not in self._words:
            return word
        name = self._name(self._words, word.casefold())
        return name.upper() if word.isupper() and len(word) > 1 else name

    def _replaced_in_tag(self, match: re.Match[str]) -> str:
        if match["local"]:
            return self._address(match["local"], match["domain"])
        if match["coded_local"]:
            return self._address(match["coded_local"], match["coded_domain"]).replace("@", "%40")
        return self._host(match["host"]) if match["host"] else match[0]

    def _host(self, host: str) -> str:
        """With every known domain in it replaced, the longest first, at its end as in `www.shop.example` or elsewhere."""
        return ".".join(self._labels(host.split(".")))

    def _labels(self, labels: list[str]) -> list[str]:
        for size in range(len(labels), 0, -1):
            for first in reversed(range(len(labels) - size + 1)):
                if known := self._domains.get(".".join(labels[first : first + size]).lower()):
                    return [*self._labels(labels[:first]), known, *self._labels(labels[first + size :])]
        return [self._label(label) for label in labels]

    def _label(self, label: str) -> str:
        """A sentence's end and the next one's beginning, written without a blank, look like a host: "Ann.Please"."""
        return re.sub(r"[^\W\d_]+", self._capital, label)

    def _capital(self, match: re.Match[str]) -> str:
        word = match[0]
        is_name = word[0].isupper() and word.casefold() in self._words
        return self._name(self._words, word.casefold()) if is_name else word

    def _name(self, known: dict[str, str], word: str) -> str:
        if not known[word]:
            known[word] = "".join(
                self._random.choice(_CONSONANTS) + self._random.choice(_VOWELS) for _ in range(3)
            ).title()
        return known[word]
