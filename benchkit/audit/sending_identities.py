"""The identities that a scenario's arms would send with: envelope sender, From, and the domain that a provider signs with.

Law: a provider says itself which domains it sends with; an SMTP arm signs nothing, and what signs behind it is not known.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.errors import InputError, Mistake
from benchkit.model.exchange import SendingDomains
from benchkit.model.scenario import ArmSpec, MessageSpec, Scenario
from benchkit.providers import PROVIDERS

_ONE_CLICK = frozenset({"list-unsubscribe", "list-unsubscribe-post"})  # RFC 8058 §3.1


@dataclass(frozen=True, slots=True)
class ArmIdentity:
    """Domains, lower case; `signer` "" where it is not known who signs. `unsubscribe` tells whether the mail offers it."""

    arm: str
    author: str
    envelope: str
    signer: str
    unsubscribe: bool


def identities(scenario: Scenario) -> tuple[ArmIdentity, ...]:
    """One for each arm, in order. Raises InputError for mail of the user's own, which is not read here."""
    message = scenario.message
    if message.eml:
        problem = "has mail of its own, and --scenario reads no mail: audit its domain, and a mail with --message FILE"
        raise InputError(Mistake(str(scenario.path), problem, key="message.eml"))
    author = message.sender.addr.rpartition("@")[2].lower()
    return tuple(_identity(arm, author, message) for arm in scenario.arms)


def _identity(arm: ArmSpec, author: str, message: MessageSpec) -> ArmIdentity:
    domains = _domains(arm, author, None if message.envelope_from is None else message.envelope_from.rpartition("@")[2])
    envelope = "" if "{" in domains.envelope else domains.envelope  # a template of a row's columns is not known here
    unsubscribe = {name.lower() for name in message.headers} >= _ONE_CLICK
    return ArmIdentity(arm.name, author, envelope.lower(), domains.signer.lower(), unsubscribe=unsubscribe)


def _domains(arm: ArmSpec, author: str, return_path: str | None) -> SendingDomains:
    if arm.provider:
        return PROVIDERS[arm.provider].sending_domains(author, return_path, arm.options)
    return SendingDomains(author if return_path is None else return_path)
