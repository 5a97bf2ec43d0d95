"""An IMAP mailbox as an option names it: imaps://USER@HOST/FOLDER (RFC 5092), its password in an environment variable."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import SplitResult, unquote, urlsplit

from benchkit.errors import InputError, Mistake

SECURITY = {"imaps": "implicit", "imap": "starttls"}
EXAMPLE = "imaps://dmarc%40shop.example@imap.shop.example/INBOX"


def is_imap(text: str) -> bool:
    return text.partition("://")[0].lower() in SECURITY


def imap_mails(option: str, address: str, variable: str) -> Iterator[tuple[str, bytes]]:
    """Each mail of the folder with its name, for messages. Raises InputError; the password is never shown.

    `imap` has STARTTLS beyond this machine, and no TLS on it.
    """
    from benchkit.events.mailboxes import ImapAccount, MailboxUnreadable, read_imap_folder
    from benchkit.model.host_names import is_loopback

    found = _split(option, address)
    password = os.environ.get(variable, "")
    if not password:
        message = (
            f"the environment variable {variable!r} is not set: it holds the password" if variable else "is needed"
        )
        hint = "" if variable else f": it names the environment variable with the password of {found.hostname}"
        raise InputError(Mistake(f"{option}-password", message + hint))
    host, scheme = found.hostname or "", found.scheme.lower()
    security = "none" if scheme == "imap" and is_loopback(host) else SECURITY[scheme]
    port = found.port or (993 if scheme == "imaps" else 143)
    account = ImapAccount(host, port, unquote(found.username or ""), password, security)
    folder = unquote(found.path.strip("/")) or "INBOX"
    try:
        for number, octets in read_imap_folder(account, folder):
            yield f"{folder}/{number}", octets
    except MailboxUnreadable as error:
        raise InputError(Mistake(option, f"cannot be read: {error}")) from None


def _split(option: str, address: str) -> SplitResult:
    try:
        found = urlsplit(address)
        found.port  # noqa: B018 (a wrong port raises here)
    except ValueError as error:
        raise InputError(Mistake(option, f"{error}; give it as {EXAMPLE}")) from None
    if found.password:
        raise InputError(
            Mistake(
                option,
                f"must not contain the password: put it in an environment variable, and name that with {option}-password",
            )
        )
    if not found.hostname or not found.username:
        raise InputError(Mistake(option, f"names no user and host; give it as {EXAMPLE}"))
    return found
