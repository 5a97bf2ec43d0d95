"""The command sequences that send one message over SMTP, each a generator without I/O; the table is at the end.

A sequence yields turns (the phase that begins, what to write, how many replies to wait for) and is sent the replies. It
returns the message's outcome and what the connection needs next. Groups follow RFC 2920 §3.1: MAIL and RCPT anywhere, DATA
only last, content first. `bdat-eager` goes beyond RFC 3030 §2, which waits for the replies to MAIL and RCPT first.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.trace import Phase
from benchkit.protocol.prepared_message import PreparedMessage
from benchkit.protocol.replies import (
    RECIPIENT_TAKEN,
    Reply,
    accepted_but_for,
    outcome_of_refusal,
    outcome_of_reply,
    queued_as,
)


class Then(Enum):
    """What the connection needs before the next message."""

    NOTHING = 0
    RESET = 1  # a transaction may still be open
    LONE_DOT = 2  # the server waits for content, and there is no one to send it to (RFC 2920 §3.1)
    END = 3  # it cannot be trusted any more, or the server ends it


Turn = tuple[Phase, bytes, int]
Ending = tuple[Outcome, Then]
Talk = Generator[Turn, Sequence[Reply], Ending]


@dataclass(frozen=True, slots=True)
class ClientSequence:
    """`talk(prepared, identity, following, group_sent)`; group_sent: the message's envelope was already sent with the content
    before it.
    """

    name: str
    talk: Callable[[PreparedMessage, bytes, PreparedMessage | None, bool], Talk]
    needs: tuple[str, ...] = ()
    chunked: bool = False
    overlaps: bool = False


def _step(prepared: PreparedMessage, identity: bytes, _following: PreparedMessage | None, _group_sent: bool) -> Talk:
    (mail,) = yield Phase.MAIL, prepared.mail_of(identity), 1
    if mail.code != 250:
        return _refused(mail)
    rcpts: list[Reply] = []
    for rcpt in prepared.rcpts:
        rcpts += yield Phase.RCPT, rcpt, 1
        if rcpts[-1].code == 421:
            break
    if refusal := _refusal(mail, rcpts):
        return refusal
    (data,) = yield Phase.DATA, b"DATA\r\n", 1
    if data.code != 354:
        return _refused(data)
    (last,) = yield Phase.CONTENT, prepared.content(identity), 1
    return _ending(prepared, rcpts, last)


def _pipelined(prepared: PreparedMessage, identity: bytes, following: PreparedMessage | None, group_sent: bool) -> Talk:
    """Pipelines as RFC 2920 allows: with a `following` message, its envelope is sent together with this content."""
    mail, *rcpts, data = yield Phase.MAIL, b"" if group_sent else prepared.group_of(identity), prepared.replies
    refusal = _refusal(mail, rcpts)
    if data.code != 354:
        return refusal or _refused(data)
    if refusal:
        outcome, then = refusal
        return outcome, then if then is Then.END else Then.LONE_DOT
    content = prepared.content(identity)
    (last,) = yield Phase.CONTENT, content if following is None else content + following.group, 1
    return _ending(prepared, rcpts, last)


def _bdat_strict(
    prepared: PreparedMessage, identity: bytes, _following: PreparedMessage | None, _group_sent: bool
) -> Talk:
    mail, *rcpts = yield Phase.MAIL, prepared.group_of(identity), prepared.replies
    if refusal := _refusal(mail, rcpts):
        return refusal
    (last,) = yield Phase.CONTENT, prepared.content(identity), 1
    return _ending(prepared, rcpts, last)


def _bdat_eager(
    prepared: PreparedMessage, identity: bytes, _following: PreparedMessage | None, _group_sent: bool
) -> Talk:
    mail, *rcpts, last = yield (
        Phase.CONTENT,
        prepared.group_of(identity) + prepared.content(identity),
        prepared.replies + 1,
    )
    refusal = _refusal(mail, rcpts)
    if refusal and last.positive:  # it took what it had refused: no one can say what became of it
        return Outcome(OutcomeKind.GARBLED, last.code, text=f"{last.text}, after {refusal[0].text}"), Then.END
    return refusal or _ending(prepared, rcpts, last)


def _refusal(mail: Reply, rcpts: Sequence[Reply]) -> Ending | None:
    """Why no recipient is left for the content; None if at least one was accepted."""
    if mail.code != 250:
        return _refused(mail)
    refused = [reply for reply in rcpts if reply.code not in RECIPIENT_TAKEN]
    for reply in refused:
        if reply.code == 421 or not 400 <= reply.code < 600:
            return _refused(reply)
    return _refused(refused[-1]) if len(refused) == len(rcpts) else None


def refusal_so_far(received: Sequence[Reply], recipients: int) -> Outcome | None:
    """The refusal among these replies to a group that was cut short; None if there is none.

    A 421 is a server's last reply: it answers every command that is still unanswered.
    """
    if not received:
        return None
    mail, *rcpts = received
    if received[-1].code == 421:
        rcpts += [received[-1]] * recipients
    if mail.code == 250 and len(rcpts) < recipients:
        return None
    refusal = _refusal(mail, rcpts[:recipients])
    return None if refusal is None else refusal[0]


def _refused(reply: Reply) -> Ending:
    outcome = outcome_of_refusal(reply.code, reply.text)
    fatal = reply.code == 421 or outcome.kind is OutcomeKind.GARBLED
    return outcome, Then.END if fatal else Then.RESET


def _ending(prepared: PreparedMessage, rcpts: Sequence[Reply], last: Reply) -> Ending:
    """The outcome by the reply to the content; refused recipients are counted. Only 250 accepts (RFC 5321 §4.3.2)."""
    if last.code != 250:
        return _refused(last)
    refused = [place for place, reply in enumerate(rcpts) if reply.code not in RECIPIENT_TAKEN]
    if not refused:
        return outcome_of_reply(last.code, last.text), Then.NOTHING
    recipients = [prepared.recipients[place] for place in refused]
    return accepted_but_for(recipients, 250, rcpts[refused[-1]].text, queued_as(last.text)), Then.NOTHING


_ALL = (
    ClientSequence("step", _step),
    ClientSequence("pipelined", _pipelined, ("PIPELINING",)),
    ClientSequence("overlapped", _pipelined, ("PIPELINING",), overlaps=True),
    ClientSequence("bdat-strict", _bdat_strict, ("PIPELINING", "CHUNKING"), chunked=True),
    ClientSequence("bdat-eager", _bdat_eager, ("PIPELINING", "CHUNKING"), chunked=True),
)
DIALOGUES: Mapping[str, ClientSequence] = {dialogue.name: dialogue for dialogue in _ALL}
