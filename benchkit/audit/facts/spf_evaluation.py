"""check_host() for the address and envelope sender that the caller gave (RFC 7208 §2.4)."""

from __future__ import annotations

from benchkit.audit.audit_context import AuditContext, Options
from benchkit.audit.spf.check_host import check_host
from benchkit.audit.spf.result import Evaluation
from benchkit.audit.spf.sender import sender

BOUNCE = "<>"  # the null envelope sender (RFC 5321 §4.5.5), as --mail-from has it


async def spf_evaluation(context: AuditContext) -> Evaluation | None:
    """None without an address, and where it is not known which identity to evaluate."""
    options = context.options
    mail_from = envelope_sender(options, context.domain)
    if not options.ip or mail_from is None:
        return None
    return await check_host(context.ask, sender(options.ip, mail_from, options.helo or context.domain))


def envelope_sender(options: Options, domain: str) -> str | None:
    """The one named, else the message's; "" for a bounce, which --helo speaks for. Without a message, a mailbox at the domain.

    None where nothing tells it: a message without Return-Path, or a bounce without --helo.
    """
    if options.mail_from:
        sender: str | None = "" if options.mail_from == BOUNCE else options.mail_from
    elif options.mail is not None:
        sender = options.mail.return_path
    else:
        sender = f"postmaster@{domain}"
    return None if sender == "" and not options.helo else sender
