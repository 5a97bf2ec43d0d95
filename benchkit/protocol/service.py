"""What an SMTP server offers and asks for (RFC 5321 §4.1.1.1): the same for all its connections."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from benchkit.protocol.authentication import Credentials


@dataclass(frozen=True, slots=True)
class Service:
    """What a server offers and asks for. `max_size` is announced by SIZE (RFC 1870)."""

    hostname: str = "sink.benchkit.invalid"
    starttls: bool = False
    auth_required: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    max_size: int = 50_000_000

    def admits(self, credentials: Credentials) -> bool:
        given = "\0".join(credentials).encode()
        return hmac.compare_digest(given, f"{self.username}\0{self.password}".encode())
