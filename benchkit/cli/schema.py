"""`benchkit schema`: the JSON Schema of a scenario, for editors, or of what commands print, for scripts."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer


def schema(
    of_summary: Annotated[bool, typer.Option("--summary", help="Of summary.json instead of the scenario.")] = False,
    of_events: Annotated[bool, typer.Option("--events", help="Of what `benchkit events --json` prints.")] = False,
    of_prediction: Annotated[
        bool, typer.Option("--prediction", help="Of what `benchkit predict --json` prints.")
    ] = False,
) -> None:
    """Print the JSON Schema of the scenario file."""
    found = _schema(of_summary=of_summary, of_events=of_events, of_prediction=of_prediction)
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


def _schema(*, of_summary: bool, of_events: bool, of_prediction: bool) -> dict[str, Any]:
    if of_events:
        from benchkit.report.deliverability_json import events_schema

        return events_schema()
    if of_prediction:
        from benchkit.report.prediction_json import schema as prediction_schema

        return prediction_schema()
    if of_summary:
        from benchkit.report.summary_json import schema as summary_schema

        return summary_schema()
    from benchkit.cli.names import known_names
    from benchkit.scenario import json_schema

    return json_schema(known_names())
