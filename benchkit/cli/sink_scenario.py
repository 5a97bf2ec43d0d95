"""The servers of `benchkit sink`: those of a scenario's arms, or of two arms that the options describe.

Options become a scenario's text, so that faults, limits and profiles mean what they mean there. Its error messages name keys of
that text, which the user never wrote: `_as_option` names the option instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchkit.audit.domain_name import domain_name
from benchkit.cli.names import known_names
from benchkit.errors import InputError, Mistake, suggestion
from benchkit.experiment.process.targets import listeners, new_password
from benchkit.model.endpoint import ListenerConfig
from benchkit.providers import PROVIDERS
from benchkit.scenario import load
from benchkit.scenario.toml_text import document_of

_HEAD = """name = "sink"
[message]
from = "a@shop.example"
to = ["b@example.com"]
subject = "-"
text = "-"
"""
_ARMS = ("smtp", "api")
_OPTIONS = {  # a key of the scenario's arms → the options that become it, in the order of _ARMS
    "fault": ("--smtp-fault", "--fault"),
    "limit": ("--smtp-limit", "--limit"),
    "profile": ("--profile", "--profile"),
    "options.domain": ("--domain", "--domain"),
    "provider": ("--api", "--api"),
    "security": ("--smtp", "--api-security"),
    "auth": ("--auth", "--auth"),
}
_EXAMPLES = {
    "--fault": 'at="request", status=503',
    "--limit": "rate_per_s=5, burst=5",
    "--smtp-fault": 'at="rcpt", reply="450 4.2.1 busy"',
    "--smtp-limit": "rate_per_s=5, burst=5",
}
_KEY = re.compile(r"arm\.(?P<arm>\d)\.(?P<key>options\.domain|\w+)(?:\.(?P<place>\d+))?\.?(?P<rest>.*)")


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
    """SMTP and the API. Raises InputError, which names options of `benchkit sink`."""
    if mistakes := list(_mistakes(options)):
        raise InputError(*mistakes)
    with TemporaryDirectory() as folder:
        path = Path(folder, "options.toml")
        path.write_text(_scenario_text(options), "utf-8")
        try:
            found = listeners_of_file(path, secret)
        except InputError as error:
            found_mistakes = (_as_option(mistake, options) for mistake in error.mistakes)
            raise InputError(*dict.fromkeys(found_mistakes)) from None
    return tuple(
        replace(listener, port=ports[listener.protocol], auth_required=listener.protocol == "api" or options.auth)
        for listener in found
    )


def _mistakes(options: ServerOptions) -> Iterator[Mistake]:
    """What would make the text no valid scenario, or one whose error another option would cause."""
    if options.api not in PROVIDERS.names():
        yield Mistake("--api", f'"{options.api}" is not a provider; {suggestion(options.api, PROVIDERS.names())}')
    elif options.domain and "domain" not in PROVIDERS[options.api].options:
        yield Mistake("--domain", f"has no effect with --api {options.api}: leave it out, or choose --api mailgun")
    if options.domain:
        try:
            domain_name(options.domain)
        except InputError as error:
            yield Mistake("--domain", str(error))
    given = {
        "--fault": options.faults,
        "--limit": tuple(filter(None, [options.limit])),
        "--smtp-fault": options.smtp_faults,
        "--smtp-limit": tuple(filter(None, [options.smtp_limit])),
    }
    for option, texts in given.items():
        for text in texts:
            if fault := _toml_fault(text):
                yield Mistake(option, f"{text!r} {fault}: write it as in {_EXAMPLES[option]!r}")


def _toml_fault(text: str) -> str:
    """Why this is not the inside of one inline table; "" if it is."""
    if not text.strip():
        return "is empty"
    for end in (
        "}, 0]",
        "}\n, 0]",
    ):  # a text that ends the table itself, and hides the rest in a comment, fails in one of them
        try:
            found = document_of(f"x = [{{ {text} {end}")
        except (ValueError, RecursionError) as error:
            why = str(error).partition(" (at ")[0]
            return f"is not valid TOML ({why[:1].lower()}{why[1:]})"
        if list(found) != ["x"] or len(found["x"]) != 2:
            return "is not valid TOML (it ends the table that it stands in)"
    return ""


def _as_option(mistake: Mistake, options: ServerOptions) -> Mistake:
    """`arm.1.fault.0.at` → `--fault at`; of several faults, also which."""
    found = _KEY.fullmatch(mistake.key)
    if found is None or found["key"] not in _OPTIONS:
        return replace(mistake, where="sink", line=0, column=0)
    arm = int(found["arm"])
    given = (options.smtp_faults, options.faults)[arm]
    which = f" {given[int(found['place'])]!r}:" if found["place"] and len(given) > 1 else ""
    return Mistake(f"{_OPTIONS[found['key']][arm]}{which}", mistake.message, key=found["rest"])


def _scenario_text(options: ServerOptions) -> str:
    smtp = _arm(_ARMS[0], options.smtp, options.smtp_faults, options.smtp_limit, options)
    api = _arm(_ARMS[1], options.api_security, options.faults, options.limit, options)
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
