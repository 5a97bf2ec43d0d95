"""JSON Schema of a scenario, for editors: the schema of the form, with the known clients, providers and statistics."""

from __future__ import annotations

from typing import Any

from benchkit.scenario.form import ScenarioForm
from benchkit.scenario.vocabulary import Vocabulary


def json_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """JSON Schema (draft 2020-12)."""
    schema: dict[str, Any] = _tidied(ScenarioForm.model_json_schema())
    arm = schema["$defs"]["ArmForm"]["properties"]
    arm["transport"]["enum"] = sorted(vocabulary.clients)
    clients = [(transport, client) for transport in vocabulary.clients for client in vocabulary.clients[transport]]
    arm["client"]["enum"] = sorted({client for _, client in clients})
    arm["provider"]["enum"] = sorted(vocabulary.providers)
    offers = [vocabulary.offers(*client) for client in clients]
    arm["auth"]["enum"] = ["", *dict.fromkeys(login for offer in offers for login in offer.logins)]
    arm["dialogue"]["enum"] = list(dict.fromkeys(dialogue for offer in offers for dialogue in offer.dialogues))
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
