"""check_host() of RFC 7208 §4: an `Ask` and a sender → one of seven results, the terms that led to it, and the explanation.

Limits are in lookup_limits.py, lookups in lookups.py, syntax in records/spf.py; this file is the order in which they come.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.audit.records.macros import MacroString, parse_macros
from benchkit.audit.records.spf import MechanismKind, Qualifier, SpfMechanism, SpfRecord, Term, parse_spf, select_spf
from benchkit.audit.records.text import txts_of
from benchkit.audit.spf.expansion import expand
from benchkit.audit.spf.lookup_limits import EvaluationStopped, LookupLimits
from benchkit.audit.spf.lookups import address_type, best_name, covers, mx_covers, require_answer, validated_names
from benchkit.audit.spf.names import is_at_or_below, is_domain, query_name
from benchkit.audit.spf.result import Evaluation, EvaluationStep, SpfResult
from benchkit.audit.spf.sender import SpfSender, macro_values
from benchkit.model.dns import Answer, AnswerState, Ask

_RESULTS = {
    Qualifier.PASS: SpfResult.PASS,
    Qualifier.FAIL: SpfResult.FAIL,
    Qualifier.SOFTFAIL: SpfResult.SOFTFAIL,
    Qualifier.NEUTRAL: SpfResult.NEUTRAL,
}


async def check_host(ask: Ask, who: SpfSender) -> Evaluation:
    """Evaluates the record of the sender's domain; never raises for what the DNS says or does not say."""
    limits = LookupLimits(ask)
    check = _Check(limits, who)
    domain, explanation, problem = who.domain, "", ""
    try:
        result, explanation = await check.outcome(domain)
        problem = f"{domain} has no SPF record" if result is SpfResult.NONE else ""
    except EvaluationStopped as broken:
        result, problem = broken.result, str(broken)
    return Evaluation(
        result, domain, tuple(check.trail), explanation, problem, limits.lookups, limits.voids, limits.answers
    )


@dataclass(frozen=True, slots=True)
class _Decision:
    result: SpfResult
    domain: str = ""  # the domain whose record decided, after redirects
    record: SpfRecord | None = None


_NO_RECORD = _Decision(SpfResult.NONE)


class _Check:
    """One evaluation. `trail` is the path to the term at hand; terms that have not matched leave it again."""

    def __init__(self, limits: LookupLimits, who: SpfSender) -> None:
        self._limits = limits
        self._who = who
        self._names: tuple[str, ...] | None = None
        self.trail: list[EvaluationStep] = []

    async def outcome(self, domain: str) -> tuple[SpfResult, str]:
        decision = await self._decide(domain, self._limits.ask)
        return decision.result, await self._explanation(decision)

    async def _decide(self, domain: str, ask: Ask) -> _Decision:
        """The result of one domain's record, redirects followed. `ask` is that of the term which has led here."""
        record = await self._record(domain, ask)
        if record is None:
            return _NO_RECORD
        for term in record.mechanisms:
            depth = len(self.trail)
            self._enter(domain, term)
            if await self._matches(term, domain):
                return _Decision(_RESULTS[term.qualifier], domain, record)
            del self.trail[depth:]
        if record.redirect is None:
            return _Decision(SpfResult.NEUTRAL, domain, record)  # §4.7
        self._enter(domain, record.redirect)
        return await self._decide_elsewhere(record.redirect.value, domain)

    async def _record(self, domain: str, ask: Ask) -> SpfRecord | None:
        if not is_domain(domain):
            return None
        selection = select_spf(_required_texts(await ask(domain.lower().removesuffix("."), "TXT")))
        if len(selection.records) > 1:
            raise EvaluationStopped(SpfResult.PERMERROR, f"{domain} has {len(selection.records)} SPF records")
        if selection.only is None:
            return None
        record = parse_spf(selection.only)
        for fault in record.faults:
            if fault.fatal:
                raise EvaluationStopped(SpfResult.PERMERROR, f"{domain}: {fault.message}")
        return record

    async def _decide_elsewhere(self, target: MacroString, domain: str) -> _Decision:
        """include and redirect: another domain's record, which must exist (§5.2, §6.1)."""
        ask = self._limits.term()
        name = await self._target(target, domain)
        decision = await self._decide(name, ask) if name else _NO_RECORD
        if decision.result is SpfResult.NONE:
            raise EvaluationStopped(SpfResult.PERMERROR, f"{name or target.text} has no SPF record")
        return decision

    async def _matches(self, term: SpfMechanism, domain: str) -> bool:
        if term.kind is MechanismKind.ALL:
            return True
        if term.network is not None:
            return self._who.ip in term.network
        if term.kind is MechanismKind.INCLUDE and term.domain:
            return (await self._decide_elsewhere(term.domain, domain)).result is SpfResult.PASS
        ask = self._limits.term()
        name = await self._target(term.domain, domain) if term.domain else query_name(domain)
        return name is not None and await self._finds(term, name, ask)

    async def _finds(self, term: SpfMechanism, name: str, ask: Ask) -> bool:
        ip = self._who.ip
        prefix = term.prefix4 if ip.version == 4 else term.prefix6
        if term.kind is MechanismKind.MX:
            return await mx_covers(ask, name, prefix, ip)
        if term.kind is MechanismKind.PTR:
            return any(is_at_or_below(found, name) for found in await validated_names(ask, ip))
        if term.kind is MechanismKind.EXISTS:
            return bool(require_answer(await ask(name, "A")))  # A for every sender's family (§5.7)
        return covers(require_answer(await ask(name, address_type(ip))), prefix, ip)

    async def _explanation(self, decision: _Decision) -> str:
        """The text behind exp= (§6.2); empty whenever anything about it is wrong."""
        if decision.result is not SpfResult.FAIL or decision.record is None or decision.record.exp is None:
            return ""
        name = await self._target(decision.record.exp.value, decision.domain)
        answer = await self._limits.ask(name, "TXT") if name else None
        if answer is None or answer.state is not AnswerState.OK or len(answer.records) != 1:
            return ""
        string, faults = parse_macros(txts_of(answer)[0], explanation=True)
        return "" if faults else await self._expanded(string, decision.domain) or ""

    async def _target(self, string: MacroString, domain: str) -> str | None:
        expanded = await self._expanded(string, domain)
        return query_name(expanded) if expanded is not None else None

    async def _expanded(self, string: MacroString, domain: str) -> str | None:
        values = macro_values(self._who, domain)
        if "p" in string.letters:
            if self._names is None:
                self._names = await validated_names(self._limits.ask, self._who.ip)
            values["p"] = best_name(self._names, domain)
        return expand(string, values)

    def _enter(self, domain: str, term: Term) -> None:
        self.trail.append(EvaluationStep(domain, term.text, term.span))


def _required_texts(answer: Answer) -> tuple[str, ...]:
    require_answer(answer)
    return txts_of(answer)
