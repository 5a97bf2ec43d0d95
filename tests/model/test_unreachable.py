"""Whatever makes a server unusable, the message says what to do: one row for each cause."""

from __future__ import annotations

import socket
from errno import ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH

import pytest

from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.unreachable import BAD_CERTIFICATE, advice_on_error, advice_on_failure
from benchkit.protocol.replies import unoffered


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(ECONNREFUSED, "Connection refused"), "start the server"),
        (TimeoutError("timed out"), "firewall"),
        (OSError(EHOSTUNREACH, "No route to host"), "firewall"),
        (OSError(ENETUNREACH, "Network is unreachable"), "this machine's network"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "correct the host name"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "this machine's DNS"),
        (OSError(ECONNRESET, "Connection reset by peer"), "the port goes with the arm's security"),
    ],
    ids=str,
)
def test_a_connection_that_cannot_be_made(error: OSError, expected: str) -> None:
    assert expected in advice_on_error(error)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (Outcome(OutcomeKind.UNREACHABLE, text=f"{BAD_CERTIFICATE}: self-signed certificate"), "ca_file"),
        (Outcome(OutcomeKind.UNREACHABLE, text="Connection lost"), "security"),
        (Outcome(OutcomeKind.TIMED_OUT, text="no answer within timeout_s"), "security"),
        (unoffered("STARTTLS"), "benchkit doctor --host"),
        (Outcome(OutcomeKind.REJECTED, 535, "5.7.8", "5.7.8 bad credentials"), "username and password"),
        (Outcome(OutcomeKind.REJECTED, 530, "5.7.0", "Authentication required"), "give the arm auth"),
        (Outcome(OutcomeKind.REJECTED, 538, "5.7.11", "Encryption required"), "security"),
        (Outcome(OutcomeKind.REJECTED, 401, text="Unauthorized"), "username and password"),
        (Outcome(OutcomeKind.REJECTED, 554, text="no service for you"), "ask the server's owner"),
        (Outcome(OutcomeKind.DEFERRED, 454, "4.7.0", "Temporary authentication failure"), "wait"),
        (Outcome(OutcomeKind.THROTTLED, 421, text="too many connections"), "wait"),
        (Outcome(OutcomeKind.GARBLED, text="not a reply"), "protocol"),
    ],
    ids=lambda value: value.text if isinstance(value, Outcome) else "",
)
def test_a_server_that_the_arm_cannot_send_to(failure: Outcome, expected: str) -> None:
    assert expected in advice_on_failure(failure)


@pytest.mark.parametrize("kind", [kind for kind in OutcomeKind if kind is not OutcomeKind.ACCEPTED])
@pytest.mark.parametrize("code", [0, 250, 354, 421, 450, 530, 550, 999])
def test_no_failure_is_without_advice(kind: OutcomeKind, code: int) -> None:
    assert advice_on_failure(Outcome(kind, code))
