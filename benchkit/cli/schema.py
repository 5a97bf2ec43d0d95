"""`benchkit schema`: the JSON Schema of a scenario, for editors, or of summary.json and `events --json`, for scripts."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from benchkit.errors import InputError, Mistake


def schema(
    of_summary: Annotated[bool, typer.Option("--summary", help="Of summary.json instead of the scenario.")] = False,
    of_events: Annotated[bool, typer.Option("--events", help="Of what `benchkit events --json` prints.")] = False,
) -> None:
    """Print the JSON Schema of the scenario file."""
    if of_summary and of_events:
        raise InputError(Mistake("schema", "one at a time: --summary or --events"))
    if of_events:
        from benchkit.report.deliverability_json import events_schema

        found = events_schema()
    elif of_summary:
        from benchkit.report.summary_json import schema as summary_schema

        found = summary_schema()
    else:
        from benchkit.cli.names import known_names
        from benchkit.scenario import json_schema

        found = json_schema(known_names())
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
