"""pydantic's errors in our words: a table from its error types to sentences, without the value that was given."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from benchkit.errors import listed, suggestion
from benchkit.scenario.arm_form import (
    ArmForm,
    ConnectionForm,
    DelayForm,
    DsnForm,
    FaultForm,
    LimitForm,
    SecretForm,
    ServerForm,
)
from benchkit.scenario.fields import Form
from benchkit.scenario.form import LoadForm, MessageForm, NetworkForm, ScenarioForm, VerdictForm
from benchkit.scenario.locate import KeyPath

SECRET_ADVICE = (
    'must be { env = "NAME" }, { file = "path" } or { netrc = "host" }: a secret is never written in a scenario'
)

_TABLES: Mapping[str, type[Form]] = {
    "message": MessageForm,
    "load": LoadForm,
    "network": NetworkForm,
    "verdict": VerdictForm,
    "arm": ArmForm,
    "server": ServerForm,
    "connection": ConnectionForm,
    "password": SecretForm,
    "api_key": SecretForm,
    "fault": FaultForm,
    "delay_ms": DelayForm,
    "limit": LimitForm,
    "dsn": DsnForm,
}
_TABLE_FORMS = {
    "connection": " or { messages = 100 }",
    "server": ' or { host = "…", port = 587 }',
    "delay_ms": ' or { distribution = "lognormal", median = 5, sigma = 0.5 }',
}
_TOML_TYPES = {
    bool: "a boolean", str: "a string", int: "an integer", float: "a float", list: "an array", dict: "a table",
}  # fmt: skip
_Sentence = Callable[[Mapping[str, Any], Any, KeyPath], str]


def complaint(error: ErrorDetails, path: KeyPath) -> str:
    """One sentence for one of pydantic's errors."""
    if error["type"] != "extra_forbidden" and path[-1] in ("password", "api_key"):
        return SECRET_ADVICE
    sentence = _SENTENCES.get(error["type"])
    return sentence(error.get("ctx", {}), error["input"], path) if sentence else error["msg"]


def _expected(what: str) -> _Sentence:
    return lambda ctx, value, path: (
        f"must be {what}{_TABLE_FORMS.get(str(path[-1]), '')}, not {_TOML_TYPES.get(type(value), 'a date or time')}"
    )


def _bound(text: str, name: str) -> _Sentence:
    return lambda ctx, value, path: f"must be {text} {ctx[name]:,}"


def _unknown_key(ctx: Mapping[str, Any], value: Any, path: KeyPath) -> str:
    parents = [part for part in path[:-1] if isinstance(part, str)]
    form = _TABLES[parents[-1]] if parents else ScenarioForm
    known = [field.alias or name for name, field in form.model_fields.items()]
    return f"unknown key; {suggestion(str(path[-1]), known)}"


def _not_among(ctx: Mapping[str, Any], value: Any, path: KeyPath) -> str:
    choices = re.findall(r"'([^']*)'", ctx["expected"])
    also = _TABLE_FORMS.get(str(path[-1]), "")
    if isinstance(value, str):
        return f'unknown value "{value}"; {suggestion(value, choices)}'
    return f"must be {listed(choices)}{also}, not {_TOML_TYPES.get(type(value), 'a date or time')}"


_SENTENCES: Mapping[str, _Sentence] = {
    "extra_forbidden": _unknown_key,
    "literal_error": _not_among,
    "string_type": _expected("a string"),
    "int_type": _expected("an integer"),
    "int_from_float": _expected("an integer"),
    "float_type": _expected("a number"),
    "bool_type": _expected("true or false"),
    "list_type": _expected("an array"),
    "dict_type": _expected("a table"),
    "model_type": _expected("a table"),
    "model_attributes_type": _expected("a table"),
    "greater_than": _bound("more than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("less than", "lt"),
    "less_than_equal": _bound("at most", "le"),
    "finite_number": lambda ctx, value, path: "must be a finite number",
    "string_too_short": lambda ctx, value, path: "must not be empty",
    "string_too_long": lambda ctx, value, path: f"must have at most {ctx['max_length']} characters",
    "string_pattern_mismatch": lambda ctx, value, path: "must not contain control characters",
    "too_short": lambda ctx, value, path: f"must have at least {ctx['min_length']} of them, not {ctx['actual_length']}",
    "too_long": lambda ctx, value, path: f"must have at most {ctx['max_length']} of them",
    "value_error": lambda ctx, value, path: str(ctx["error"]),
}
