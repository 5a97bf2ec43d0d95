"""`benchkit audit` has forms that take other options than an audit of domains: an option without effect is an error."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import MISSING, fields

from benchkit.cli.audit_options import Given
from benchkit.errors import InputError, Mistake

LIST_ONLY = ("column", "suppressed", "keep", "clean", "rejected")


def refuse_others(given: Given, form: str, taken: Collection[str]) -> None:
    """Raises InputError where an option is given that `form` does not take; `taken` are names of fields of `Given`."""
    others = [
        Mistake(_option(field.name), f"has no effect with {form}: leave it out")
        for field in fields(Given)
        if field.name not in taken
        and field.default is not MISSING
        and getattr(given, field.name) not in (field.default, [], ())
    ]
    if others:
        raise InputError(*others)


def refuse_without(given: Given, form: str, belonging: Collection[str]) -> None:
    """Raises InputError where an option is given that belongs to `form` alone, which is not asked for."""
    alone = [name for name in belonging if getattr(given, name)]
    if alone:
        raise InputError(*(Mistake(_option(name), f"has no effect without {form}: leave it out") for name in alone))


def refuse_idle(given: Given) -> None:
    """Raises InputError for options that say more about another one, which is not there; a recording may have had it."""
    for needed, others, idle in IDLE:
        if not given.replay and not any(getattr(given, name) for name in (*needed, *others)):
            refuse_without(given, " or ".join(map(_option, needed)), idle)


IDLE: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (("ip",), (), ("helo", "mail_from")),
    (("connect", "authorities"), (), ("allow_private",)),
    (("reports",), (), ("reports_password",)),
)
SPELLED = {
    "domains": "DOMAIN",
    "zones": "--zone",
    "servers": "--nameserver",
    "selectors": "--selector",
    "recipients": "--list",
    "as_json": "--json",
    "as_csv": "--csv",
    "as_markdown": "--markdown",
    "as_junit": "--junit",
    "as_sarif": "--sarif",
}


def _option(name: str) -> str:
    return SPELLED.get(name) or f"--{name.replace('_', '-')}"
