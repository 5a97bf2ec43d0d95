"""The identities that a scenario's arms would send with: envelope sender, From, and the domain that a provider signs with.

Law: what a provider does by default, in a table; an SMTP arm signs nothing itself, and what signs behind it is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchkit.errors import InputError, Mistake
from benchkit.model.scenario import ArmSpec, MessageSpec, Scenario

_ONE_CLICK = frozenset({"list-unsubscribe", "list-unsubscribe-post"})  # RFC 8058 §3.1


@dataclass(frozen=True, slots=True)
class ArmIdentity:
    """Domains, lower case; `signer` "" where it is not known who signs. `unsubscribe` tells whether the mail offers it."""

    arm: str
    author: str
    envelope: str
    signer: str
    unsubscribe: bool


Domains = Callable[[ArmSpec, str], tuple[str, str]]  # an arm and the author's domain → envelope's and signer's domain


def _mailgun(arm: ArmSpec, author: str) -> tuple[str, str]:
    """Envelope and signature are both of the sending domain that the request names."""
    domain = arm.options.get("domain") or author
    return domain, domain


def _jmap(arm: ArmSpec, author: str) -> tuple[str, str]:
    """The request names the envelope; who signs behind a server of that standard is not known."""
    return author, ""


PROVIDERS: dict[str, Domains] = {"jmap": _jmap, "mailgun": _mailgun}


def identities(scenario: Scenario) -> tuple[ArmIdentity, ...]:
    """One for each arm, in order. Of a provider that is not in the table, envelope and signer are not known.

    Raises InputError for mail of the user's own, which is not read here.
    """
    message = scenario.message
    if message.eml:
        told = "has mail of its own, and --scenario reads no mail: audit its domain, and a mail with --message FILE"
        raise InputError(Mistake(str(scenario.path), told, key="message.eml"))
    author = message.sender.addr.rpartition("@")[2].lower()
    return tuple(_identity(arm, author, message) for arm in scenario.arms)


def _identity(arm: ArmSpec, author: str, message: MessageSpec) -> ArmIdentity:
    domains = PROVIDERS.get(arm.provider)
    envelope, signer = domains(arm, author) if domains else ("", "") if arm.provider else (author, "")
    if message.envelope_from is not None and arm.provider in ("", "jmap"):
        envelope = message.envelope_from.rpartition("@")[2]
    if "{" in envelope:  # a template of a row's columns
        envelope = ""
    return ArmIdentity(arm.name, author, envelope.lower(), signer.lower(), unsubscribe=_fields(message) >= _ONE_CLICK)


def _fields(message: MessageSpec) -> set[str]:
    return {name.lower() for name in message.headers}
