"""What a mail server shows to a sender until TLS is up (RFC 3207): greeting, extensions, certificates; no mail leaves.

How far the talk came is kept, for a port that is closed to us (as many networks close 25) says nothing about STARTTLS.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from benchkit.connect_probe.certificates import PeerCertificate, read_chain
from benchkit.connect_probe.smtp_conversation import SmtpConversation, UnexpectedReply

SMTP_PORT = 25
TIMEOUT_S = 10.0
_DER = 2  # _ssl.ENCODING_DER


class Stage(StrEnum):
    """The step that the talk ended in; DONE when TLS came up."""

    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    TLS = "tls"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class MailServer:
    """`offered` is None where EHLO was never answered; `distrust` is OpenSSL's reason, empty where it trusts the server."""

    host: str
    address: str
    port: int
    stage: Stage = Stage.CONNECT
    error: str = ""
    greeting: str = ""
    extensions: tuple[str, ...] = ()
    offered: bool | None = None
    tls_version: str = ""
    cipher: str = ""
    chain: tuple[PeerCertificate, ...] = ()
    distrust: str = ""


async def look_at(
    address: str,
    host: str,
    *,
    port: int = SMTP_PORT,
    helo: str = "",
    timeout_s: float = TIMEOUT_S,
    trust: ssl.SSLContext | None = None,
) -> MailServer:
    """Talks to `address` as to `host`, whose name the certificate should have. Never raises for what the server does.

    `helo` is our own name, by default our address literal. A certificate that `trust` (the system's authorities) does not
    accept costs a second connection, which takes the chain without asking for trust.
    """
    asked = MailServer(host, address, port)
    seen = await _look(asked, helo, timeout_s, trust or ssl.create_default_context())
    if not seen.distrust:
        return seen
    again = await _look(asked, helo, timeout_s, _trusting_anybody())
    return replace(again, distrust=seen.distrust)


def _trusting_anybody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _look(asked: MailServer, helo: str, timeout_s: float, context: ssl.SSLContext) -> MailServer:
    look = _Look(asked)
    try:
        async with asyncio.timeout(timeout_s):
            await look.go(helo, context)
    except ssl.SSLCertVerificationError as error:
        look.note(error=error.verify_message, distrust=error.verify_message)
    except TimeoutError:
        look.note(error=f"no answer within {timeout_s:g} s")
    except (OSError, UnexpectedReply) as error:
        look.note(error=str(error) or type(error).__name__)
    finally:
        look.close()
    return look.seen


class _Look:
    """One connection; `seen` grows as it comes along."""

    def __init__(self, asked: MailServer) -> None:
        self.seen = asked
        self._talk: SmtpConversation | None = None

    def note(self, **what: Any) -> None:
        self.seen = replace(self.seen, **what)

    async def go(self, helo: str, context: ssl.SSLContext) -> None:
        talk = self._talk = await SmtpConversation.open(self.seen.address, self.seen.port)
        self.note(stage=Stage.GREETING)
        self.note(greeting=(await talk.reply(220))[0], stage=Stage.EHLO)
        _, *extensions = await talk.command(f"EHLO {helo or talk.address_literal()}", 250)
        words = tuple(extension.upper() for extension in extensions)
        self.note(extensions=words, offered="STARTTLS" in words, stage=Stage.STARTTLS)
        if self.seen.offered:
            await talk.command("STARTTLS", 220)
            self.note(stage=Stage.TLS)
            up = await talk.start_tls(context, self.seen.host)
            self.note(stage=Stage.DONE, **_session(up))
        talk.quit()

    def close(self) -> None:
        if self._talk is not None:
            self._talk.close()


def _session(up: ssl.SSLObject) -> dict[str, Any]:
    name, *_ = up.cipher() or ("",)
    return {"tls_version": up.version() or "", "cipher": name, "chain": read_chain(_sent_chain(up))}


def _sent_chain(up: Any) -> list[bytes]:
    """The certificates as they were sent; by a public method since Python 3.13, by the same one below it before."""
    if hasattr(up, "get_unverified_chain"):
        return list(up.get_unverified_chain())
    return [certificate.public_bytes(_DER) for certificate in up._sslobj.get_unverified_chain() or ()]
