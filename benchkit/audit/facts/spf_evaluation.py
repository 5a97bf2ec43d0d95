"""check_host() for the address that the caller named, or None without one."""

from __future__ import annotations

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.spf.check_host import check_host
from benchkit.audit.spf.result import Evaluation
from benchkit.audit.spf.sender import sender


async def spf_evaluation(context: AuditContext) -> Evaluation | None:
    """The envelope sender is the one named, else the message's, else some mailbox at the domain."""
    options = context.options
    if not options.ip:
        return None
    written = options.mail.return_path if options.mail else ""
    mail_from = options.mail_from or written or f"postmaster@{context.domain}"
    return await check_host(context.ask, sender(options.ip, mail_from, options.helo or context.domain))
