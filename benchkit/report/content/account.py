"""The delivery account: what became of every send and recipient, and which messages arrived as another mail."""

from __future__ import annotations

from collections.abc import Iterator

from benchkit.model.counts import counted
from benchkit.model.summary import AlteredMessage, ArmSummary, DeliveryReport, Summary
from benchkit.report import numbers
from benchkit.report.content.page import Sentence, Span, Tone, sentence

_WORDS = {"content": "other content", "recipients": "other recipients", "sender": "another envelope sender"}


def account_lines(summary: Summary) -> Iterator[Sentence]:
    account = summary.account
    yield sentence(_sent(account))
    if account.recipients_planned != account.planned or account.recipients_refused:
        yield sentence(recipients_line(account))
        for arm in (arm for arm in summary.arms if arm.recipients_refused):
            yield sentence(f"{label_of(summary, arm)}, without warm-up: {recipients_line(arm)}", Tone.WARNING)
    yield from map(sentence, _retries(summary))
    known = not summary.arms or any(arm.arrived is not None for arm in summary.arms)
    yield _arrived(account) if known else sentence("arrivals not known: the server is not embedded")
    yield from (sentence(line, Tone.BAD) for line in _altered(summary))


def recipients_line(account: DeliveryReport | ArmSummary) -> str:
    unknown = f" + not known {account.recipients_unknown:,}" if account.recipients_unknown else ""
    return (
        f"recipients planned {account.recipients_planned:,} = accepted {account.recipients_accepted:,} + "
        f"refused {account.recipients_refused:,} + in messages not accepted {account.recipients_failed:,}{unknown}"
    )


def label_of(summary: Summary, arm: ArmSummary) -> str:
    """With its condition where there are several."""
    return arm.name if len(summary.conditions) == 1 else f"{arm.name} on {arm.condition}"


def _sent(account: DeliveryReport) -> str:
    planned, accepted, failed = (
        numbers.count(number) for number in (account.planned, account.accepted, account.failed)
    )
    ambiguous = f" (of which {account.ambiguous:,} ambiguous)"
    doubt = f" + in doubt {account.in_doubt:,}" if account.in_doubt else ""
    return f"planned {planned} = accepted {accepted} + failed {failed}{ambiguous}{doubt} + unsent {account.unsent:,}"


def _retries(summary: Summary) -> Iterator[str]:
    for arm in (arm for arm in summary.arms if arm.retried):
        more, given_up = arm.attempts - arm.accepted - arm.failed - arm.failed_over, arm.given_up
        ended = f"; {given_up:,} given up after the last attempt" if given_up else "; none given up"
        yield f"{label_of(summary, arm)}: {counted(arm.retried, 'message')} tried again, {counted(more, 'attempt')} more{ended}"
    for arm in (arm for arm in summary.arms if arm.failover):
        done = f", {arm.failed_over_accepted:,} accepted there" if arm.failed_over else ""
        yield f"{label_of(summary, arm)}: {counted(arm.failed_over, 'message')} failed over to {arm.failover}{done}"


def _arrived(account: DeliveryReport) -> Sentence:
    spans = [Span(f"arrived once {account.arrived_once:,}")]
    for name, number in (
        ("missing", account.missing),
        ("duplicate", account.duplicates),
        ("altered", account.altered),
        ("unaccounted", account.unaccounted),
    ):
        spans += [Span(f" · {name} "), Span(f"{number:,}", Tone.ALARM if number else Tone.GOOD)]
    if account.unobserved:
        spans.append(Span(f" · not observed {account.unobserved:,}"))
    return Sentence(tuple(spans))


def _altered(summary: Summary) -> Iterator[str]:
    """How many differ in what, then the first few by arm and message."""
    account = summary.account
    kinds = {
        "content": account.altered_content,
        "recipients": account.other_recipients,
        "sender": account.other_sender,
    }
    if not account.altered:
        return
    yield "altered: " + ", ".join(f"{count:,} with {_WORDS[kind]}" for kind, count in kinds.items() if count)
    yield from (f"  {_line(summary, message)}" for message in summary.altered_messages)
    if rest := account.altered - len(summary.altered_messages):
        yield f"  and {rest:,} more"
    if summary.altered_kept:
        yield "  altered.txt in the run's folder holds what arrived"


def _line(summary: Summary, message: AlteredMessage) -> str:
    where = f" on {message.condition}" if len(summary.conditions) > 1 else ""
    differs = ", ".join(_WORDS[kind] for kind in message.differs)
    return f"{message.arm}{where}, message {message.message} of the batch (send {message.send}): {differs}"
