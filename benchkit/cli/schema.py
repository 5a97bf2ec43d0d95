"""`benchkit schema`: the JSON Schema of a scenario, for editors, or of summary.json, for scripts."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def schema(
    of_summary: Annotated[bool, typer.Option("--summary", help="Of summary.json instead of the scenario.")] = False,
) -> None:
    """Print the JSON Schema of the scenario file."""
    if of_summary:
        from benchkit.report.summary_json import schema as summary_schema

        found = summary_schema()
    else:
        from benchkit.cli.names import known_names
        from benchkit.scenario import json_schema

        found = json_schema(known_names())
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
