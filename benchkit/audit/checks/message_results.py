"""What the receiver found for the message, beside what is found here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dkim.verify import DkimResult, Verification
from benchkit.audit.facts.message import signatures
from benchkit.audit.facts.message_content import received_results
from benchkit.audit.rule import Case, Check, Rule
from benchkit.events.authentication_results import AuthenticationResults
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="message_results",
    mechanism=AuditedMechanism.MAIL,
    title="The receiver's results agree with benchkit's",
    reference="RFC 8601 §2.2",
    text="A receiver writes its results for SPF, DKIM and DMARC in Authentication-Results. The uppermost field is the last "
    "receiver's own; anyone may have written the others (§5), so benchkit does not read them. Where the receiver accepted "
    "a signature "
    "that does not verify here, the message was changed after it arrived, or the key has changed since. Where the receiver "
    "refused one that verifies here, it had another view of the DNS, or its policy refuses such signatures.",
    cases={
        "none": Case(Status.INFO, "The message carries no Authentication-Results."),
        "failed": Case(Status.WARN, "The receiver found that SPF, DKIM or DMARC failed."),
        "differs": Case(Status.WARN, "benchkit and the receiver have different results for a signature."),
    },
)
BAD = {"fail", "hardfail", "softfail", "permerror", "policy"}
METHODS = ("spf", "dkim", "dmarc")


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    if context.options.mail is None:
        return
    found = await context.fact(received_results)
    if found is None:
        yield RULE.finding(
            "none", context.domain, "the message has no Authentication-Results: no receiver has judged it"
        )
        return
    server = found.server or "the receiver"
    failed = list(_failed(found))
    for message in failed:
        yield RULE.finding("failed", server, f"{server} found {message}")
    verified = await context.fact(signatures)
    differing = list(_differing(found, verified))
    for message, answers in differing:
        yield RULE.finding("differs", server, message, evidence=answers)
    if not failed and not differing:
        named = ", ".join(f"{method}={found.result(method)}" for method in METHODS if found.result(method))
        yield RULE.passed(server, f"{server} found {named or 'nothing to judge'}")


def _failed(found: AuthenticationResults) -> Iterator[str]:
    for each in found.results:
        if each.method in METHODS and each.result in BAD:
            about = each.properties.get("header.d") or each.properties.get("header.from")
            about = about or each.properties.get("smtp.mailfrom") or each.properties.get("header.i") or ""
            reason = f" ({each.reason})" if each.reason else ""
            yield f"{each.method}={each.result}{f' for {about}' if about else ''}{reason}"


def _differing(
    found: AuthenticationResults, verified: Sequence[Verification]
) -> Iterator[tuple[str, tuple[Answer, ...]]]:
    """Only signatures that both name: by domain, and selector where the receiver tells it."""
    for each in verified:
        if each.result is DkimResult.TEMPERROR:
            continue
        domain, selector = each.signature.domain, each.signature.selector
        theirs = [
            other.result
            for other in found.all("dkim")
            if _domain(other.properties) == domain and other.properties.get("header.s", selector) == selector
        ]
        if theirs and all((result == "pass") != (each.result is DkimResult.PASS) for result in theirs):
            here = "verifies" if each.result is DkimResult.PASS else f"does not verify ({each.reason})"
            yield (
                f"the signature d={domain} s={selector} {here} here, and was dkim={theirs[0]} at the receiver",
                each.answers,
            )


def _domain(properties: dict[str, str]) -> str:
    return (properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]).lower()


CHECK = Check(RULE, judge, by_evidence=("none", "failed", "differs"))
