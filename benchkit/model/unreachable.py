"""What to do about a server that cannot be used, found before the first message: one instruction for each cause.

Each instruction follows the cause in one line: "Connection refused: start the server …; nothing was sent".
"""

from __future__ import annotations

import socket
from errno import EHOSTUNREACH, ENETUNREACH, ETIMEDOUT

from benchkit.model.outcome import Outcome, OutcomeKind

BAD_CERTIFICATE = "the server's certificate is not valid"  # how an outcome's text begins

_NAME = "correct the host name, or check this machine's DNS"
_REFUSED = "nothing listens there: start the server, or correct host and port"
_NO_ANSWER = (
    "check the address, the port and this machine's network; a firewall may drop it, as many networks do for port 25"
)
_CERTIFICATE = "name the server as its certificate does, or name the authority that signed it with ca_file"
_NOT_OFFERED = "change the arm to what the server offers (benchkit doctor --host HOST shows it)"
_SILENT = 'check that the port goes with the arm\'s security: with TLS from the first byte it is "implicit"'
_FOREIGN = "check that the port is one of this protocol"
_FOR_NOW = "wait, then run it again: the server refuses for now"
_REFUSES = "ask the server's owner to let this machine send"
_LOG_IN = "check the arm's username and password"
_LOG_IN_NEEDED = "give the arm auth, username and password"
_TLS_NEEDED = 'give the arm security = "starttls" or "implicit"'

_BY_CODE = {
    401: _LOG_IN,  # RFC 9110 §15.5.2
    403: _LOG_IN,
    530: _LOG_IN_NEEDED,  # RFC 4954 §6
    534: _LOG_IN,
    535: _LOG_IN,
    538: _TLS_NEEDED,
}
_BY_KIND = {
    OutcomeKind.DEFERRED: _FOR_NOW,
    OutcomeKind.THROTTLED: _FOR_NOW,
    OutcomeKind.REJECTED: _REFUSES,
    OutcomeKind.TIMED_OUT: _SILENT,
    OutcomeKind.UNREACHABLE: _SILENT,
    OutcomeKind.AMBIGUOUS: _SILENT,
    OutcomeKind.GARBLED: _FOREIGN,
    OutcomeKind.ACCEPTED: "",  # is no failure
}


def advice_on_error(error: OSError) -> str:
    """For a look-up or a connection that failed."""
    if isinstance(error, socket.gaierror):
        return _NAME
    if isinstance(error, ConnectionRefusedError):
        return _REFUSED
    if isinstance(error, TimeoutError) or error.errno in (EHOSTUNREACH, ENETUNREACH, ETIMEDOUT):
        return _NO_ANSWER
    return _SILENT


def advice_on_failure(failure: Outcome) -> str:
    """For a server that was reached, and that the arm cannot send to."""
    if failure.text.startswith(BAD_CERTIFICATE):
        return _CERTIFICATE
    if failure.kind is OutcomeKind.REJECTED and not failure.code:  # our own: the server lacks what the arm needs
        return _NOT_OFFERED
    return _BY_CODE.get(failure.code) or _BY_KIND[failure.kind]
