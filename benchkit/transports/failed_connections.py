"""The outcome that a connection error means for the message under way: one table for all clients, with the same texts.

What a protocol's own errors are (a refusal, a reply that was cut) is decided by the client that knows the protocol.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.unreachable import BAD_CERTIFICATE

_LATE = "no answer within timeout_s"


def failed(error: BaseException, *, in_doubt: bool) -> Outcome:
    """`in_doubt`: the whole content, or request, may have left, so that the server may have the message."""
    text = reason(error)
    if in_doubt:
        return Outcome(OutcomeKind.AMBIGUOUS, text=text)
    return Outcome(OutcomeKind.TIMED_OUT if isinstance(error, TimeoutError) else OutcomeKind.UNREACHABLE, text=text)


def garbled(error: BaseException) -> Outcome:
    """What came is outside the protocol."""
    return Outcome(OutcomeKind.GARBLED, text=reason(error))


def reason(error: BaseException) -> str:
    """In words. A library may hide a certificate's failure behind an error of its own."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"{BAD_CERTIFICATE}: {cause.verify_message}"
    return str(error) or (_LATE if isinstance(error, TimeoutError) else type(error).__name__)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
