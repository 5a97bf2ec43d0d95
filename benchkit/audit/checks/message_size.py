"""The size of the message and of its HTML."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.message_content import message_content
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="message_size",
    mechanism=AuditedMechanism.MAIL,
    title="The message is not too large",
    reference="RFC 1870",
    text="Gmail shows about 102 kB of a message's HTML and hides the rest behind a link, with it a footer and an unsubscribe "
    "link (reported by many senders; Google states no number). Servers refuse messages above their limit, in most places 10 "
    "to 25 MB, attachments counted in base64, a third larger than the file.",
    cases={
        "clipped": Case(Status.WARN, "The HTML is longer than Gmail shows."),
        "large": Case(Status.WARN, "The message is larger than some receivers take."),
    },
)
CLIPPED, LARGE = 102 * 1024, 10_000_000


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    mail, content = context.options.mail, await context.fact(message_content)
    if mail is None or content is None:
        return
    whole, html = len(mail.octets), sum(len(part.octets) for part in content.texts("text/html"))
    if html > CLIPPED:
        message = f"the HTML has {html:,} bytes, and Gmail shows about {CLIPPED:,}"
        yield RULE.finding(
            "clipped", context.domain, message, advice="Shorten the HTML: move styles and repeated markup out."
        )
    if whole > LARGE:
        message = f"the message has {whole:,} bytes, and some receivers take {LARGE:,}"
        yield RULE.finding("large", context.domain, message, advice="Send a link instead of the attachment.")
    if html <= CLIPPED and whole <= LARGE:
        yield RULE.passed(context.domain, f"{whole:,} bytes, of which {html:,} are HTML")


CHECK = Check(RULE, judge)
