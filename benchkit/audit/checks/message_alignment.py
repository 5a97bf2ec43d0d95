"""Whether the message passes DMARC: an authenticated domain aligned with its author's."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.message import Authentication, authentication
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.spf.result import SpfResult
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="message_alignment",
    mechanism=AuditedMechanism.MAIL,
    title="The message passes DMARC",
    reference="RFC 9989 §4.4",
    text="DMARC passes if SPF passes for a domain aligned with the From domain, or a DKIM signature by such a "
    "domain verifies. Relaxed alignment requires the same organizational domain, strict alignment the same domain. SPF is "
    "judged "
    "for the address given with `--ip`, and the envelope sender of `--mail-from` or the Return-Path field. A "
    "message must have one From domain: with none or several DMARC cannot be evaluated, and receivers may refuse it "
    "(RFC 9989 §5.3.1, §11.5). A From field without an address, with a group, an empty one and a text with two @ name none.",
    cases={
        "authors": Case(Status.FAIL, "The message has several From domains.", advice="Write one From address."),
        "same_domain": Case(
            Status.WARN,
            "From has several addresses of one domain.",
            3,
            advice="Write one From address: programs expect one, and show or judge only one of several.",
        ),
        "malformed": Case(
            Status.FAIL,
            "From has no address, or a text that is none: receivers refuse the message, or see no author.",
            advice="Write one address with a domain, as in: From: Shop <news@shop.example>.",
        ),
        "not_aligned": Case(
            Status.FAIL,
            "No authenticated domain is aligned with the From domain.",
            advice="Sign with DKIM for the From domain, or send with an envelope sender in it.",
        ),
        "spf_only": Case(
            Status.WARN,
            "Only SPF aligns: forwarded mail fails DMARC.",
            3,
            advice="Sign with DKIM for the From domain too.",
        ),
        "unsure": Case(
            Status.INFO,
            "No signature aligns, and SPF cannot be judged without --ip and an envelope sender.",
        ),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    mail = context.options.mail
    if mail is None:
        return
    authors = mail.authors
    for fault in authors.faults:
        yield RULE.finding("malformed", context.domain, str(fault), reference="RFC 5322 §3.6.2")
    found = await context.fact(authentication)
    if found is not None:
        yield _judge(found)
        if authors.addresses > 1 and authors.fields == 1:  # several fields are a finding of message_mime
            sender = "" if mail.all("sender") else ", and there is no Sender field, which they need"
            named = f"From has {authors.addresses} addresses of {found.author}{sender}"
            yield RULE.finding("same_domain", context.domain, named, reference="RFC 5322 §3.6.2")
    elif authors.domains:
        fields = f" in {authors.fields} From fields" if authors.fields > 1 else ""
        named = f"From domains: {', '.join(authors.domains)}{fields}; DMARC wants exactly one"
        yield RULE.finding("authors", context.domain, named, reference="RFC 9989 §5.3.1")


def _judge(found: Authentication) -> Finding:
    by = ", ".join(each.authenticated for each in found.alignments if each.aligned)
    evidence = [answer for each in found.signatures for answer in each.answers]
    unanswered = [answer for answer in evidence if not answer.state.known]
    if found.aligned:
        signed = any(each.aligned for each in found.alignments if each.authenticated in _signers(found))
        if signed:
            return RULE.passed(found.author, f"aligned by {by}", evidence=evidence)
        return RULE.finding("spf_only", found.author, f"aligned by SPF alone ({by})", evidence=evidence)
    if found.aligned is None and found.spf is None and not unanswered:
        return RULE.finding(
            "unsure",
            found.author,
            "no signature aligns; SPF needs --ip and an envelope sender (Return-Path or --mail-from)",
            evidence=evidence,
        )
    if found.aligned is None:
        unanswered = [*unanswered, *(answer for each in found.alignments for answer in each.unanswered)]
        unanswered += [answer for answer in (found.spf.answers if found.spf else ()) if not answer.state.known]
        return RULE.unknown(found.author, unanswered)
    others = ", ".join(dict.fromkeys(each.authenticated for each in found.alignments)) or "nothing"
    result = found.spf.result if found.spf else SpfResult.NONE
    message = f"authenticated domains: {others} (SPF {result}); none is aligned with {found.author}"
    return RULE.finding("not_aligned", found.author, message, evidence=evidence)


def _signers(found: Authentication) -> set[str]:
    return {each.signature.domain for each in found.signatures if each.signature.domain and not each.reason}


CHECK = Check(RULE, judge)
