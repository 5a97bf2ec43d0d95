"""HTML of a mail → its links and images, as a reader sees them. Nothing is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchkit.events.html_tokens import HtmlTag, tokens

READ = 1_000_000  # characters
MOST = 2_000  # links, and images
_SHOWN_HOST = re.compile(r"^(?:https?://)?((?:[\w-]{1,63}\.)+[a-z]{2,24})(?::\d+)?(?:[/?#].*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """`text` is what the reader sees, blanks joined."""

    target: str
    text: str

    @property
    def host(self) -> str:
        """Lower case; "" for what is no web address."""
        try:
            parts = urlsplit(self.target.strip())
            return (parts.hostname or "").lower().rstrip(".") if parts.scheme in ("http", "https") else ""
        except ValueError:
            return ""

    @property
    def shown_host(self) -> str:
        """The host that the text seems to name; "" where it reads as words."""
        match = _SHOWN_HOST.match(self.text.strip())
        return match[1].lower() if match else ""


@dataclass(frozen=True, slots=True)
class Image:
    """`alt` None: there is no such attribute. `is_pixel`: of at most 2 × 2, or hidden: it is there to be counted."""

    source: str
    alt: str | None
    is_pixel: bool = False


@dataclass(frozen=True, slots=True)
class HtmlReading:
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    text: str = ""


def read_html(html: str) -> HtmlReading:
    reading = _Reading()
    for token in tokens(html[:READ]):
        reading.take(token)
    reading.end_link()
    return HtmlReading(tuple(reading.links), tuple(reading.images), " ".join("".join(reading.words).split()))


class _Reading:
    def __init__(self) -> None:
        self.links: list[Link] = []
        self.images: list[Image] = []
        self.words: list[str] = []
        self._target: str | None = None
        self._text: list[str] = []

    def take(self, token: HtmlTag | str) -> None:
        if isinstance(token, str):
            self.words.append(token)
            self._text.append(token)
        elif token.name == "a" and (token.closes or "href" in token.attributes):
            self.end_link()
            self._target = token.attributes.get("href")
        elif token.name == "img" and len(self.images) < MOST:
            alt = token.attributes.get("alt")
            self.images.append(Image(token.attributes.get("src", ""), alt, _is_pixel(token.attributes)))
            self._text.append(alt or "")

    def end_link(self) -> None:
        if self._target is not None and len(self.links) < MOST:
            self.links.append(Link(self._target, " ".join("".join(self._text).split())))
        self._target, self._text = None, []


def _is_pixel(values: dict[str, str]) -> bool:
    sizes = [values.get(name, "").strip().removesuffix("px") for name in ("width", "height")]
    style = values.get("style", "").replace(" ", "").lower()
    hidden = "display:none" in style or ("width:1px" in style and "height:1px" in style)
    return hidden or all(size in ("0", "1", "2") for size in sizes)
