"""Rules between `[events]` and the arms: simulated events of embedded api arms, and secrets of the real providers.

Law: as in rules.py.
"""

from __future__ import annotations

from benchkit.errors import suggestion
from benchkit.model.host_names import is_loopback
from benchkit.model.plain_number import significant
from benchkit.scenario.arm_form import ArmForm
from benchkit.scenario.parsed_scenario import ParsedScenario
from benchkit.scenario.vocabulary import Vocabulary

_ENDS = ("bounced", "soft_bounced", "rejected")  # a message has one of these, or is delivered


def check_events(parsed: ParsedScenario, vocabulary: Vocabulary) -> None:
    for index, arm in enumerate(parsed.form.arm):
        if arm.fate:
            _check_fates(parsed, index, arm, vocabulary)
    events = parsed.form.events
    if events is None:
        return
    posting = {arm.provider for arm in parsed.form.arm if arm.transport == "api" and arm.server != "embedded"}
    for name in events.secrets:
        if name not in vocabulary.webhooks:
            parsed.mistakes.add(
                ("events", "secrets", name),
                f"benchkit knows no webhooks of it; {suggestion(name, vocabulary.webhooks)}",
            )
    for name in sorted(posting & set(vocabulary.webhooks) - set(events.secrets)):
        parsed.mistakes.add(
            ("events", "secrets"),
            f'has no secret for "{name}", which an arm sends through: add {name} = {{ env = "…" }}',
        )
    if "mandrill" in events.secrets and not events.url:
        parsed.mistakes.add(("events", "url"), "is missing: Mandrill signs the public address that it posts to")


def check_mailboxes(parsed: ParsedScenario) -> None:
    for index, mailbox in enumerate(parsed.form.mailbox):
        path = ("mailbox", index)
        if mailbox.maildir is not None and mailbox.imap is not None:
            parsed.mistakes.add((*path, "imap"), "and maildir cannot be used together: remove one")
        if mailbox.imap is not None and mailbox.imap.security == "none" and not is_loopback(mailbox.imap.host):
            problem = 'is "none", so others could read the password on the network: use "implicit" or "starttls"'
            parsed.mistakes.add((*path, "imap", "security"), problem)


def _check_fates(parsed: ParsedScenario, index: int, arm: ArmForm, vocabulary: Vocabulary) -> None:
    def wrong(message: str) -> None:
        parsed.mistakes.add(("arm", index, "fate"), message)

    if parsed.form.events is None:
        wrong("has no effect without [events], which receives the webhooks: add [events], or remove it")
    if arm.transport != "api" or arm.server != "embedded":
        wrong(
            "is for api arms at the embedded server only: benchkit cannot simulate what another server does with the "
            "mail. Remove it"
        )
    elif arm.provider and arm.provider not in vocabulary.webhooks:
        wrong(f'"{arm.provider}" has no webhooks that benchkit knows; {suggestion(arm.provider, vocabulary.webhooks)}')
    for fate in arm.fate:
        if (whole := sum(getattr(fate, name) for name in _ENDS)) > 1:
            wrong(
                f"{', '.join(_ENDS)} add up to {significant(whole)}: they are shares of the same messages, so at "
                "most 1 together"
            )
