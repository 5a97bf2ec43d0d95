"""Real mail may leave only if the scenario allows it *and* the user confirms it now. If in doubt, the answer is no.

Any server that is not embedded may send mail on, also one on loopback, which may be a relay or a tunnel. On loopback no
permission is needed if every recipient is in a reserved domain (RFC 2606, RFC 6761). Permission needs the host in
`allow_hosts`, every recipient in `allow_recipients`, at most `max_messages` deliveries including warm-up, and `--send`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from benchkit.errors import InputError, Mistake
from benchkit.experiment.plan.schedule import sends_of_an_arm
from benchkit.model.host_names import is_loopback, is_reserved_mailbox
from benchkit.model.message import Batch, Message
from benchkit.model.scenario import ArmSpec, Scenario


def foreign_hosts(scenario: Scenario) -> tuple[str, ...]:
    """The hosts of all servers that are not embedded, each once."""
    return tuple(dict.fromkeys(arm.server.host for arm in scenario.arms if arm.server is not None))


def leaving_hosts(scenario: Scenario) -> tuple[str, ...]:
    """Those hosts that are not this machine."""
    return tuple(host for host in foreign_hosts(scenario) if not is_loopback(host))


def hosts_that_need_permission(scenario: Scenario, batch: Batch) -> tuple[str, ...]:
    """The hosts through which mail may reach a real mailbox."""
    return leaving_hosts(scenario) if not real_recipients(batch) else foreign_hosts(scenario)


def needs_permission(arm: ArmSpec, scenario: Scenario, batch: Batch) -> bool:
    """Whether mail of this arm, or of its failover, may reach a real mailbox."""
    other = [scenario.arms[arm.failover.arm]] if arm.failover is not None else []
    return any(_may_leave(each, batch) for each in (arm, *other))


def _may_leave(arm: ArmSpec, batch: Batch) -> bool:
    return arm.server is not None and (not is_loopback(arm.server.host) or bool(real_recipients(batch)))


def real_recipients(batch: Batch) -> list[str]:
    """The recipients outside reserved domains, each once, sorted."""
    found = {recipient for message in batch.messages for recipient in _recipients(message)}
    return sorted(recipient for recipient in found if not is_reserved_mailbox(recipient))


def deliveries(arm: ArmSpec, scenario: Scenario, batch: Batch) -> int:
    """Recipients times messages of one arm over the whole run, including warm-up."""
    if arm.transport == "null":
        return 0
    copies = scenario.retry.attempts if scenario.retry.ambiguous else 1  # an ambiguous attempt may have been delivered
    if arm.failover is not None and (arm.failover.ambiguous or scenario.retry.ambiguous):
        copies = 2 * copies
    return copies * sum_over_sends([len(message.recipients) for message in batch.messages], sends_of_an_arm(scenario))


def sum_over_sends(numbers: Sequence[int], sends: int) -> int:
    """Sums one number per message over this many sends, which take the messages in turn."""
    rounds, rest = divmod(sends, len(numbers))
    return rounds * sum(numbers) + sum(numbers[:rest])


def check_permission(scenario: Scenario, batch: Batch, *, send: bool) -> None:
    """Raises InputError with every reason why the run may not send.

    Returns if no real mail can leave, or all of it is allowed.
    """
    hosts = hosts_that_need_permission(scenario, batch)
    if not hosts:
        return
    reasons = [
        *_host_reasons(scenario, batch, hosts),
        *_recipient_reasons(scenario, batch),
        *_count_reasons(scenario, batch),
    ]
    if not send and not reasons:
        names = ", ".join(hosts)
        real = any(needs_permission(arm, scenario, batch) and not arm.sandbox for arm in scenario.arms)
        what = "real mail" if real else "mail in the providers' sandbox"
        reasons.append(("--send", f"is missing: this run would send {what} to {names}. Add --send to send it"))
    if reasons:
        raise InputError(*(Mistake(str(scenario.path), message, key=key) for key, message in reasons))


def _host_reasons(scenario: Scenario, batch: Batch, hosts: Sequence[str]) -> list[tuple[str, str]]:
    return [
        ("allow_hosts", f'{_why(host, batch)}; nothing is sent there unless you add it: allow_hosts = ["{host}"]')
        for host in hosts
        if not any(fnmatchcase(host.lower(), pattern.lower()) for pattern in scenario.allow_hosts)
    ]


def _why(host: str, batch: Batch) -> str:
    if not is_loopback(host):
        return f'"{host}" is not allowed'
    return (
        f'"{host}" is not allowed: it may be a relay, and {real_recipients(batch)[0]} is outside the reserved domains'
    )


def _recipient_reasons(scenario: Scenario, batch: Batch) -> list[tuple[str, str]]:
    allowed = [pattern.lower() for pattern in scenario.allow_recipients]
    recipients = {recipient for message in batch.messages for recipient in _recipients(message)}
    refused = sorted(recipient for recipient in recipients if not _is_allowed(recipient.lower(), allowed))
    if not refused:
        return []
    shown = ", ".join(refused[:3]) + (f" and {len(refused) - 3:,} more" if len(refused) > 3 else "")
    advice = 'list each address, a whole domain as "@example.com", or a pattern as "*@example.com"'
    return [("allow_recipients", f"does not allow {shown}: {advice}")]


def _is_allowed(recipient: str, allowed: Sequence[str]) -> bool:
    domain = "@" + recipient.rpartition("@")[2]
    return any(pattern in (recipient, domain) or fnmatchcase(recipient, pattern) for pattern in allowed)


def _count_reasons(scenario: Scenario, batch: Batch) -> list[tuple[str, str]]:
    arms = [arm for arm in scenario.arms if needs_permission(arm, scenario, batch)]
    messages = len(arms) * sends_of_an_arm(scenario)
    planned = max(messages, sum(deliveries(arm, scenario, batch) for arm in arms))
    if scenario.max_messages >= planned:
        return []
    reason = (
        f"is {scenario.max_messages:,}, and the plan has {planned:,} deliveries: {messages:,} messages, each counted once for "
        "each recipient. Raise max_messages, or send less"
    )
    return [("max_messages", reason)]


def _recipients(message: Message) -> frozenset[str]:
    """The recipients of the envelope, and those that an API reads from the content."""
    content = message.content
    return frozenset(message.recipients) | {address.addr for address in (*content.to, *content.cc)}
