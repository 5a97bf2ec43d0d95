"""Leave to send reports to another organization (RFC 9990 §4): `<policy domain>._report._dmarc.<destination>` says v=DMARC1."""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import walk
from benchkit.audit.records.dmarc import is_dmarc
from benchkit.audit.records.text import txts_of
from benchkit.audit.rule import lost
from benchkit.model.dns import Answer


@dataclass(frozen=True, slots=True)
class ReportAuthorization:
    """`given` None: not known. `name` is where the other side would say so; "" where no leave is needed."""

    destination: str
    name: str
    given: bool | None
    answers: tuple[Answer, ...]


async def leave(dossier: AuditContext, policy_domain: str, destination: str) -> ReportAuthorization:
    """A destination within the policy's own organization needs none (§4); a wildcard gives it to everybody."""
    if destination == policy_domain:
        return ReportAuthorization(destination, "", True, ())
    name = f"{policy_domain}._report._dmarc.{destination}"
    one, other = await dossier.fact(walk, policy_domain), await dossier.fact(walk, destination)
    if one.organizational == other.organizational:
        return ReportAuthorization(destination, "", True, ())
    answer = await dossier.ask(name, "TXT")
    given = any(is_dmarc(text) for text in txts_of(answer))
    dark = lost([answer]) if not given else ()
    return ReportAuthorization(destination, name, None if dark else given, (answer,))
