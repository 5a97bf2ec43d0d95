"""The round trips that each way of sending must cost: method.md §2 as arithmetic, for plans and tests of the counter."""

from __future__ import annotations

from benchkit.model.scenario import ArmSpec, Security

UPLOADED_BEFORE = "uploadUrl"  # JMAP: the mail's bytes take a request of their own (RFC 8620 §6.1)
_AUTH_TURNS = {"": 0, "plain": 1, "xoauth2": 1, "login": 2, "cram-md5": 2}

_DIALOGUES = ("step", "pipelined", "overlapped", "bdat-strict", "bdat-eager")


def is_known(arm: ArmSpec) -> bool:
    """Whether this table has the arm's login and dialogue: an outside client may have others."""
    return arm.auth in _AUTH_TURNS and arm.dialogue in _DIALOGUES


def setup_turns(arm: ArmSpec) -> int:
    """Round trips from no connection to one that is ready for a message, with TLS 1.3 if the arm uses TLS."""
    if arm.transport == "null":
        return 0
    tcp_and_tls = 1 + (arm.security is not Security.NONE)
    if arm.transport == "api":
        return tcp_and_tls
    banner_and_ehlo = 2
    starttls_and_ehlo = 2 if arm.security is Security.STARTTLS else 0
    return tcp_and_tls + banner_and_ehlo + starttls_and_ehlo + _AUTH_TURNS[arm.auth]


def message_turns(arm: ArmSpec, recipients: int, in_a_row: int = 1) -> float:
    """Round trips of one of `in_a_row` messages that follow each other on an open connection without a pause.

    If a request carries several messages, each one counts its share of the round trip.
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
