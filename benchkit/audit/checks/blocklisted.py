"""Whether addresses that send for the domain are on blocklists that work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import located_mail_hosts
from benchkit.audit.facts.reported_mail import reported_mail
from benchkit.audit.facts.spf_tree import spf_addresses, spf_tree
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.audit.tables.blocklists import BLOCKLISTS, LISTED, NOT_LISTED, Blocklist, is_listing, question
from benchkit.audit.tables.special_addresses import special_use
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer, AnswerState
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="blocklisted",
    mechanism=AuditedMechanism.DNS,
    title="Addresses that send are on no blocklist",
    reference="RFC 5782 §2.1",
    text="With `--blocklists`, benchkit looks up the addresses that send for the domain in a few DNS blocklists: the address "
    "of `--ip`, those that pass DMARC in `--reports`, those of the MX hosts, and those in SPF networks of at most 16 "
    "addresses; 64 in all. `--history FOLDER` keeps each answer and shows what has changed since the last one. Each "
    "list is tested first (RFC 5782 §5): it must list 127.0.0.2 and must not list 127.0.0.1. Lists refuse public "
    "resolvers, and some resolvers rewrite answers: such a reply counts as unknown, not as a listing. Find out the "
    "cause before you ask the list to remove the address.",
    cases={
        "listed": Case(
            Status.FAIL,
            "An address is on a blocklist.",
            10,
            advice="Find out why the address is listed, stop the cause, then ask the list to remove it.",
        ),
        "not_working": Case(
            Status.UNKNOWN,
            (
                "A blocklist does not answer its test entries correctly: it refuses this resolver, or it no "
                "longer works."
            ),
        ),
    },
)
LOOKED_AT = 64
SMALL = 16  # addresses of a network that are asked about one by one


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    if not context.options.blocklists:
        return
    addresses = await _addresses(context)
    for found in await asyncio.gather(*(_ask(context, each, addresses) for each in BLOCKLISTS)):
        for finding in found:
            yield finding


async def _addresses(context: AuditContext) -> list[str]:
    hosts, authorised = await asyncio.gather(context.fact(located_mail_hosts), context.fact(spf_addresses))
    known = authorised if context.is_complete(spf_tree) else None  # a term whose answer is lost may exclude some
    networks = (*known.networks4, *known.networks6) if known else ()
    named = [str(each) for network in networks if network.num_addresses <= SMALL for each in network]
    own = [text for host in hosts for text in host.addresses.texts]
    given = [context.options.ip] if context.options.ip else []
    reported = await context.fact(reported_mail)
    passing = [source.address for source in reported.sources if source.passed] if reported else []
    every = dict.fromkeys([*given, *passing, *own, *named])
    return [address for address in every if not special_use(address)][:LOOKED_AT]


async def _ask(context: AuditContext, blocklist: Blocklist, addresses: list[str]) -> list[Finding]:
    probes = [question(address, blocklist.zone) for address in (LISTED, NOT_LISTED)]
    listed, not_listed = await asyncio.gather(*(context.ask(name, "A") for name in probes))
    if not (_lists(listed, blocklist) and not_listed.state is AnswerState.NXDOMAIN):
        message = (
            f"{blocklist.zone} does not answer its test entries correctly through this resolver, so its answers "
            "are not used"
        )
        return [RULE.finding("not_working", blocklist.zone, message, evidence=[listed, not_listed])]
    answers = await asyncio.gather(*(context.ask(question(each, blocklist.zone), "A") for each in addresses))
    findings = [
        RULE.finding(
            "listed", address, f"{address} is on {blocklist.zone} ({answer.records[0].text})", evidence=[answer]
        )
        for address, answer in zip(addresses, answers, strict=True)
        if _lists(answer, blocklist)
    ]
    if unanswered := unanswered_in(answers):
        return [*findings, RULE.unknown(blocklist.zone, unanswered)]
    none = RULE.passed(blocklist.zone, f"none of {len(addresses)} addresses is listed", evidence=answers)
    return findings or [none]


def _lists(answer: Answer, blocklist: Blocklist) -> bool:
    return any(is_listing(record.text, blocklist) for record in answer.records)


CHECK = Check(RULE, judge, by_evidence=("listed",))
