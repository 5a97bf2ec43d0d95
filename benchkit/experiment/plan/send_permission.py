"""The gate: real mail leaves this machine only when the scenario allows it *and* the user says so now. It fails closed.

A host is loopback if it is written as an address of 127.0.0.0/8 or ::1, or is `localhost`; every other name leaves, whatever it
resolves to today. What leaves needs its host in `allow_hosts`, every recipient in `allow_recipients` (addresses, or "@domain"),
and the whole run, warm-up included, within `max_messages`.
"""

from __future__ import annotations

import ipaddress
from fnmatch import fnmatch

from benchkit.errors import InputError, Mistake
from benchkit.experiment.plan.schedule import total_sends
from benchkit.model.message import Batch
from benchkit.model.scenario import Scenario


def is_loopback(host: str) -> bool:
    """Whether mail to that host stays on this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def leaving_hosts(scenario: Scenario) -> tuple[str, ...]:
    """The hosts outside this machine that the run would send to, each once."""
    hosts = dict.fromkeys(arm.server.host for arm in scenario.arms if arm.server is not None)
    return tuple(host for host in hosts if not is_loopback(host))


def check_permission(scenario: Scenario, batch: Batch, hosts: tuple[str, ...], *, send: bool) -> None:
    """Raises InputError with every reason why the run may not leave; returns where nothing leaves or all is allowed."""
    if not hosts:
        return
    reasons = [*_host_reasons(scenario, hosts), *_recipient_reasons(scenario, batch), *_count_reasons(scenario)]
    if not send and not reasons:
        names = ", ".join(hosts)
        reasons.append(("--send", f"real mail would leave this machine for {names}: say so with --send"))
    if reasons:
        raise InputError(*(Mistake(str(scenario.path), message, key=key) for key, message in reasons))


def _host_reasons(scenario: Scenario, hosts: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (
            "allow_hosts",
            f'{host!r} is not allowed: nothing may be sent there unless you add it: allow_hosts = ["{host}"]',
        )
        for host in hosts
        if not any(fnmatch(host.lower(), pattern.lower()) for pattern in scenario.allow_hosts)
    ]


def _recipient_reasons(scenario: Scenario, batch: Batch) -> list[tuple[str, str]]:
    allowed = {entry.lower() for entry in scenario.allow_recipients}
    recipients = {recipient for message in batch.messages for recipient in message.recipients}
    refused = sorted(recipient for recipient in recipients if not _is_allowed(recipient.lower(), allowed))
    if not refused:
        return []
    shown = ", ".join(refused[:3]) + (f" and {len(refused) - 3} more" if len(refused) > 3 else "")
    return [("allow_recipients", f'not allowed: {shown}; list each address, or a whole domain as "@example.com"')]


def _is_allowed(recipient: str, allowed: set[str]) -> bool:
    return recipient in allowed or "@" + recipient.rpartition("@")[2] in allowed


def _count_reasons(scenario: Scenario) -> list[tuple[str, str]]:
    planned = total_sends(scenario)
    if scenario.max_messages >= planned:
        return []
    return [
        (
            "max_messages",
            f"the plan has {planned} messages, {scenario.max_messages} are allowed: raise max_messages to send them",
        )
    ]
