"""What an SMTP server offers and requires, and its fixed replies (RFC 5321 §4.1.1.1): the same for all connections."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchkit.protocol.authentication import MECHANISMS, Exchange, PresentedCredentials, exchange
from benchkit.protocol.commands import Refusal

MAX_MESSAGE = 50_000_000
EXTENSIONS = ("PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "CHUNKING", "BINARYMIME", "DSN", "ENHANCEDSTATUSCODES")
_TLS_FIRST = "530 5.7.0 Must issue a STARTTLS command first"
AFTER_TLS = {  # verb → what it is answered before TLS, where that is asked for
    b"AUTH": "538 5.7.11 Encryption required for requested authentication mechanism",
    b"MAIL": _TLS_FIRST,
    b"RCPT": _TLS_FIRST,
    b"DATA": _TLS_FIRST,
    # not BDAT: its octets come whatever we think of it, and without MAIL it is refused in any case
    b"VRFY": _TLS_FIRST,
}
POINTS = {  # verb → where a fault can be ordered
    b"EHLO": "ehlo",
    b"HELO": "ehlo",
    b"STARTTLS": "starttls",
    b"AUTH": "auth",
    b"MAIL": "mail",
    b"RCPT": "rcpt",
    b"DATA": "data",
    b"QUIT": "quit",
}
CONSTANT_ANSWERS = {
    b"NOOP": b"250 2.0.0 OK\r\n",
    b"HELP": b"214 2.0.0 See RFC 5321\r\n",
    b"EXPN": b"502 5.5.1 Command not implemented\r\n",
}


@dataclass(frozen=True, slots=True)
class Service:
    """What a server offers and asks for. `max_size` is announced by SIZE (RFC 1870)."""

    hostname: str = "sink.benchkit.invalid"
    starttls: bool = False
    auth_required: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    max_size: int = MAX_MESSAGE
    extensions: tuple[str, ...] = EXTENSIONS
    extensions_before_tls: tuple[str, ...] = EXTENSIONS  # where STARTTLS is on offer
    mechanisms: tuple[str, ...] = MECHANISMS

    def capabilities(self, *, secure: bool) -> list[str]:
        """The keywords of EHLO; AUTH is on offer where there is a user name, after TLS if TLS is on offer."""
        before = self.starttls and not secure
        extensions = self.extensions_before_tls if before else self.extensions
        keywords = [f"SIZE {self.max_size}" if each == "SIZE" else each for each in extensions]
        if before:
            return [*keywords, "STARTTLS"]
        return [*keywords, f"AUTH {' '.join(self.mechanisms)}"] if self.username else keywords

    def ehlo_reply(self, *, secure: bool) -> bytes:
        *lines, last = self.hostname, *self.capabilities(secure=secure)
        return "".join(f"250-{line}\r\n" for line in lines).encode() + f"250 {last}\r\n".encode()

    def exchange(self, argument: bytes) -> Exchange:
        """The exchange that `AUTH <argument>` asks for. Raises Refusal, here or when it is driven."""
        started = exchange(argument)
        if argument.split(b" ")[0].decode("latin-1").upper() not in self.mechanisms:
            raise Refusal("504 5.5.4 Mechanism not offered")
        return started

    def admits(self, claim: PresentedCredentials) -> bool:
        return claim.proves(self.username, self.password)


def without_secret(line: bytes) -> bytes:
    """A command as it may be shown: the initial response of AUTH is a password, so it is hidden."""
    words = line.split(b" ", 2)
    return b" ".join((*words[:2], b"****")) if len(words) == 3 and words[0].upper() == b"AUTH" else line
