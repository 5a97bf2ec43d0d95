"""The round trips that each way of sending must cost: method.md §2 as arithmetic, for plans and tests of the counter."""

from __future__ import annotations

from benchkit.model.scenario import ArmSpec, Security

UPLOADED_BEFORE = "uploadUrl"  # JMAP: the mail's bytes take a request of their own (RFC 8620 §6.1)
_AUTH_TURNS = {"": 0, "plain": 1, "xoauth2": 1, "login": 2, "cram-md5": 2}

_DIALOGUES = ("step", "pipelined", "overlapped", "bdat-strict", "bdat-eager")


def is_known(arm: ArmSpec) -> bool:
    """Whether this table has the arm's login and dialogue: a client of an outside package may have others."""
    return arm.auth in _AUTH_TURNS and arm.dialogue in _DIALOGUES


def setup_turns(arm: ArmSpec) -> int:
    """From nothing to a connection that is ready for a message, with TLS 1.3 where there is TLS."""
    if arm.transport == "null":
        return 0
    tcp_and_tls = 1 + (arm.security is not Security.NONE)
    if arm.transport == "api":
        return tcp_and_tls
    banner_and_ehlo = 2
    starttls_and_ehlo = 2 if arm.security is Security.STARTTLS else 0
    return tcp_and_tls + banner_and_ehlo + starttls_and_ehlo + _AUTH_TURNS[arm.auth]


def message_turns(arm: ArmSpec, recipients: int, in_a_row: int = 1) -> float:
    """On a connection that is ready, as one of `in_a_row` messages that follow each other on it without a pause.

    Of a request that carries several messages each has its share of the turn, which all of them wait for.
    """
    if arm.transport == "null":
        return 0
    if arm.transport == "api":
        return 1 / arm.messages_per_request + (arm.options.get("upload") == UPLOADED_BEFORE)
    return {
        "step": 3 + recipients,
        "pipelined": 2,
        "overlapped": (in_a_row + 1) / in_a_row,
        "bdat-strict": 2,
        "bdat-eager": 1,
    }[arm.dialogue]
