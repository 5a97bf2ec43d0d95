"""JSON Schema of a scenario, for editors: the form's own, with the names that exist filled in."""

from __future__ import annotations

from itertools import chain
from typing import Any

from benchkit.scenario.form import ScenarioForm
from benchkit.scenario.vocabulary import Vocabulary


def json_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """JSON Schema (draft 2020-12)."""
    schema: dict[str, Any] = _tidied(ScenarioForm.model_json_schema())
    arm = schema["$defs"]["ArmForm"]["properties"]
    arm["transport"]["enum"] = sorted(vocabulary.clients)
    arm["client"]["enum"] = sorted({client for clients in vocabulary.clients.values() for client in clients})
    arm["provider"]["enum"] = sorted(vocabulary.providers)
    arm["auth"]["enum"] = ["", *vocabulary.auth, *sorted(set(chain.from_iterable(vocabulary.more_auth.values())))]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _tidied(node: Any) -> Any:
    """Without pydantic's titles, and without the null that stands for an absent key: TOML has none."""
    if isinstance(node, list):
        return [_tidied(item) for item in node if item != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    kept = {key: _tidied(value) for key, value in node.items() if not _is_noise(key, value)}
    choices = kept.get("anyOf", [])
    return {**kept.pop("anyOf")[0], **kept} if len(choices) == 1 else kept


def _is_noise(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value in (None, ""))
