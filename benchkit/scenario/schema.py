"""JSON Schema of a scenario, for editors: the form's own, with the names that exist filled in."""

from __future__ import annotations

from typing import Any

from benchkit.scenario.form import ScenarioForm
from benchkit.scenario.vocabulary import Vocabulary


def json_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """JSON Schema (draft 2020-12)."""
    schema = ScenarioForm.model_json_schema()
    arm = schema["$defs"]["ArmForm"]["properties"]
    clients = {client for names in vocabulary.clients.values() for client in names}
    arm["transport"]["enum"] = sorted(vocabulary.clients)
    arm["client"] = {**_described(arm["client"]), "enum": sorted(clients)}
    arm["provider"]["enum"] = ["", *sorted(vocabulary.providers)]
    arm["auth"]["enum"] = ["", *vocabulary.auth]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _described(key: dict[str, Any]) -> dict[str, Any]:
    return {"title": key["title"], "description": key["description"], "type": "string"}
