"""One mail of a mailbox → its folder, what the receiver found, its path, and what changed on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import compat32

from benchkit.events.authentication_results import parse_authentication_results
from benchkit.events.changes import Change, changes
from benchkit.events.received_path import Hop, received_path
from benchkit.events.spam_headers import SpamVerdict, read_spam_headers
from benchkit.model.identity import find_identity

JUNK = {
    "junk",
    "spam",
    "junk e-mail",
    "junk email",
    "bulk",
    "bulk mail",
    "[gmail]/spam",
    "indésirables",
    "courrier indésirable",
}


@dataclass(frozen=True, slots=True)
class MailboxMail:
    """A mail as it was found. `arrived_ms`: when it was delivered, Unix time; 0 where not known; `± resolution_ms`."""

    folder: str
    octets: bytes
    arrived_ms: int = 0
    resolution_ms: int = 1_000
    is_junk: bool | None = None  # by a mark of the server (RFC 6154); None: the folder's name tells


@dataclass(frozen=True, slots=True)
class Placement:
    """`place`: inbox, junk or other. `results`: spf, dkim, dmarc by the receiver. `return_path` None: the mail does not say."""

    identity: str
    folder: str
    place: str
    arrived_ms: int
    resolution_ms: int
    results: Mapping[str, str]
    spam: SpamVerdict
    path: tuple[Hop, ...]
    return_path: str | None
    changes: tuple[Change, ...]


def place_of(mail: MailboxMail) -> str:
    name = mail.folder.lower().removeprefix("inbox/").removeprefix("inbox.").strip(".")
    if mail.is_junk or (mail.is_junk is None and name in JUNK):
        return "junk"
    return "inbox" if mail.folder.lower() in ("inbox", "") else "other"


def read_placement(mail: MailboxMail, sent: bytes | None = None) -> Placement:
    """`sent`: its bytes as they left, with the identity; without them no change is known."""
    head = mail.octets.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    fields = message_from_bytes(head + b"\n\n", policy=compat32)
    named: dict[str, str] = {}
    for name, value in fields.items():
        named.setdefault(name.lower(), " ".join(str(value).split()))
    found = parse_authentication_results(named.get("authentication-results", ""))
    identity = find_identity(mail.octets)
    return Placement(
        identity=identity[0].decode("ascii") if identity else "",
        folder=mail.folder,
        place=place_of(mail),
        arrived_ms=mail.arrived_ms,
        resolution_ms=mail.resolution_ms,
        results={method: found.result(method) for method in ("spf", "dkim", "dmarc") if found.result(method)},
        spam=read_spam_headers(named),
        path=received_path([str(value) for value in fields.get_all("received", [])]),
        return_path=named["return-path"].strip("<> ") if "return-path" in named else None,
        changes=changes(sent, mail.octets) if sent is not None else (),
    )
