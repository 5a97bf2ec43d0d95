"""An `Ask` that validates what it hands on (`--dnssec`): through ordinary resolvers, from the root's keys.

`ad` of its answers means validated here. A bogus answer is SERVFAIL with the extended error 6 (RFC 8914 §4.7), an insecure one
has no `ad` and says in `ede` where the chain of trust ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import dns.exception
import dns.message
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType

from benchkit.model.clock import Clock
from benchkit.model.dns import Answer, AnswerState
from benchkit.resolver.dnssec import Validated, ValidationState, Validator
from benchkit.resolver.names import text_name, unaskable
from benchkit.resolver.question import Question, question_of
from benchkit.resolver.records import records_of
from benchkit.resolver.retry_budget import NS_PER_S, RetryBudget
from benchkit.resolver.servers import DnsServer

BOGUS_CODE = "6 DNSSEC Bogus"
WHOLE_S = 6.0  # for a name with its whole chain of trust
TRIES_S = (1.0, 1.5)


class ValidatingAsk:
    """One chain of trust after the other; what was learned of zones is kept for the next question."""

    def __init__(
        self,
        servers: Sequence[DnsServer],
        clock: Clock,
        *,
        now_s: float,
        anchors: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self._servers, self._clock = list(servers), clock
        self._validator = Validator(self._fetch, now_s=now_s, anchors=anchors)
        self._turn = asyncio.Lock()
        self._budget = RetryBudget(clock, 0, 0)

    async def __call__(self, name: str, type: str) -> Answer:  # noqa: A002
        question = question_of(name, type)
        if question is None:
            return unaskable(name, type)
        async with self._turn:
            begun_ns = self._clock.now_ns()
            self._budget = RetryBudget(self._clock, begun_ns, begun_ns + round(WHOLE_S * NS_PER_S))
            found = await self._validator.validate(question.name, question.type)
            return _answer(question, found, self._budget, ", ".join(server.name for server in self._servers))

    async def _fetch(self, name: Name, kind: RdataType) -> Message | None:
        """The first response that can be read, from the servers in turn."""
        question = question_of(text_name(name), kind.name)
        if question is None:
            return None
        for wait_s in TRIES_S:
            for server in self._servers:
                if self._budget.is_over:
                    return None
                self._budget.begin_try(wait_s)
                try:
                    wire = await server.exchange(replace(question, checking_disabled=True), self._budget)
                    return dns.message.from_wire(wire, ignore_trailing=True)
                except (OSError, dns.exception.DNSException, ValueError):
                    continue
        return None


def _answer(question: Question, found: Validated, budget: RetryBudget, resolver: str) -> Answer:
    answer = Answer(
        question.text,
        question.type.name,
        AnswerState.OK,
        cnames=tuple(text_name(name) for name in found.cnames),
        rcode="NOERROR",
        resolver=resolver,
        rtt_ms=budget.rtt_ms,
        ad=found.security is ValidationState.SECURE,
        ede=(found.reason,) if found.reason else (),
        queries=budget.queries,
    )
    if found.security is ValidationState.BOGUS:
        return replace(answer, state=AnswerState.SERVFAIL, rcode="SERVFAIL", ede=(f"{BOGUS_CODE}: {found.reason}",))
    if found.security is ValidationState.INDETERMINATE:
        return replace(answer, state=AnswerState.TIMEOUT, rcode="")
    if found.records is None:
        missing = AnswerState.NODATA if found.exists else AnswerState.NXDOMAIN
        return replace(answer, state=missing, rcode="NOERROR" if found.exists else "NXDOMAIN")
    return replace(answer, records=records_of(found.records, found.records.ttl))
