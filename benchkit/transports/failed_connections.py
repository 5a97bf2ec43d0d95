"""What a connection error means for the current message: one table for all clients, with the same texts.

Protocol errors (a refusal, a truncated reply) are decided by the client that knows the protocol.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.unreachable import BAD_CERTIFICATE

_LATE = "no answer within timeout_s"


def failed(error: BaseException, *, in_doubt: bool) -> Outcome:
    """The outcome of an error. `in_doubt`: the whole content or request may be written, so the server may have the message."""
    text = reason(error)
    if in_doubt:
        return Outcome(OutcomeKind.AMBIGUOUS, text=text)
    return Outcome(OutcomeKind.TIMED_OUT if isinstance(error, TimeoutError) else OutcomeKind.UNREACHABLE, text=text)


def garbled(error: BaseException) -> Outcome:
    """The outcome when the received bytes break the protocol."""
    return Outcome(OutcomeKind.GARBLED, text=reason(error))


def reason(error: BaseException) -> str:
    """The error in words. Some libraries hide a certificate failure inside an error of their own."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"{BAD_CERTIFICATE}: {cause.verify_message}"
    return str(error) or (_LATE if isinstance(error, TimeoutError) else type(error).__name__)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
