"""How a fix is text in every form: its heading, and the groups in which fixes are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchkit.audit.tables.public_suffixes import registrable
from benchkit.model.record_fix import RecordFix

SAFE_WHERE = (
    "A key or its alias is removed only where another DKIM key of the domain works, and a name server only where two others "
    "can be asked."
)


@dataclass(frozen=True, slots=True)
class FixGroup:
    title: str
    note: str
    fixes: tuple[RecordFix, ...]


def groups(fixes: Sequence[RecordFix]) -> tuple[FixGroup, ...]:
    """What to publish now, defaults where the owner may decide otherwise, what to ask others for, and what comes later."""
    made = (
        FixGroup(
            "Publish now",
            "Each is the whole new record. Delete the old one in the same step: two SPF or DMARC records are an error.",
            tuple(fix for fix in fixes if fix.is_for_now and not fix.unless),
        ),
        FixGroup(
            "Safe defaults",
            f"These records do nothing today, so no mail that passes is lost without them. {SAFE_WHERE} "
            "Each says what you can do instead.",
            tuple(fix for fix in fixes if fix.is_for_now and fix.unless),
        ),
        FixGroup(
            "Ask others",
            "These records are in zones that you do not hold.",
            tuple(fix for fix in fixes if fix.ask),
        ),
        FixGroup(
            "Later",
            "Not yet: each has a condition.",
            tuple(fix for fix in fixes if fix.when and not fix.ask),
        ),
    )
    return tuple(group for group in made if group.fixes)


def panel_name(fix: RecordFix) -> str:
    """As most control panels want it: without the domain, which they add; `@` for the domain itself."""
    domain = registrable(fix.name)
    return "@" if fix.name == domain else fix.name.removesuffix(f".{domain}")


def heading(fix: RecordFix) -> str:
    """`Replace the SPF record of shop.example with`."""
    action = "Replace" if fix.before and fix.after else "Add" if fix.after else "Remove"
    text = f"{action} the {fix.what} at {fix.name}"
    if fix.ask:
        text = f"Ask {fix.ask}: {text[0].lower()}{text[1:]}"
    if fix.unless:
        return f"{text}, unless {fix.unless}"
    return f"{text}, {fix.when}" if fix.when else text
