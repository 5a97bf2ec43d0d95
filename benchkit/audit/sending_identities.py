"""The identities that a scenario's arms would send with: envelope sender, From, and the domain that a provider signs with.

Law: what a provider does by default, in a table; an SMTP arm signs nothing itself, and what signs behind it is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchkit.model.scenario import ArmSpec, Scenario


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
    """One for each arm, in order. Of a provider that is not in the table, envelope and signer are not known."""
    author = scenario.message.sender.addr.rpartition("@")[2].lower()
    return tuple(_identity(arm, author) for arm in scenario.arms)


def _identity(arm: ArmSpec, author: str) -> ArmIdentity:
    if not arm.provider:
        return ArmIdentity(arm.name, author, author, "", unsubscribe=False)
    domains = PROVIDERS.get(arm.provider)
    envelope, signer = domains(arm, author) if domains else ("", "")
    return ArmIdentity(arm.name, author, envelope.lower(), signer.lower(), unsubscribe=False)
