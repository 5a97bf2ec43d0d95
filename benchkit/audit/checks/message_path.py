"""The path of the message: its hops, with their TLS and delays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from ipaddress import ip_address

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.message_content import message_path
from benchkit.audit.rule import Case, Check, Rule
from benchkit.events.received_path import Hop
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="message_path",
    mechanism=AuditedMechanism.MAIL,
    title="The message came quickly, and over TLS",
    reference="RFC 5321 §4.4",
    text="Each server writes a Received field with its name, the protocol and the time. Fields below the receiver's own may be "
    "invented by the sender. Times have a resolution of one second and come from each host's own clock: a hop that ends before "
    "it began shows a clock that is wrong. Long delays come from greylisting, throttling, queues and content filters.",
    cases={
        "slow": Case(Status.INFO, "A hop took longer than a minute."),
        "clock": Case(Status.INFO, "A hop's time is earlier than that of the hop before it: one clock is wrong."),
        "plain": Case(Status.WARN, "A hop over the internet had no TLS."),
    },
)
SLOW_S, SKEW_S = 60, -2


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    path = await context.fact(message_path)
    if not path:
        return
    found = list(_findings(path))
    for case, subject, message in found:
        yield RULE.finding(case, subject, message)
    if not found:
        yield RULE.passed(context.domain, f"{len(path)} hops{_whole(path)}")


def _findings(path: Sequence[Hop]) -> Iterator[tuple[str, str, str]]:
    for hop in path:
        way = f"{hop.sender or '?'} → {hop.receiver or '?'}"
        if hop.delay_s is not None and hop.delay_s > SLOW_S:
            yield "slow", hop.receiver, f"{way} took {hop.delay_s:,.0f} s"
        if hop.delay_s is not None and hop.delay_s < SKEW_S:
            yield "clock", hop.receiver, f"{way} ended {-hop.delay_s:,.0f} s before it began: a clock is wrong"
        if hop.tls is False and hop.sender_address and ip_address(hop.sender_address).is_global:
            yield "plain", hop.receiver, f"{way} had no TLS ({hop.protocol})"


def _whole(path: Sequence[Hop]) -> str:
    times = [hop.at for hop in path if hop.at is not None]
    return (
        f", {(times[-1] - times[0]).total_seconds():,.0f} s from the first to the last (± 1 s)"
        if len(times) > 1
        else ""
    )


CHECK = Check(RULE, judge)
