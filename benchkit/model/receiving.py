"""What a scenario says of the time after acceptance: the receiver of webhooks, and test recipients' mailboxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchkit.model.secret import SecretRef


@dataclass(frozen=True, slots=True)
class EventsSpec:
    """A receiver of webhooks beside the run. `secrets` by provider; embedded arms need none.

    `repeated`: the share of events that embedded servers post twice; `shuffled`: in any order.
    """

    host: str = "127.0.0.1"
    port: int = 0
    wait_s: float = 0.0
    url: str = ""
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    repeated: float = 0.0
    shuffled: bool = False


@dataclass(frozen=True, slots=True)
class MailboxSpec:
    """Where a test recipient's mail is read back: a Maildir, or IMAP where `host` is given."""

    name: str
    maildir: Path | None = None
    host: str = ""
    port: int = 993
    username: str = ""
    password: SecretRef | None = None
    security: str = "implicit"
    ca_file: Path | None = None
    wait_s: float = 60.0  # at most, for mail that is still under way
