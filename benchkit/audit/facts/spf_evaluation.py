"""check_host() for the address that the caller named, or None without one."""

from __future__ import annotations

from benchkit.audit.dossier import Dossier
from benchkit.audit.spf.check_host import check_host
from benchkit.audit.spf.result import Evaluation
from benchkit.audit.spf.sender import sender
from benchkit.errors import InputError, Mistake


async def spf_evaluation(dossier: Dossier) -> Evaluation | None:
    """The envelope sender is, if none is named, some mailbox at the domain."""
    options = dossier.options
    if not options.ip:
        return None
    mail_from = options.mail_from or f"postmaster@{dossier.domain}"
    return await check_host(dossier.ask, sender(options.ip, mail_from, options.helo or dossier.domain))


def check_address(text: str) -> str:
    """The address as given; raises InputError where it is none."""
    try:
        sender(text)
    except ValueError as error:
        raise InputError(Mistake("--ip", str(error))) from None
    return text
