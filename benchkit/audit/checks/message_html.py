"""Links and images of the message's HTML."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.message_content import message_content, message_html
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.tables.public_suffixes import related
from benchkit.events.html_reading import Link
from benchkit.model.audit import AuditedMechanism
from benchkit.model.counts import counted
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="message_html",
    mechanism=AuditedMechanism.MAIL,
    title="Links go where their text says, and images have alt text",
    reference="RFC 2557",
    text="A link whose text is one address and whose target is in another domain looks like phishing: filters count it as "
    "spam, and mail programs warn. A provider's click tracking creates such links; let it use a host name in your own "
    "domain, or write words instead of an address. Many readers do not load images: `alt` is what they see, and screen "
    'readers need it; a decoration has `alt=""`.',
    cases={
        "other_host": Case(Status.WARN, "A link's text names another domain than its target."),
        "no_alt": Case(Status.WARN, "An image has no alt text.", 2),
        "plain_http": Case(Status.INFO, "A link goes to http, not https."),
    },
)
SHOWN = 5


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    content, html = await context.fact(message_content), await context.fact(message_html)
    if content is None or html is None or not content.html:
        return
    lying = [link for link in html.links if _is_elsewhere(link)]
    for link in lying[:SHOWN]:
        yield RULE.finding("other_host", link.host, f"a link shows {link.shown_host} and goes to {link.host}")
    without = [image for image in html.images if image.alt is None and not image.is_pixel]
    if without:
        message = f"{len(without)} of {len(html.images)} images have no alt text, the first is {without[0].source[:80]}"
        yield RULE.finding("no_alt", context.domain, message)
    if plain := [link for link in html.links if link.target.strip().lower().startswith("http:")]:
        message = f"{len(plain)} of {len(html.links)} links go to http, the first to {plain[0].host}"
        yield RULE.finding("plain_http", context.domain, message)
    if not lying and not without:
        yield RULE.passed(
            context.domain, f"{counted(len(html.links), 'link')} and {counted(len(html.images), 'image')}"
        )


def _is_elsewhere(link: Link) -> bool:
    return bool(link.shown_host and link.host) and not related(link.shown_host, link.host)


CHECK = Check(RULE, judge)
