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
    FailoverForm,
    FateForm,
    FaultForm,
    LimitForm,
    SecretForm,
    ServerForm,
)
from benchkit.scenario.fields import Form
from benchkit.scenario.form import (
    EventsForm,
    ImapForm,
    LoadForm,
    MailboxForm,
    MessageForm,
    NetworkForm,
    ScenarioForm,
    VerdictForm,
)
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
    "fate": FateForm,
    "events": EventsForm,
    "mailbox": MailboxForm,
    "imap": ImapForm,
    "delay_ms": DelayForm,
    "limit": LimitForm,
    "dsn": DsnForm,
    "failover": FailoverForm,
}
_TABLE_FORMS = {
    "connection": " or { messages = 100 }",
    "failover": ' or { arm = "…", ambiguous = true }',
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


_SECURITY = {"tls": ("implicit", "starttls"), "ssl": ("implicit", "starttls"), "https": ("implicit",), "http": ("none",),
             "smtps": ("implicit",), "plain": ("none",), "off": ("none",), "start_tls": ("starttls",)}  # fmt: skip


def _other_word(value: str, path: KeyPath) -> str:
    """What is meant by a word that another program has for it; empty if none is known."""
    meant = _SECURITY.get(value.lower(), ()) if path[-1] == "security" else ()
    if not meant:
        return ""
    choices = " or ".join(f'"{name}"' for name in meant)
    return f"did you mean {choices}?" + (' "implicit" is TLS from the first byte' if "implicit" in meant else "")


def _server_table(value: str) -> str:
    host, _, port = value.rpartition(":") if value.rpartition(":")[2].isdecimal() else (value, "", "587")
    return f'must be a table: server = {{ host = "{host}", port = {port} }}, or "embedded" for benchkit\'s own server'


def _list_of_tables(ctx: Mapping[str, Any], value: Any, path: KeyPath) -> str:
    """`[arm]` is one table, `[[arm]]` the next of several."""
    if isinstance(value, dict) and path[-1] in ("arm", "fault"):
        name = ".".join(str(part) for part in path if isinstance(part, str))
        return f"must be written with two brackets: [[{name}]] before each"
    return _expected("an array")(ctx, value, path)


def _text_value(ctx: Mapping[str, Any], value: Any, path: KeyPath) -> str:
    if path[0] == "thresholds":
        return 'must be a string, a comparison and a limit: "< 250 ms", "< 0.1 %" or "<= 4"'
    return _expected("a string")(ctx, value, path)


def _not_among(ctx: Mapping[str, Any], value: Any, path: KeyPath) -> str:
    choices = re.findall(r"'([^']*)'", ctx["expected"])
    also = _TABLE_FORMS.get(str(path[-1]), "")
    if isinstance(value, str):
        if path[-1] == "server" and ("." in value or ":" in value):
            return _server_table(value)
        return f'unknown value "{value}"; {_other_word(value, path) or suggestion(value, choices)}'
    return f"must be {listed(choices)}{also}, not {_TOML_TYPES.get(type(value), 'a date or time')}"


_SENTENCES: Mapping[str, _Sentence] = {
    "extra_forbidden": _unknown_key,
    "literal_error": _not_among,
    "string_type": _text_value,
    "int_type": _expected("an integer"),
    "int_from_float": _expected("an integer"),
    "float_type": _expected("a number"),
    "bool_type": _expected("true or false"),
    "list_type": _list_of_tables,
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
