"""Consent to take another domain's reports (RFC 9990 §4): v=DMARC1 at `<policy domain>._report._dmarc.<destination>`."""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import walk
from benchkit.audit.records.dmarc import is_dmarc
from benchkit.audit.records.text import txts_of
from benchkit.audit.rule import unanswered_in
from benchkit.model.dns import Answer


@dataclass(frozen=True, slots=True)
class ReportAuthorization:
    """`given` None: not known. `name` is where the destination would say so; "" where no consent is needed."""

    destination: str
    name: str
    given: bool | None
    answers: tuple[Answer, ...]


async def report_authorization(context: AuditContext, policy_domain: str, destination: str) -> ReportAuthorization:
    """A destination within the policy's own organization needs none (§4); a wildcard record consents for everyone."""
    if destination == policy_domain:
        return ReportAuthorization(destination, "", True, ())
    one, other = await context.fact(walk, policy_domain), await context.fact(walk, destination)
    walked = tuple(step.answer for step in (*one.steps, *other.steps))
    if not unanswered_in(walked) and one.organizational == other.organizational:
        return ReportAuthorization(destination, "", True, walked)
    name = f"{policy_domain}._report._dmarc.{destination}"
    answer = await context.ask(name, "TXT")
    given = any(is_dmarc(text) for text in txts_of(answer))
    unsure = not given and unanswered_in((answer, *walked))
    return ReportAuthorization(destination, name, None if unsure else given, (answer, *walked))
