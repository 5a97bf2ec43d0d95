"""Whether the message follows RFC 5322 and MIME."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.message_content import message_content
from benchkit.audit.message.parser import Mail
from benchkit.audit.rule import Case, Check, Rule
from benchkit.events.mail_content import MailContent
from benchkit.model.audit import AuditedMechanism
from benchkit.model.counts import counted
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="message_mime",
    mechanism=AuditedMechanism.MAIL,
    title="The message follows RFC 5322 and MIME",
    reference="RFC 5322 §3.6",
    text="Receivers repair or refuse a message that breaks the standards, and a repair after signing breaks the signature. A "
    "line has at most 998 octets and ends with CR LF (RFC 5322 §2.1.1, §2.3). From and Date appear exactly once, the "
    "other standard fields at most once. The encoding and charset of each part are as declared (RFC 2045). HTML has a "
    "text part beside it (multipart/alternative, RFC 2046 §5.1.4): filters look for one, and some readers show nothing "
    "else.",
    cases={
        "long_line": Case(Status.FAIL, "A line is longer than 998 octets."),
        "line_end": Case(Status.FAIL, "A line ends with LF or CR alone, others with CR LF."),
        "date": Case(Status.FAIL, "The message has no Date, or several."),
        "twice": Case(Status.FAIL, "A field that may appear only once appears several times."),
        "message_id": Case(Status.WARN, "The message has no Message-ID."),
        "no_text": Case(Status.WARN, "The message has HTML but no text part."),
        "version": Case(Status.WARN, "The message has MIME fields but no MIME-Version.", 2),
        "eight_bit": Case(Status.WARN, "A header field has 8-bit octets.", 2),
        "part": Case(Status.WARN, "The content of a part does not match its declared type, encoding or charset."),
        "nul": Case(Status.WARN, "The message has NUL octets."),
    },
)
LONGEST_LINE = 998
ONCE = (
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "message-id",
    "in-reply-to",
    "references",
    "subject",
    "mime-version",
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    mail, content = context.options.mail, await context.fact(message_content)
    if mail is None or content is None:
        return
    found = [*_lines(mail), *_fields(mail), *_parts(content)]
    for case, message, reference in found:
        yield RULE.finding(case, context.domain, message, reference=reference)
    if not found:
        yield RULE.passed(context.domain, f"{len(content.parts)} parts, as RFC 5322 and MIME require")


def _lines(mail: Mail) -> Iterator[tuple[str, str, str]]:
    raw = mail.raw or mail.octets
    lengths = [(len(line.rstrip(b"\r")), number) for number, line in enumerate(raw.split(b"\n"), 1)]
    longest, number = max(lengths)
    if longest > LONGEST_LINE:
        yield "long_line", f"line {number} has {longest:,} octets, and {LONGEST_LINE} are allowed", "RFC 5322 §2.1.1"
    both, feeds, returns = raw.count(b"\r\n"), raw.count(b"\n"), raw.count(b"\r")
    if both and (feeds > both or returns > both):
        message = f"line ends: LF alone {feeds - both:,}, CR alone {returns - both:,}, CR LF {both:,}"
        yield "line_end", message, "RFC 5322 §2.3"
    if nul := raw.count(b"\0"):
        yield "nul", counted(nul, "NUL octet"), "RFC 5322 §2.3"


def _fields(mail: Mail) -> Iterator[tuple[str, str, str]]:
    counts = Counter(field.name for field in mail.fields)
    if counts["date"] != 1:
        has = counted(counts["date"], "Date field") if counts["date"] else "no Date field"
        yield "date", f"the message has {has}: exactly one is required", "RFC 5322 §3.6.1"
    if not counts["message-id"]:
        yield "message_id", "no Message-ID: replies and reports cannot name the message", "RFC 5322 §3.6.4"
    if several := [f"{name} ({counts[name]})" for name in ONCE if counts[name] > 1]:
        yield "twice", f"fields that appear more than once: {', '.join(several)}", "RFC 5322 §3.6"
    if not counts["mime-version"] and (counts["content-type"] or counts["content-transfer-encoding"]):
        yield "version", "Content-Type without MIME-Version: 1.0", "RFC 2045 §4"
    high = dict.fromkeys(field.name for field in mail.fields if re.search(rb"[\x80-\xff]", field.raw))
    if high:
        message = f"8-bit octets in {', '.join(high)}: only servers with SMTPUTF8 take them"
        yield "eight_bit", message, "RFC 6532 §3.2"


def _parts(content: MailContent) -> Iterator[tuple[str, str, str]]:
    for defect in content.defects:
        yield "part", defect, "RFC 2045 §6"
    if content.texts("text/html") and not any(part.text.strip() for part in content.texts("text/plain")):
        yield "no_text", "the mail is HTML only", "RFC 2046 §5.1.4"


CHECK = Check(RULE, judge)
