"""The start of an SMTP session up to TLS (RFC 3207): greeting, extensions, certificate; no mail is sent.

The stage that the session reached is kept: if the network blocks the port (many block 25), nothing is known about STARTTLS.
"""

from __future__ import annotations

import asyncio
import ssl
import warnings
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from benchkit.audit.connect_probe.certificates import PeerCertificate, read_chain
from benchkit.audit.connect_probe.smtp_conversation import SmtpConversation, UnexpectedReply
from benchkit.audit.connect_probe.special_addresses import why_not_public
from benchkit.model.plain_number import significant

SMTP_PORT = 25
TIMEOUT_S = 10.0
_DER = 2  # _ssl.ENCODING_DER


class StarttlsStage(StrEnum):
    """The step that the session ended in; DONE when TLS came up."""

    NOT_ALLOWED = "not allowed"  # a private or reserved address: nothing was connected to
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
    stage: StarttlsStage = StarttlsStage.CONNECT
    error: str = ""
    greeting: str = ""
    extensions: tuple[str, ...] = ()
    offered: bool | None = None
    tls_version: str = ""
    cipher: str = ""
    cipher_bits: int = 0
    accepts_old: str = ""  # a version that RFC 8996 forbids, and that the server accepts beside a newer one
    chain: tuple[PeerCertificate, ...] = ()
    distrust: str = ""


async def probe(
    address: str,
    host: str,
    *,
    port: int = SMTP_PORT,
    helo: str = "",
    timeout_s: float = TIMEOUT_S,
    trust: ssl.SSLContext | None = None,
    allow_private: bool = False,
) -> MailServer:
    """Speaks to `address` as to `host`, whose name the certificate should have. Never raises for what the server does.

    `helo` is our own name, by default our address literal. A certificate that `trust` (the system's authorities) does not
    accept costs a second connection, which takes the chain without asking for trust; a last one offers old versions only.
    """
    server = MailServer(host, address, port)
    if not allow_private and (why := why_not_public(address)):
        error = f"not connected to {address} ({why}): allow it with --allow-private"
        return replace(server, stage=StarttlsStage.NOT_ALLOWED, error=error)
    seen = await _session(server, helo, timeout_s, trust or ssl.create_default_context())
    if seen.distrust:
        again = await _session(server, helo, timeout_s, _trusting_everyone())
        seen = replace(again, distrust=seen.distrust)
    if seen.stage not in (StarttlsStage.TLS, StarttlsStage.DONE):
        return seen
    old = await _session(server, helo, timeout_s, _offering_old_versions())
    if old.stage is not StarttlsStage.DONE:
        return seen
    return replace(seen, accepts_old=old.tls_version) if seen.stage is StarttlsStage.DONE else old


def _trusting_everyone() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _offering_old_versions() -> ssl.SSLContext:
    """TLS 1.0 and 1.1 and nothing newer, with every cipher that this machine's OpenSSL still has."""
    context = _trusting_everyone()
    with warnings.catch_warnings(action="ignore"):  # Python deprecates them, as it should
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


async def _session(server: MailServer, helo: str, timeout_s: float, context: ssl.SSLContext) -> MailServer:
    session = _Session(server)
    try:
        async with asyncio.timeout(timeout_s):
            await session.run(helo, context)
    except ssl.SSLCertVerificationError as error:
        session.note(error=error.verify_message, distrust=error.verify_message)
    except TimeoutError:
        session.note(error=f"no answer within {significant(timeout_s)} s")
    except (OSError, UnexpectedReply) as error:
        session.note(error=str(error) or type(error).__name__)
    finally:
        session.close()
    return session.seen


class _Session:
    """One connection; `seen` grows with each step."""

    def __init__(self, server: MailServer) -> None:
        self.seen = server
        self._conversation: SmtpConversation | None = None

    def note(self, **what: Any) -> None:
        self.seen = replace(self.seen, **what)

    async def run(self, helo: str, context: ssl.SSLContext) -> None:
        conversation = self._conversation = await SmtpConversation.open(self.seen.address, self.seen.port)
        self.note(stage=StarttlsStage.GREETING)
        self.note(greeting=(await conversation.reply(220))[0], stage=StarttlsStage.EHLO)
        _, *extensions = await conversation.command(f"EHLO {helo or conversation.address_literal()}", 250)
        words = tuple(extension.upper() for extension in extensions)
        self.note(extensions=words, offered="STARTTLS" in words, stage=StarttlsStage.STARTTLS)
        if self.seen.offered:
            await conversation.command("STARTTLS", 220)
            self.note(stage=StarttlsStage.TLS)
            up = await conversation.start_tls(context, self.seen.host)
            self.note(stage=StarttlsStage.DONE, **_tls_of(up))
        conversation.quit()

    def close(self) -> None:
        if self._conversation is not None:
            self._conversation.close()


def _tls_of(up: ssl.SSLObject) -> dict[str, Any]:
    name, _, bits = up.cipher() or ("", "", 0)
    version = up.version() or ""
    return {"tls_version": version, "cipher": name, "cipher_bits": bits or 0, "chain": read_chain(_sent_chain(up))}


def _sent_chain(up: Any) -> list[bytes]:
    """The certificates as they were sent; by a public method since Python 3.13, by the same one below it before."""
    if hasattr(up, "get_unverified_chain"):
        return list(up.get_unverified_chain())
    return [certificate.public_bytes(_DER) for certificate in up._sslobj.get_unverified_chain() or ()]
