"""Test recipients' mailboxes after a run → the table `placements`: where each mail lies, and what changed on the way."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchkit.errors import InputError, Mistake, reason
from benchkit.events.event_rows import KnownSends
from benchkit.events.mailboxes import ImapAccount, MailboxUnreadable, read_imap, read_maildir
from benchkit.events.placement import MailboxMail, Placement, read_placement
from benchkit.experiment.parent.body_parser import open_run
from benchkit.experiment.parent.events_of_run import known_sends
from benchkit.experiment.process.receiver_process import clock_ms
from benchkit.model.identity import IdentitySlots, find_identity
from benchkit.model.message import Batch
from benchkit.model.outcome import OutcomeKind
from benchkit.model.receiving import MailboxSpec
from benchkit.model.run import Run
from benchkit.model.secret import Secret
from benchkit.model.tables import PLACEMENTS
from benchkit.store.events import write_rows

LOOK_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Placed:
    """`by_send`: of each send the mails that were found, in the order of the mailboxes."""

    run: Run
    rows: tuple[Mapping[str, Any], ...]
    by_send: Mapping[int, tuple[Placement, ...]]


def collect_placements(
    folder: Path, mailboxes: Sequence[MailboxSpec], batch: Batch, secrets: Mapping[str, Secret]
) -> Placed:
    """Waits for mail that is under way, at most each mailbox's `wait_s`. Raises InputError, StoreError."""
    run = open_run(folder)
    known = known_sends(run, clock_ms())
    messages = dict(zip(run.messages["send"].tolist(), run.messages["message"].tolist(), strict=True))
    expected = sum(outcome == OutcomeKind.ACCEPTED for outcome in run.messages["outcome"].tolist())
    ends = time.monotonic() + max(mailbox.wait_s for mailbox in mailboxes)
    while True:
        found = [mail for mailbox in mailboxes for mail in _mails(mailbox, known.token, secrets)]
        if len(found) >= expected or time.monotonic() >= ends:
            break
        time.sleep(LOOK_AGAIN_S)
    by_send: dict[int, tuple[Placement, ...]] = {}
    rows = []
    for mail in found:
        send = _send(mail, known)
        placement = read_placement(mail, _sent(batch, messages.get(send), mail))
        rows.append(_row(placement, send, known))
        by_send[send] = (*by_send.get(send, ()), placement)
    rows.sort(key=lambda row: (row["send"], row["folder"], row["arrived_ms"]))
    write_rows(folder, PLACEMENTS, rows)
    return Placed(run, tuple(rows), by_send)


def _mails(mailbox: MailboxSpec, token: str, secrets: Mapping[str, Secret]) -> Iterator[MailboxMail]:
    mark = f"bk{token}-"
    try:
        if mailbox.maildir is not None:
            yield from read_maildir(mailbox.maildir, mark.encode())
            return
        ca_pem = mailbox.ca_file.read_text("utf-8") if mailbox.ca_file else ""
        password = secrets[mailbox.name].reveal()
        account = ImapAccount(mailbox.host, mailbox.port, mailbox.username, password, mailbox.security, ca_pem)
        yield from read_imap(account, mark)
    except MailboxUnreadable as error:
        raise InputError(Mistake(f"mailbox {mailbox.name!r}", f"cannot be read: {error}")) from None
    except OSError as error:
        raise InputError(Mistake(f"mailbox {mailbox.name!r}", f"cannot be read: {reason(error)}")) from None


def _send(mail: MailboxMail, known: KnownSends) -> int:
    found = find_identity(mail.octets)
    return found[2] if found and found[1] == known.token and found[2] in known.arms else -1


def _sent(batch: Batch, message: int | None, mail: MailboxMail) -> bytes | None:
    """The mail as it was sent, without a signature that the client added at the top."""
    found = find_identity(mail.octets)
    if message is None or found is None:
        return None
    return IdentitySlots.of(batch.messages[message].mime).filled(found[0])


def _row(placement: Placement, send: int, known: KnownSends) -> dict[str, Any]:
    spam, accepted_ms = placement.spam, known.accepted_ms.get(send)
    timed = placement.arrived_ms and accepted_ms is not None
    return {
        "send": send,
        "arm": known.arms.get(send, -1),
        "place": placement.place,
        "folder": placement.folder,
        "arrived_ms": placement.arrived_ms,
        "resolution_ms": placement.resolution_ms,
        "after_ms": max(0, placement.arrived_ms - accepted_ms) if timed and accepted_ms is not None else -1,
        **{method: placement.results.get(method, "") for method in ("spf", "dkim", "dmarc")},
        "filter": spam.filter,
        "score": "" if spam.score is None else f"{spam.score:g}",
        "symbols": json.dumps(dict(spam.symbols or {})),
        "hops": len(placement.path),
        "hops_with_tls": sum(hop.tls is True for hop in placement.path),
        "hops_without_tls": sum(hop.tls is False for hop in placement.path),
        "return_path": (placement.return_path or "").rpartition("@")[2].lower(),
        "changes": json.dumps([[change.kind.value, change.subject] for change in placement.changes]),
    }
