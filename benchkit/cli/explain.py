"""`benchkit explain`: what a rule of the audit means and how to fix it; what an email API takes, refuses and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from benchkit.errors import InputError, Mistake, suggestion

if TYPE_CHECKING:
    from benchkit.audit.rule import Rule


def explain(
    rule: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A rule or case, as spf_all.plus; a mechanism, as dmarc; or `all`. A provider, as ses; or `providers`.",
        ),
    ],
) -> None:
    """Explain a rule of the audit, or the API of a provider. Letter case does not matter."""
    from benchkit.audit.checks import CHECKS
    from benchkit.providers import PROVIDERS
    from benchkit.report.audit_manual import manual, mechanism_page, rule_page
    from benchkit.report.provider_manual import provider_manual, provider_page

    rule = rule.lower()
    rules = [CHECKS[name].rule for name in CHECKS.names()]
    mechanisms = {one.mechanism.value: one.mechanism for one in rules}
    if rule == "providers":
        typer.echo(provider_manual(), nl=False)
    elif rule in PROVIDERS.names():
        typer.echo(provider_page(rule))
    elif rule == "all":
        typer.echo(manual(rules), nl=False)
    elif rule in mechanisms:
        typer.echo(mechanism_page(mechanisms[rule], rules))
    else:
        typer.echo(rule_page(_rule(rule)))


def _rule(wanted: str) -> Rule:
    """Raises InputError for an unknown rule or case."""
    from benchkit.audit.checks import CHECKS

    name, dot, case = wanted.partition(".")
    if name not in CHECKS.names():
        raise InputError(Mistake(f'"{wanted}"', f"is not a rule, mechanism or provider: {_near(wanted)}"))
    rule = CHECKS[name].rule
    if dot and case not in rule.cases:
        raise InputError(Mistake(name, f'has no case "{case}"; {suggestion(case, rule.cases)}'))
    return rule


def _near(wanted: str) -> str:
    """The name that is most like it, of all that can be explained; else where the names are."""
    from benchkit.audit.checks import CHECKS
    from benchkit.model.audit import AuditedMechanism
    from benchkit.providers import PROVIDERS

    names = (*CHECKS.names(), *PROVIDERS.names(), *(each.value for each in AuditedMechanism))
    near = suggestion(wanted, names) if wanted else ""
    return near if near.startswith("did") else "`benchkit explain all` and `benchkit explain providers` have all names"
