"""The manual of the audit's rules, made of the rules themselves: `benchkit explain` and docs/audit.md print the same text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from benchkit.audit.examples import EXAMPLES, shown
from benchkit.audit.rule import Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.report.audit_words import MECHANISM_NAMES

WIDTH = 120
HEAD = """# The audit's rules

`benchkit audit DOMAIN` judges a sending domain by these rules; `benchkit explain RULE` prints one of them. This page is made
of the rules' own text (`benchkit explain all`), and a test holds it to that.

A finding is `pass`, `info`, `warn`, `fail` or `unknown`. Unknown means that an answer on which it rests did not come: a
timeout is never taken for a missing record, and costs no points. A score begins at 100; a rule takes its points off once, by
its worst case, and a cause costs once with all that follows from it. The points are beside each case.

The fixes are whole: one new record for each record, in four groups. "Publish now" repairs, and can be published all at once:
no fix removes a sender that can pass, ends SPF in `+all`, or makes receivers refuse mail that they take today. "Safe defaults"
remove records that do nothing (a key that is cut off, a name server without an address, MTA-STS without its host): no mail
that passes today is lost, and each says what you can do instead. A key or its alias is removed only where another DKIM key of
the domain works, and a name server only where two others can be asked; without that, the finding says what to repair, and no
removal is offered. "Ask others" names records in zones that you do not hold, and who holds them. "Later" has steps with a
condition, such as a stricter DMARC policy when the reports are good. Where it is not clear what a record was meant to say, no
record is offered, and the finding says what to decide. `audit --zone FILE --fixed OUT` writes the whole zone with the fixes of
"Publish now" and "Safe defaults" made: old lines are comments, new ones are in their place, and the serial of the SOA record
is raised (a serial YYYYMMDDnn stays a date).

Each rule has an example, and a test audits both of its texts: the first gives the finding, the corrected one does not.
"""


def manual(rules: Sequence[Rule]) -> str:
    parts = [HEAD]
    for mechanism in AuditedMechanism:
        own = [rule for rule in rules if rule.mechanism is mechanism]
        if own:
            parts.append(f"## {MECHANISM_NAMES[mechanism]}\n")
            parts += [f"##{rule_page(rule)}" for rule in own]
    return "\n".join(parts)


def mechanism_page(mechanism: AuditedMechanism, rules: Sequence[Rule]) -> str:
    """The rules of a mechanism, a line each."""
    own = [rule for rule in rules if rule.mechanism is mechanism]
    lines = [
        f"# {MECHANISM_NAMES[mechanism]}",
        "",
        *(f"- `{rule.name}`: {rule.title} ({rule.reference})" for rule in own),
    ]
    return "\n".join(
        [*lines, "", f"`benchkit explain {own[0].name}` prints a rule's page: what it checks, why, and how to fix it."]
    )


def rule_page(rule: Rule) -> str:
    """One rule as Markdown."""
    lines = [f"# {rule.name}", f"**{rule.title}** ({rule.reference})", "", textwrap.fill(rule.text, WIDTH), ""]
    for name, case in rule.cases.items():
        cost = f", {case.cost} points" if case.cost else ""
        text = " ".join(filter(None, (case.meaning, case.advice)))
        lines.append(f"- `{rule.name}.{name}` ({case.status.value}{cost}): {text}")
    return "\n".join([*lines, "", *_example(rule)])


def _example(rule: Rule) -> list[str]:
    """Nothing for a rule of another package, which has none here."""
    example = EXAMPLES.get(rule.name)
    if example is None:
        return []
    return [
        f"Example of `{rule.name}.{example.case}`, {example.kind.value}:",
        *_block(example.wrong),
        textwrap.fill(example.why, WIDTH),
        "",
        "Corrected:",
        *_block(example.right),
    ]


def _block(text: str) -> list[str]:
    return ["", "```", shown(text), "```", ""]
