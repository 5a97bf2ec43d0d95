"""Whether a domain takes mail, by the DNS alone (RFC 5321 §5.1, RFC 7505). What does not answer is unknown, never missing."""

from __future__ import annotations

from benchkit.audit.recipient_list.reasons import Rejection
from benchkit.audit.records.mx import parse_mx_set
from benchkit.model.dns import Answer, AnswerState, Ask

HOSTS_ASKED = 5  # the most preferred; one with an address is enough


class Unanswered(Exception):
    """`answer` says nothing about the zone."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(f"{answer.name} {answer.type}: {answer.state.value}")


async def why_no_mail(domain: str, ask: Ask) -> Rejection | None:
    """None where it takes mail. Raises Unanswered."""
    answer = await ask(domain, "MX")
    if answer.state is AnswerState.NXDOMAIN:
        return Rejection.NO_DOMAIN
    if not answer.state.known:
        raise Unanswered(answer)
    found = parse_mx_set(answer.records)
    if found.null:
        return Rejection.NULL_MX
    hosts = [mx.host for mx in found.records if not mx.null] or [domain]  # without MX the domain's own address (§5.1)
    return None if await _any_has_address(hosts[:HOSTS_ASKED], ask) else Rejection.NO_MAIL_HOST


async def _any_has_address(hosts: list[str], ask: Ask) -> bool:
    unanswered: Answer | None = None
    for host in hosts:
        for family in ("A", "AAAA"):
            answer = await ask(host, family)
            if answer.records:
                return True
            if not answer.state.known:
                unanswered = answer
    if unanswered is not None:
        raise Unanswered(unanswered)
    return False
