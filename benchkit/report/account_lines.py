"""Lines of the delivery account: what became of the recipients, and which messages arrived as another mail."""

from __future__ import annotations

from collections.abc import Iterator

from benchkit.model.summary import AlteredMessage, ArmSummary, DeliveryReport, Summary

_WORDS = {"content": "other content", "recipients": "other recipients", "sender": "another envelope sender"}


def recipients_line(account: DeliveryReport | ArmSummary) -> str:
    unknown = f" + not known {account.recipients_unknown:,}" if account.recipients_unknown else ""
    return (
        f"recipients planned {account.recipients_planned:,} = accepted {account.recipients_accepted:,} + "
        f"refused {account.recipients_refused:,} + of messages not accepted {account.recipients_failed:,}{unknown}"
    )


def label_of(summary: Summary, arm: ArmSummary) -> str:
    """With its condition where there are several."""
    return arm.name if len(summary.conditions) == 1 else f"{arm.name} on {arm.condition}"


def altered_lines(summary: Summary) -> Iterator[str]:
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
