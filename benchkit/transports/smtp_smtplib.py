"""SMTP by the standard library's smtplib: blocking, so each virtual sender has a thread; one command per round trip.

Handing the message to the thread is part of the service time (about 50 µs). The way back is not: the thread itself records
the time of the outcome.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from benchkit.model.client_offers import SASL, TLS, ClientOffers
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
    unoffered,
)
from benchkit.transports.connection import is_established, open_socket, tls_context
from benchkit.transports.failed_connections import failed, garbled, reason
from benchkit.transports.metered_smtplib import MeteredSmtplib

_GOODBYE_S = 2.0  # how long a QUIT may go unanswered before we hang up
_FAILURES = (
    OSError,
    ValueError,
)  # all of smtplib's own are OSErrors; ValueError where a command cannot be written down


@dataclass(frozen=True, slots=True)
class _Prepared:
    envelope: Envelope
    pieces: tuple[bytes, ...]


class Client:
    """One SMTP connection at a time, used by one thread at a time."""

    offers = ClientOffers(securities=TLS, logins=SASL, dsn=True)

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._tls = tls_context(endpoint)
        self._thread = ThreadPoolExecutor(1, "smtplib")
        self._smtp: MeteredSmtplib | None = None
        self._offer = Capabilities()
        self._settled: Outcome | None = None  # of the message under way, once only tidying up is left

    @property
    def connected(self) -> bool:
        smtp = self._smtp
        return smtp is not None and smtp.sock is not None and smtp.idle and is_established(smtp.sock)

    def prepare(self, message: Message) -> _Prepared:
        return _Prepared(envelope_of(message, self._endpoint.arm.dsn), split_at_identity(message.mime))

    async def connect(self, trace: Trace) -> Outcome | None:
        self._drop()
        trace.mark(Phase.CONNECT)
        try:
            connected = await open_socket(self._endpoint)
        except OSError as error:
            return _outcome_of(error, trace)
        smtp = self._smtp = MeteredSmtplib(connected, self._endpoint, self._tls, trace)
        failure = await self._in_thread(smtp, lambda: self._get_ready(smtp, trace))
        smtp.meter.settle(trace)
        if failure is not None:
            self._drop()
        return failure

    async def send(self, prepared: _Prepared, identity: bytes, trace: Trace) -> Outcome:
        smtp = self._smtp
        assert smtp is not None, "connect first"
        envelope, content = prepared.envelope.of_send(identity), identity.join(prepared.pieces)
        if refusal := self._offer.refusal(envelope.needs, envelope.size):
            trace.finish()
            return refusal
        smtp.trace = trace
        outcome = await self._in_thread(smtp, lambda: self._transact(smtp, envelope, content, trace))
        if smtp.sock is None:
            self._drop()
        assert outcome is not None
        return outcome

    async def close(self, trace: Trace) -> None:
        trace.mark(Phase.CLOSE)
        smtp = self._smtp
        if smtp is not None and smtp.sock is not None:
            smtp.trace = trace
            smtp.set_timeout(_GOODBYE_S)
            await self._in_thread(smtp, lambda: _quit(smtp))
            smtp.meter.settle_close(trace)
        self._drop()
        trace.finish_close()

    async def _in_thread(self, smtp: MeteredSmtplib, step: Callable[[], Outcome | None]) -> Outcome | None:
        """Runs a call in the thread. Cancelling closes the connection, so the thread ends and does not stay behind."""
        self._settled = None
        under_way = asyncio.get_running_loop().run_in_executor(self._thread, step)
        try:
            return await asyncio.shield(under_way)
        except asyncio.CancelledError:
            settled: Outcome | None = self._settled  # the thread may have set it
            smtp.cut()
            await asyncio.wait({under_way})
            self._drop()
            if settled is None:
                raise
            return settled

    def _get_ready(self, smtp: MeteredSmtplib, trace: Trace) -> Outcome | None:
        try:
            self._open(smtp, trace)
        except _FAILURES as error:
            return _outcome_of(error, trace)
        return None

    def _open(self, smtp: MeteredSmtplib, trace: Trace) -> None:
        """From the banner to AUTH; afterwards the server is ready for a message."""
        endpoint, arm = self._endpoint, self._endpoint.arm
        reply = smtp.connect(endpoint.host, endpoint.port)
        if reply[0] != 220:
            raise smtplib.SMTPResponseException(*reply)
        self._greet(smtp, trace)
        if arm.security is Security.STARTTLS:
            self._need("STARTTLS")
            trace.mark(Phase.STARTTLS)
            smtp.starttls(context=smtp.tls)  # type: ignore[arg-type]
            self._greet(smtp, trace)
        if arm.auth:
            self._need(f"AUTH {arm.auth.upper()}")
            trace.mark(Phase.AUTH)
            self._log_in(smtp)
        self._need(*dsn_needs(arm.dsn))

    def _log_in(self, smtp: MeteredSmtplib) -> None:
        """Logs in by benchkit's own steps: the library's LOGIN sends the password whatever the server asks for."""
        login = LOGINS[self._endpoint.arm.auth](
            self._endpoint.username.encode(), self._endpoint.password.reveal().encode()
        )
        line = next(login)
        while (reply := smtp.docmd(line.decode("ascii")))[0] == 334:
            try:
                line = login.send(reply[1].decode("utf-8", "replace"))
            except StopIteration:
                break
        if reply[0] != 235:
            raise smtplib.SMTPAuthenticationError(*reply)

    def _greet(self, smtp: MeteredSmtplib, trace: Trace) -> None:
        trace.mark(Phase.EHLO)
        code, text = smtp.ehlo()
        if code != 250:
            raise smtplib.SMTPResponseException(code, text)
        self._offer = capabilities_of(Reply(code, tuple(text.decode("utf-8", "replace").split("\n"))))

    def _need(self, *keywords: str) -> None:
        if missing := self._offer.missing(keywords):
            raise smtplib.SMTPNotSupportedError(unoffered(missing).text)

    def _transact(self, smtp: MeteredSmtplib, envelope: Envelope, content: bytes, trace: Trace) -> Outcome:
        try:
            outcome = self._transaction(smtp, envelope, content, trace)
        except _FAILURES as error:
            outcome = _outcome_of(error, trace)
        trace.finish()
        smtp.meter.settle(trace)
        self._settled = outcome
        if outcome.kind is not OutcomeKind.ACCEPTED:
            _recover(smtp, outcome)
            smtp.meter.settle_close(trace)
        return outcome

    def _transaction(self, smtp: MeteredSmtplib, envelope: Envelope, content: bytes, trace: Trace) -> Outcome:
        trace.mark(Phase.MAIL)
        code, text = smtp.mail(envelope.sender, envelope.mail_parameters_at(self._offer))
        if code != 250:
            return _refusal(code, text)
        trace.mark(Phase.RCPT)
        refusals, refused = [], []
        for recipient, parameters in zip(envelope.recipients, envelope.rcpt_parameters, strict=True):
            code, text = smtp.rcpt(recipient, parameters)
            if code not in RECIPIENT_TAKEN:
                refusals.append(_refusal(code, text))
                refused.append(recipient)
            if code == 421:
                return refusals[-1]
        if len(refusals) == len(envelope.recipients):
            return refusals[-1]
        trace.mark(Phase.DATA)
        code, text = smtp.data(content)
        outcome = outcome_of_reply(code, text.decode("utf-8", "replace"))
        if refusals and outcome.kind is OutcomeKind.ACCEPTED:
            return accepted_but_for(refused, code, refusals[-1].text, outcome.server_id)
        return outcome

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.hang_up()


def _quit(smtp: MeteredSmtplib) -> None:
    """The mail is sent, so a server that does not answer QUIT changes nothing."""
    with suppress(*_FAILURES):
        smtp.quit()


def _recover(smtp: MeteredSmtplib, outcome: Outcome) -> None:
    """Leaves the connection ready for the next message, or closed: RSET after a refusal, closed after anything ambiguous."""
    if outcome.kind in (OutcomeKind.AMBIGUOUS, OutcomeKind.GARBLED):
        smtp.hang_up()
    elif smtp.sock is not None:
        with suppress(*_FAILURES):
            if smtp.rset()[0] == 250:
                return
        smtp.hang_up()


def _refusal(code: int, text: bytes) -> Outcome:
    return outcome_of_refusal(code, text.decode("utf-8", "replace") or f"reply code {code}")


def _outcome_of(error: Exception, trace: Trace) -> Outcome:
    """Maps smtplib's errors to outcomes: if the content was written before the error, the outcome is ambiguous."""
    if isinstance(error, Garbled):
        return garbled(error)
    if isinstance(error, smtplib.SMTPResponseException):
        reply_text = error.smtp_error
        return _refusal(error.smtp_code, reply_text if isinstance(reply_text, bytes) else reply_text.encode())
    unable = isinstance(error, (smtplib.SMTPNotSupportedError, ValueError)) and not isinstance(error, ssl.SSLError)
    if unable:  # a certificate's failure is a ValueError as well
        return Outcome(OutcomeKind.REJECTED, text=reason(error))
    if isinstance(error.__context__, TimeoutError):  # the library says of every end of a connection that it was closed
        error = error.__context__
    return failed(error, in_doubt=trace.phases[-1] == Phase.CONTENT)
