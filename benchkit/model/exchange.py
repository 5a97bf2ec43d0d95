"""HTTP requests and responses as values, for providers: no client library's types cross a room's border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchkit.model.message import Content


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a provider needs of its user. `options` are the scenario's for this arm; `secret` is revealed only here."""

    secret: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """`target` is the path (with query); header names are lower case. The body may hold identity.PLACEHOLDER."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first value of that header (lower case name), empty where absent."""
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response; header names are lower case."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


class ApiRefusal(ValueError):
    """A request that an API would refuse: its status, its own words, and its own code where it has one."""

    def __init__(self, status: int, text: str, code: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What a server says of its limit: requests in a window, how many are left, and the seconds until it is whole again."""

    limit: int
    remaining: int
    reset_s: int


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it came: its content and its envelope. `sender` is None where the API has no envelope sender.

    `mime` holds its bytes where they came as MIME; the rest says all that the mail is.
    """

    content: Content
    recipients: tuple[str, ...]
    sender: str | None = None
    mime: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class StoredTemplate:
    """A template as its provider has stored it: the id by which requests name it, and its texts.

    `body` is that of the request that stores it, or of the one that gives it its texts, as the API documents it.
    """

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class PartialAnswer:
    """An answer to a request, and what of it is refused: mails by their place, or recipients of a single mail."""

    response: Response
    refused_mails: frozenset[int] = frozenset()
    refused_recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SendingDomains:
    """The domains that SPF (the envelope sender's) and DKIM (the signer's) judge a mail by; "" where it is not known."""

    envelope: str = ""
    signer: str = ""


@dataclass(frozen=True, slots=True)
class BodySection:
    """A part of a batch request's body with a piece for each message, split at the positions of its identity."""

    before: bytes
    between: bytes
    pieces: tuple[tuple[bytes, ...], ...]


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """A request for any subset of a batch's messages, prepared in advance.

    `keys`, if any, are what a server tells the messages of one request apart by, one per message: two messages with the same
    key never share a request.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    sections: tuple[BodySection, ...]
    after: bytes
    keys: tuple[str, ...] = ()

    def request(self, members: Sequence[int], identities: Sequence[bytes]) -> Request:
        """The request of these messages, each under its identity."""
        parts = []
        for section in self.sections:
            own = [identity.join(section.pieces[i]) for i, identity in zip(members, identities, strict=True)]
            parts += [section.before, section.between.join(own)]
        return Request(self.method, self.target, self.headers, b"".join([*parts, self.after]))
