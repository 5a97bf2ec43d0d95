"""The servers of `benchkit sink`: those of a scenario's arms, or of two arms that the options describe.

Options become a scenario's text, so that faults, limits and profiles mean what they mean there, and mistakes have its words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchkit.cli.names import known_names
from benchkit.errors import InputError, Mistake
from benchkit.experiment.process.targets import listeners, new_password
from benchkit.model.endpoint import ListenerConfig
from benchkit.providers import PROVIDERS
from benchkit.scenario import load

_HEAD = """name = "sink"
[message]
from = "a@shop.example"
to = ["b@example.com"]
subject = "-"
text = "-"
"""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """As `benchkit sink` was given them; faults and limits are insides of TOML's inline tables."""

    api: str
    api_security: str
    smtp: str
    auth: bool
    domain: str
    faults: tuple[str, ...]
    limit: str
    smtp_faults: tuple[str, ...]
    smtp_limit: str
    profile: str


def listeners_of_file(path: Path, secret: str) -> tuple[ListenerConfig, ...]:
    """Raises InputError where the scenario is wrong, or has no embedded server."""
    found = listeners(load(path, known_names()), secret or new_password(), 0)
    if not found:
        raise InputError(Mistake(str(path), "has no arm with an embedded server"))
    return found


def listeners_of_options(options: ServerOptions, secret: str, ports: Mapping[str, int]) -> tuple[ListenerConfig, ...]:
    """SMTP and the API. Raises InputError."""
    _ = PROVIDERS[options.api]
    with TemporaryDirectory() as folder:
        path = Path(folder, "options.toml")
        path.write_text(_scenario_text(options), "utf-8")
        try:
            found = listeners_of_file(path, secret)
        except InputError as error:
            mistakes = [replace(mistake, where="sink's options:", line=0, column=0) for mistake in error.mistakes]
            raise InputError(*mistakes) from None
    return tuple(
        replace(listener, port=ports[listener.protocol], auth_required=listener.protocol == "api" or options.auth)
        for listener in found
    )


def _scenario_text(options: ServerOptions) -> str:
    smtp = _arm("smtp", options.smtp, options.smtp_faults, options.smtp_limit, options)
    api = _arm("api", options.api_security, options.faults, options.limit, options)
    api += f"provider = {json.dumps(options.api)}\n"
    if options.domain:
        api += f"options = {{ domain = {json.dumps(options.domain)} }}\n"
    return _HEAD + smtp + api


def _arm(transport: str, security: str, faults: tuple[str, ...], limit: str, options: ServerOptions) -> str:
    lines = [
        "[[arm]]", f'name = "{transport}"', f'transport = "{transport}"', 'client = "wire"', 'connection = "reuse"',
        f'security = "{security}"',
    ]  # fmt: skip
    if faults:
        lines.append(f"fault = [{', '.join(f'{{ {fault} }}' for fault in faults)}]")
    if limit:
        lines.append(f"limit = {{ {limit} }}")
    if options.profile and transport in known_names().profiles.get(options.profile, ("api",)):
        lines.append(f"profile = {json.dumps(options.profile)}")
    if transport == "smtp" and options.auth:
        lines.append('auth = "plain"')
    return "\n".join([*lines, ""])
