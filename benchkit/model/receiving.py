"""What a scenario says of the time after acceptance: webhooks, test recipients' mailboxes, and the receiving lab."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchkit.model.secret import SecretRef


@dataclass(frozen=True, slots=True)
class EventsSpec:
    """A process that receives webhooks during the run. `secrets` by provider; embedded arms need none.

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


@dataclass(frozen=True, slots=True)
class RelaySpec:
    """How an embedded server changes the mail that it sends on to the receiving lab, as a provider would.

    `signed`: "after" the changes, "before" them (which breaks the signature), or with an "old key" that DNS does not hold.
    """

    tracking: tuple[str, ...] = ()  # "links", "pixel"
    footer: str = ""
    text_part: bool = True
    encoding: str = ""  # "base64" or "quoted-printable"; "": the shortest
    removed_headers: tuple[str, ...] = ()
    return_path: str = ""  # "": the sender that the client gave, else the author
    sign_as: str = ""  # "": not signed
    signed: str = "after"

    @property
    def changes_content(self) -> bool:
        return bool(self.tracking or self.footer or self.removed_headers or self.encoding) or not self.text_part


@dataclass(frozen=True, slots=True)
class ReceivingLabSpec:
    """Real mail servers on loopback, for the time of a run. `zones`: what DNS says there, as zone files."""

    zones: tuple[Path, ...]
    sign_as: str  # the domain that the sender's own mail server signs for
    wait_s: float = 60.0


@dataclass(frozen=True, slots=True)
class RelayTarget:
    """Where embedded servers send their mail on to, from `source`. `keys` to sign with, in PEM, and `old_keys`, by domain.

    `have_ended`: whether the lab's servers are gone already.
    """

    host: str
    port: int
    source: str
    selector: str
    keys: Mapping[str, str] = field(repr=False)
    old_keys: Mapping[str, str] = field(repr=False)
    have_ended: Callable[[], bool] = lambda: False
