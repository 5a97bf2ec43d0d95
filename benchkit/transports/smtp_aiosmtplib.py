"""SMTP by aiosmtplib in explicit steps: one command per round trip, no hidden EHLO, no look-up of the own host name.

It never pipelines, whatever the server offers: the round trips of this client are the library's, not the protocol's.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import aiosmtplib

from benchkit.model.client_offers import TLS, ClientOffers
from benchkit.model.endpoint import Endpoint
from benchkit.model.identity import split_at_identity
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import Security
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.login import LOGINS
from benchkit.protocol.prepared_message import Envelope, dsn_needs, envelope_of
from benchkit.protocol.replies import (
    RECIPIENT_TAKEN,
    Capabilities,
    Garbled,
    Reply,
    accepted_but_for,
    capabilities_of,
    outcome_of_refusal,
    outcome_of_reply,
    queued_as,
    unoffered,
)
from benchkit.transports.connection import ConnectionMeter, open_socket, tls_context
from benchkit.transports.failed_connections import failed, garbled, reason
from benchkit.transports.metered_aiosmtplib import MeteredAiosmtplib

_GOODBYE_S = 2.0  # how long a QUIT may go unanswered before we hang up
_FAILURES = (aiosmtplib.SMTPException, OSError, Garbled)  # TimeoutError and ssl.SSLError are OSErrors


@dataclass(frozen=True, slots=True)
class _Prepared:
    envelope: Envelope
    pieces: tuple[bytes, ...]


class Client:
    """One SMTP connection at a time."""

    offers = ClientOffers(securities=TLS, logins=tuple(LOGINS), dsn=True, libraries=("aiosmtplib",))

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._tls = tls_context(endpoint)
        self._meter = ConnectionMeter()
        self._smtp: MeteredAiosmtplib | None = None
        self._offer = Capabilities()

    @property
    def connected(self) -> bool:
        return self._smtp is not None and self._smtp.is_connected and self._smtp.idle

    def prepare(self, message: Message) -> _Prepared:
        return _Prepared(envelope_of(message, self._endpoint.arm.dsn), split_at_identity(message.mime))

    async def connect(self, trace: Trace) -> Outcome | None:
        self._drop()
        try:
            await self._connect(trace)
        except _FAILURES as error:
            self._meter.settle(trace)
            self._drop()
            return _outcome_of(error, trace)
        except asyncio.CancelledError:
            self._drop()
            raise
        self._meter.settle(trace)
        return None

    async def send(self, prepared: _Prepared, identity: bytes, trace: Trace) -> Outcome:
        smtp = self._smtp
        assert smtp is not None, "connect first"
        envelope = prepared.envelope.of_send(identity)
        if refusal := self._offer.refusal(envelope.needs, envelope.size):
            trace.finish()
            return refusal
        smtp.trace = trace
        try:
            outcome = await self._transaction(smtp, envelope, identity.join(prepared.pieces), trace)
        except asyncio.CancelledError:
            self._drop()
            raise
        self._meter.settle(trace)
        if outcome.kind is not OutcomeKind.ACCEPTED:
            await self._recover(outcome, trace)
        return outcome

    async def close(self, trace: Trace) -> None:
        trace.mark(Phase.CLOSE)
        if self._smtp is not None and self.connected:
            self._smtp.trace = trace
            with suppress(*_FAILURES):  # the mail is sent: a server that does not answer QUIT changes nothing
                await self._smtp.quit(timeout=_GOODBYE_S)
        self._drop()
        trace.finish_close()
        self._meter.settle_close(trace)

    async def _connect(self, trace: Trace) -> None:
        endpoint, arm = self._endpoint, self._endpoint.arm
        trace.mark(Phase.CONNECT)
        sock = await open_socket(endpoint)
        self._meter = ConnectionMeter()
        self._meter.over(sock, trace)
        smtp = self._smtp = MeteredAiosmtplib(
            self._meter,
            trace,
            hostname=endpoint.server_name,
            local_hostname=endpoint.local_hostname,
            timeout=arm.timeout_s,
            use_tls=arm.security is Security.IMPLICIT,
            start_tls=False,
            tls_context=self._tls,
        )
        if arm.security is Security.IMPLICIT:
            trace.mark(Phase.TLS)
        await smtp.connect(sock=sock)
        await self._greet(smtp, trace)
        if arm.security is Security.STARTTLS:
            self._need("STARTTLS")
            trace.mark(Phase.STARTTLS)
            await smtp.starttls(server_hostname=endpoint.server_name)
            await self._greet(smtp, trace)
        if arm.auth:
            self._need(f"AUTH {arm.auth.upper()}")
            trace.mark(Phase.AUTH)
            await self._log_in(smtp)
        self._need(*dsn_needs(arm.dsn))

    async def _log_in(self, smtp: MeteredAiosmtplib) -> None:
        """Logs in by benchkit's own steps: the library's LOGIN sends the password whatever the server asks for."""
        login = LOGINS[self._endpoint.arm.auth](
            self._endpoint.username.encode(), self._endpoint.password.reveal().encode()
        )
        line = next(login)
        while (reply := await smtp.execute_command(line)).code == 334:
            try:
                line = login.send(reply.message)
            except StopIteration:
                break
        if reply.code != 235:
            raise aiosmtplib.SMTPAuthenticationError(reply.code, reply.message)

    async def _greet(self, smtp: MeteredAiosmtplib, trace: Trace) -> None:
        trace.mark(Phase.EHLO)
        reply = await smtp.ehlo()
        self._offer = capabilities_of(Reply(reply.code, tuple(reply.message.split("\n"))))

    def _need(self, *keywords: str) -> None:
        if missing := self._offer.missing(keywords):
            raise aiosmtplib.SMTPNotSupported(unoffered(missing).text)

    async def _transaction(self, smtp: MeteredAiosmtplib, envelope: Envelope, content: bytes, trace: Trace) -> Outcome:
        parameters = envelope.mail_parameters_at(self._offer)
        try:
            trace.mark(Phase.MAIL)
            await smtp.mail(envelope.sender, options=parameters, encoding=_encoding(envelope))
            trace.mark(Phase.RCPT)
            refusals, refused = await self._recipients(smtp, envelope)
            if len(refusals) == len(envelope.recipients):
                return refusals[-1]
            trace.mark(Phase.DATA)
            reply = await smtp.data(content)
        except _FAILURES as error:
            return _outcome_of(error, trace)
        finally:
            trace.finish()
        if refusals:
            return accepted_but_for(refused, reply.code, refusals[-1].text, queued_as(reply.message))
        return outcome_of_reply(reply.code, reply.message)

    async def _recipients(self, smtp: MeteredAiosmtplib, envelope: Envelope) -> tuple[list[Outcome], list[str]]:
        """The refusals, one for each recipient that the server refuses, and those recipients."""
        refusals, refused = [], []
        for recipient, parameters in zip(envelope.recipients, envelope.rcpt_parameters, strict=True):
            try:
                await smtp.rcpt(recipient, options=parameters, encoding=_encoding(envelope))
            except aiosmtplib.SMTPRecipientRefused as refusal:
                if refusal.code == 421 or not smtp.is_connected:
                    raise
                if refusal.code not in RECIPIENT_TAKEN:
                    refusals.append(outcome_of_refusal(refusal.code, refusal.message))
                    refused.append(recipient)
        return refusals, refused

    async def _recover(self, outcome: Outcome, trace: Trace) -> None:
        """Leaves the connection ready for the next message, or closed:

        RSET after a refusal, closed after anything ambiguous.
        """
        if self._smtp is None or outcome.kind in (OutcomeKind.AMBIGUOUS, OutcomeKind.GARBLED):
            self._drop()
            return
        try:
            await self._smtp.rset()
        except (*_FAILURES, asyncio.CancelledError):  # the outcome is known: a deadline ends only this
            self._drop()
        self._meter.settle_close(trace)

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.hang_up()
            self._smtp = None


def _encoding(envelope: Envelope) -> str:
    return "utf-8" if envelope.utf8 else "ascii"


def _outcome_of(error: BaseException, trace: Trace) -> Outcome:
    """Maps aiosmtplib's errors to outcomes: if the content was written before the error, the outcome is ambiguous."""
    in_doubt = trace.phases[-1:] == [Phase.CONTENT]
    if isinstance(error, Garbled):
        return garbled(error)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return (
            outcome_of_reply(error.code, error.message) if in_doubt else outcome_of_refusal(error.code, error.message)
        )
    if isinstance(error, aiosmtplib.SMTPConnectError) and error.__cause__ is not None:
        error = error.__cause__  # its own words name a port that is none
    if isinstance(error, OSError):
        return failed(error, in_doubt=in_doubt)
    return Outcome(OutcomeKind.REJECTED, text=reason(error))  # the server lacks an extension that the arm asks for
