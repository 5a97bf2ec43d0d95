"""What a relay shows on one of its ports, before and after TLS, without a login and without mail (RFC 6409, RFC 8314)."""

from __future__ import annotations

import asyncio
import errno
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from benchkit.audit.connect_probe.certificates import PeerCertificate, read_certificate
from benchkit.audit.connect_probe.smtp_conversation import SmtpConversation, UnexpectedReply
from benchkit.model.plain_number import significant

TIMEOUT_S = 10.0


class PortState(StrEnum):
    """How far the conversation came; OPEN: to its end."""

    CLOSED = "closed"  # no connection: refused, or nothing answers, as where a network blocks mail ports
    SILENT = "silent"  # connected, and no SMTP came
    NO_TLS = "no TLS"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class SubmissionPort:
    """`before_tls` and `after_tls` are EHLO keywords with their parameters; None where EHLO was not answered there.

    `refused`: the host itself says that nothing listens there. `distrust` is OpenSSL's reason; the rest was then seen on a
    second connection that asks for no trust.
    """

    port: int
    implicit: bool
    state: PortState = PortState.CLOSED
    error: str = ""
    refused: bool = False
    greeting: str = ""
    before_tls: tuple[str, ...] | None = None
    after_tls: tuple[str, ...] | None = None
    tls_version: str = ""
    cipher: str = ""
    certificate: PeerCertificate | None = None
    distrust: str = ""


async def look_at_ports(
    host: str,
    address: str,
    ports: Sequence[tuple[int, bool]],
    *,
    timeout_s: float = TIMEOUT_S,
    trust: ssl.SSLContext | None = None,
) -> tuple[SubmissionPort, ...]:
    """All at once; `ports` with whether TLS comes first. Never raises for what a server does."""
    context = trust or ssl.create_default_context()
    return tuple(
        await asyncio.gather(*(_look(host, address, SubmissionPort(*port), timeout_s, context) for port in ports))
    )


async def _look(
    host: str, address: str, submission: SubmissionPort, timeout_s: float, context: ssl.SSLContext
) -> SubmissionPort:
    seen = await _conversation(host, address, submission, timeout_s, context)
    if not seen.distrust:
        return seen
    again = await _conversation(host, address, submission, timeout_s, _without_trust())
    return replace(again, distrust=seen.distrust)


def _without_trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def _conversation(
    host: str, address: str, submission: SubmissionPort, timeout_s: float, context: ssl.SSLContext
) -> SubmissionPort:
    look = _Look(submission)
    try:
        async with asyncio.timeout(timeout_s):
            await look.run(host, address, context)
    except ssl.SSLCertVerificationError as error:
        look.note(error=error.verify_message, distrust=error.verify_message)
    except TimeoutError:
        look.note(error=f"no answer within {significant(timeout_s)} s")
    except (OSError, UnexpectedReply) as error:
        number = error.errno if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else None
        reason = os.strerror(number) if number else str(error) or type(error).__name__
        look.note(error=reason, refused=number == errno.ECONNREFUSED)
    finally:
        look.close()
    return look.seen


class _Look:
    """One connection; `seen` grows with each step."""

    def __init__(self, submission: SubmissionPort) -> None:
        self.seen = submission
        self._conversation: SmtpConversation | None = None

    def note(self, **what: Any) -> None:
        self.seen = replace(self.seen, **what)

    async def run(self, host: str, address: str, context: ssl.SSLContext) -> None:
        conversation = self._conversation = await SmtpConversation.open(address, self.seen.port)
        self.note(state=PortState.SILENT)
        if self.seen.implicit:
            await self._start_tls(conversation, context, host)
        self.note(greeting=(await conversation.reply(220))[0])
        if not self.seen.implicit:
            offered = await self._ehlo(conversation)
            self.note(state=PortState.NO_TLS, before_tls=offered)
            if "STARTTLS" not in offered:
                self.note(error="STARTTLS is not offered")
                return
            await conversation.command("STARTTLS", 220)
            await self._start_tls(conversation, context, host)
        self.note(after_tls=await self._ehlo(conversation), state=PortState.OPEN)
        conversation.quit()

    async def _ehlo(self, conversation: SmtpConversation) -> tuple[str, ...]:
        _, *extensions = await conversation.command(f"EHLO {conversation.address_literal()}", 250)
        return tuple(extension.upper() for extension in extensions)

    async def _start_tls(self, conversation: SmtpConversation, context: ssl.SSLContext, host: str) -> None:
        up = await conversation.start_tls(context, host)
        name, _, _ = up.cipher() or ("", "", 0)
        der = up.getpeercert(binary_form=True)
        certificate = None if der is None else read_certificate(der)
        self.note(tls_version=up.version() or "", cipher=name, certificate=certificate)

    def close(self) -> None:
        if self._conversation is not None:
            self._conversation.close()
