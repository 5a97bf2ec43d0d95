"""What the caller's message holds: its parts, its HTML, and the path that it came by. Asks nothing."""

from __future__ import annotations

from benchkit.audit.audit_context import AuditContext
from benchkit.events.authentication_results import AuthenticationResults, parse_authentication_results
from benchkit.events.html_reading import HtmlReading, read_html
from benchkit.events.mail_content import MailContent, read_content
from benchkit.events.received_path import Hop, received_path


async def message_content(context: AuditContext) -> MailContent | None:
    """None without a message, as the others."""
    mail = context.options.mail
    return read_content(mail.raw or mail.octets) if mail else None


async def message_html(context: AuditContext) -> HtmlReading | None:
    content = await context.fact(message_content)
    return read_html(content.html) if content else None


async def message_path(context: AuditContext) -> tuple[Hop, ...] | None:
    mail = context.options.mail
    return received_path([field.value for field in mail.all("received")]) if mail else None


async def received_results(context: AuditContext) -> AuthenticationResults | None:
    """Those of the uppermost field, which the receiver itself wrote; None where there is no such field."""
    mail = context.options.mail
    fields = mail.all("authentication-results") if mail else ()
    return parse_authentication_results(fields[0].value) if fields else None
