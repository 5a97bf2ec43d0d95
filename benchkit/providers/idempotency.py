"""Idempotency keys: a mail that comes again under its key is no second mail. Resend and Brevo have them, SMTP has none.

The key is made of the identity of the send: every attempt of one message has the same key, and no other message has it.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchkit.model.identity import find_identity
from benchkit.model.retry import IDEMPOTENCY
from benchkit.model.scenario import ArmSpec

EXPLAINED = (
    '"on": each mail has a key, so that a second attempt does not send a second mail; "off"; default: "on" with [retry]'
)


def is_keyed(options: Mapping[str, str]) -> bool:
    """Raises ValueError for a value that would have no effect."""
    given = options.get(IDEMPOTENCY, "off")
    if given not in ("on", "off"):
        raise ValueError(f'{IDEMPOTENCY} is "{given}": give "on" or "off"')
    return given == "on"


def key_in(body: bytes) -> str:
    """In the form of a UUID, of the run's token and the send's number; empty where the body has no identity."""
    found = find_identity(body)
    return "" if found is None else f"{found[1]}-0000-4000-8000-{found[2]:012d}"


def repeats_safely(arm: ArmSpec) -> bool:
    """Whether the arm may try again also where the server may have the message."""
    return arm.transport == "api" and arm.messages_per_request == 1 and is_keyed(arm.options)
