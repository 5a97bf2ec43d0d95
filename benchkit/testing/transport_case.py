"""The ways in which a client is tested, by its `offers`: security, dialogue, log-in; and the mail that it sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from benchkit.batch import from_mime, to_mime
from benchkit.model.client_offers import ClientOffers
from benchkit.model.contracts import Client, Prefetching
from benchkit.model.message import Address, Content, Message
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security
from benchkit.testing.client_at_sink import PATIENT_S, ClientAtSink, converse, endpoint_of

# 998 octets is the longest line (RFC 5322 §2.1.1); a dot at a line's beginning is doubled on the wire (RFC 5321 §4.5.2).
DOTS_AND_LONG_LINES = ("." + "x" * 997, ".", "..", ".RSET", "", "." * 998, "QUIT", "-" * 998)


@dataclass(frozen=True, slots=True)
class TransportCase:
    """A client under the name that it is registered by (`smtp_acme`, `api_acme`), in one way of using it.

    `extra_turns` are round trips that the client's library takes for each message beyond those of its dialogue.
    """

    name: str
    client: Client
    security: Security = Security.NONE
    dialogue: str = "step"
    auth: str = ""
    provider: str = "mailgun"
    options: Mapping[str, str] = field(default_factory=dict)  # of the provider
    extra_turns: int = 0

    @property
    def label(self) -> str:
        provider = self.provider if self.transport == "api" else ""
        return "-".join(
            filter(None, (self.name, self.security, provider, self.dialogue.replace("step", ""), self.auth))
        )

    @property
    def transport(self) -> str:
        return self.name.partition("_")[0]

    @property
    def prefetches(self) -> bool:
        transport = self.client(endpoint_of(self.arm(), 9))
        return isinstance(transport, Prefetching) and transport.prefetches

    def arm(self, **changes: Any) -> ArmSpec:
        api = self.transport == "api"
        arm = ArmSpec(
            self.label, self.transport, self.name.partition("_")[2], ConnectionPolicy(0), self.security,
            provider=self.provider if api else "", options=self.options if api else {},
            auth=self.auth, dialogue=self.dialogue, timeout_s=PATIENT_S,
        )  # fmt: skip
        return replace(arm, **changes)

    def converse(self, conversation: Callable[[ClientAtSink], Awaitable[None]], **changes: Any) -> ClientAtSink:
        return converse(self.arm(**changes), conversation, self.client)


def ways_of(name: str, client: Client, **settings: Any) -> tuple[TransportCase, ...]:
    """All that the client offers: each security (STARTTLS with a log-in), and each dialogue after its first."""
    offers: ClientOffers = client.offers
    logins = {Security.STARTTLS: offers.logins[:1]}
    ways = [
        TransportCase(name, client, security, offers.dialogues[0], "".join(logins.get(security, ())), **settings)
        for security in offers.securities
    ]
    return (*ways, *(TransportCase(name, client, dialogue=dialogue, **settings) for dialogue in offers.dialogues[1:]))


def short_mail(number: int = 0) -> Message:
    """One recipient, a few words."""
    shop, user = Address("Shop", "shop@shop.example"), Address("", "user@example.com")
    content = Content("Grüße", shop, (user,), f"Hello {number}.")
    return Message(number, content, to_mime(content), shop.addr, (user.addr,))


def full_mail(arm: ArmSpec) -> Message:
    """Three recipients and a Bcc, lines that begin with dots, lines of 998 octets; and by SMTP a return path of its own."""
    shop = Address("Shop", "shop@shop.example")
    to = tuple(Address(f"User {number}", f"user{number}@example.com") for number in range(3))
    head, _, _ = to_mime(Content("Dots", shop, to, "x")).partition(b"\r\n\r\n")
    lines = b"\r\n".join(line.encode() for line in DOTS_AND_LONG_LINES)
    fields = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-transfer"))
    mime = b"%s\r\nContent-Transfer-Encoding: 7bit\r\n\r\n%s\r\n" % (fields, lines)
    recipients = (*(address.addr for address in to), "blind@example.org")
    return_path = shop.addr if arm.transport == "api" else "bounce@shop.example"
    return Message(0, from_mime(mime), mime, return_path, recipients)
