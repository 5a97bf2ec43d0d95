"""Every way of sending that a peer's EHLO offers and a client here knows, and the turns that each must cost (method.md §2).

The arithmetic is written out here once more, on purpose: what benchkit expects of itself is not asked to judge itself.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from benchkit.cli.names import known_names
from benchkit.model.scenario import Security
from tests.peers.servers.peer import HOST, NAME, Listener, Peer

# They offer PIPELINING, and cannot take an envelope right behind a content, as RFC 2920 §3.1 has it.
OVERLAP_REFUSED = {
    "dovecot": '2.3.19 panics ("pending_rcpt_cmds == 0"), with the message relayed and no reply sent',
    "haraka": '3.3.4 says "503 Bad sequence of commands - pipelined after end of DATA": its guard against smuggling',
}
OFFERED = {  # the dialogues that each server's EHLO allows
    "postfix": ("step", "pipelined", "overlapped", "bdat-strict", "bdat-eager"),
    "exim": ("step", "pipelined", "overlapped", "bdat-strict", "bdat-eager"),
    "opensmtpd": ("step",),
    "dovecot": ("step", "pipelined", "overlapped", "bdat-strict", "bdat-eager"),
    "haraka": ("step", "pipelined", "overlapped"),
    "smtp_server": ("step", "pipelined", "overlapped"),
    "smtp_sink": ("step", "pipelined", "overlapped"),
    "aiosmtpd": ("step",),
}
NEEDS = {
    "step": frozenset[str](),
    "pipelined": frozenset({"pipelining"}),
    "overlapped": frozenset({"pipelining"}),
    "bdat-strict": frozenset({"pipelining", "chunking"}),
    "bdat-eager": frozenset({"pipelining", "chunking"}),
}
SETUP_TURNS = {
    Security.NONE: 3,
    Security.IMPLICIT: 4,
    Security.STARTTLS: 6,
}  # connect, banner, EHLO; TLS; STARTTLS, TLS, EHLO
AUTH_TURNS = {"": 0, "plain": 1, "login": 2, "xoauth2": 1, "cram-md5": 2}
PASSWORD = {"env": "BENCHKIT_PEER_PASSWORD"}
TEXT_TURNS = {"step": 4, "pipelined": 2, "bdat-strict": 2, "bdat-eager": 1}


@dataclass(frozen=True, slots=True)
class Way:
    """One arm. `listener` is where it goes in."""

    listener: Listener
    auth: str
    client: str
    dialogue: str
    connection: str

    @property
    def name(self) -> str:
        auth = f" {self.auth}" if self.auth else ""
        return f"{self.client} {self.dialogue}, {self.connection}, {self.listener.security}{auth}"

    def arm(self, peer: Peer) -> dict[str, object]:
        """Its keys in a scenario, but for the server."""
        keys = {"transport": "smtp", "client": self.client, "dialogue": self.dialogue, "connection": self.connection}
        if not (self.auth and peer.account):
            return {**keys}
        return {**keys, "auth": self.auth, "username": peer.account.username, "password": PASSWORD}

    def secret(self, peer: Peer) -> str:
        """What the scenario does not tell; empty where there is nothing to tell."""
        return peer.account.secret(self.auth) if self.auth and peer.account else ""

    @property
    def overlaps(self) -> bool:
        return self.dialogue == "overlapped" and self.connection == "reuse"

    def turns(self, messages: int) -> list[int]:
        """Of so many messages with one recipient each, in the order of sending."""
        if self.connection == "fresh":
            setup = SETUP_TURNS[self.listener.security] + AUTH_TURNS[self.auth]
            # Nothing comes after the only message of a connection: overlapping is pipelining there.
            return [setup + TEXT_TURNS.get(self.dialogue, 2)] * messages
        if self.dialogue == "overlapped":
            return [2] + [1] * (messages - 1)
        return [TEXT_TURNS[self.dialogue]] * messages


def ways(peer: Peer) -> Iterator[Way]:
    """All that the peer is able to do."""
    return (way for way in offered_ways(peer) if peer.name not in OVERLAP_REFUSED or not way.overlaps)


def overlapping_ways(peer: Peer) -> Iterator[Way]:
    """Those in which an envelope comes right behind a content."""
    return (way for way in offered_ways(peer) if way.overlaps)


def offered_ways(peer: Peer) -> Iterator[Way]:
    """By asking each listener what it offers."""
    names = known_names()
    for listener in peer.listeners:
        offered, mechanisms = offers(peer, listener)
        for client in names.clients["smtp"]:
            supported = names.offers("smtp", client)
            logins = _logins(peer, listener, mechanisms & set(supported.logins))
            for dialogue in supported.dialogues:
                if NEEDS[dialogue] <= offered:
                    # How one logs in has nothing to do with what comes after it: all ways in, but each only once.
                    yield from (Way(listener, auth, client, dialogue, "reuse") for auth in logins[:1])
                    yield from (
                        Way(listener, auth, client, dialogue, "fresh")
                        for auth in (logins if dialogue == "step" else logins[-1:])
                    )


def _logins(peer: Peer, listener: Listener, known: set[str]) -> list[str]:
    without = [] if listener.login else [""]
    return without + (sorted(known) if peer.account else [])


def offers(peer: Peer, listener: Listener) -> tuple[set[str], set[str]]:
    """The EHLO keywords, and the mechanisms of AUTH, as Python's smtplib reads them at that listener."""
    context = ssl.create_default_context(cafile=peer.ca_file) if peer.ca_file else None
    with _connected(listener, context) as smtp:
        smtp.ehlo()
        if listener.security is Security.STARTTLS:
            smtp.starttls(context=context)
            smtp.ehlo()
        return set(smtp.esmtp_features), set(smtp.esmtp_features.get("auth", "").lower().split())


def _connected(listener: Listener, context: ssl.SSLContext | None) -> smtplib.SMTP:
    if listener.security is Security.IMPLICIT:
        return smtplib.SMTP_SSL(NAME, listener.port, timeout=10, context=context)
    return smtplib.SMTP(HOST if context is None else NAME, listener.port, timeout=10)
