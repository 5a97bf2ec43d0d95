"""`benchkit explain`: what a rule of the audit means, why receivers care, and how to mend it."""

from __future__ import annotations

from typing import Annotated

import typer


def explain(
    rule: Annotated[str, typer.Argument(help="A rule or one of its cases, as spf_all or spf_all.plus; or `all`.")],
) -> None:
    """Print a rule's page."""
    from benchkit.audit.checks import CHECKS
    from benchkit.report.audit_manual import manual, rule_page

    if rule == "all":
        typer.echo(manual([CHECKS[name].rule for name in CHECKS.names()]), nl=False)
    else:
        typer.echo(rule_page(CHECKS[rule.partition(".")[0]].rule))
