"""The manual of the email APIs, made of their files and profiles: docs/provider-apis.md is its text, as a test checks."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

from benchkit.model.contracts import (
    BatchProvider,
    IdempotentProvider,
    Provider,
    SigningProvider,
    StoredTemplateProvider,
    TemplateProvider,
)
from benchkit.providers import PROVIDERS
from benchkit.providers.field_limits import FieldLimits
from benchkit.providers.relay_fields import relay_of
from benchkit.providers.routed_server import RoutedServer
from benchkit.providers.sandbox import SANDBOXES, Sandbox
from benchkit.report.profile_manual import profiles_of

_HEAD = """# The email APIs, one by one

This page is made of `benchkit/providers/` and `benchkit/profiles/` by `benchkit explain providers`, and a test compares them.
`benchkit explain ses` prints the part of one.
[providers.md](providers.md) says what they have in common, and how to add one.
"""
_METADATA = ("metadata", "custom_args", "custom_variables")
_TAGS = ("tags", "tag", "categories", "category")
_LEGEND = """What each API supports. Templates: the values of `render` that it takes ([scenario.md](scenario.md)).
Metadata and tags: the name of the arm's option for them. The last two columns: its test mode by its API, and by its SMTP relay.
"""
_RELAYS = """## Relays whose API benchkit does not support
"""


def provider_manual() -> str:
    relays = [f"{section}\n" for section in profiles_of("")]
    return "\n".join([_HEAD, abilities(), *(provider_page(name) for name in PROVIDERS.names()), _RELAYS, *relays])


def provider_page(name: str) -> str:
    """Markdown. Raises InputError for an unknown name."""
    provider = PROVIDERS[name]
    module: Any = sys.modules[type(provider).__module__]
    title, _, about = (module.__doc__ or name).partition("\n\n")
    parts = [f"## `{name}`", _one_line(title), _one_line(about), *_facts(name, module), ""]
    return "\n\n".join(part for part in parts[:-1] if part) + "\n"


def _facts(name: str, module: Any) -> Iterator[str]:
    provider = PROVIDERS[name]
    yield "\n".join(_endpoints(provider.server))
    if options := getattr(module, "OPTIONS", {}):
        yield "\n".join(["| option | is |", "|---|---|", *(f"| `{key}` | {value} |" for key, value in options.items())])
    limits = getattr(module, "LIMITS", None)
    if isinstance(limits, FieldLimits):
        yield "Refused before the first send: " + "; ".join(_refused(limits)) + "."
    yield " ".join(_more(provider))
    yield "\n".join(_answers(provider.server))
    yield from profiles_of(name)


def _answers(server: object) -> Iterator[str]:
    if not isinstance(server, RoutedServer):
        return
    yield "| `answer` of a fault | status | says | refuses |"
    yield "|---|---|---|---|"
    for name, answer in server.answers.items():
        usual, code = server.error_texts.get(answer.status, ("", ""))
        text = answer.text or (answer.body.decode() if answer.body is not None else usual)
        code = ": ".join(filter(None, (_short(answer.code or ("" if answer.text else code)), text.replace("|", "\\|"))))
        yield f"| `{name}` | {answer.status} | {code or 'nothing'} | {answer.refuses.value} |"


def _short(code: str) -> str:
    return code.partition(":http")[0]


def _endpoints(server: object) -> Iterator[str]:
    if isinstance(server, RoutedServer):
        for route in server.routes:
            yield f"- `{route.method} {_readable(route.path.pattern)}`"


def _readable(pattern: str) -> str:
    """A path's regular expression as documentation writes it."""
    plain = re.sub(r"\[\^/\?\]\+|\[0-9\]\+", "{…}", pattern)
    plain = re.sub(r"\(\?:([^()]*)\)\?", r"[\1]", plain)
    plain = re.sub(r"\(\?:([^()]*)\)", r"(\1)", plain)
    return plain.replace("\\", "").replace("/?", "")


def _refused(limits: FieldLimits) -> Iterator[str]:
    if not limits.return_path:
        yield "an envelope sender of its own"
    for number, what in (
        (limits.recipients, "recipients"), (limits.reply_to, "Reply-To addresses"), (limits.mail_bytes, "bytes"),
        (limits.headers, "header fields with benchkit's own"), (limits.header_value, "bytes in a header field"),
        (limits.text_bytes, "bytes in a text"),
    ):  # fmt: skip
        if number:
            yield f"more than {number:,} {what}"
    if limits.fixed_headers:
        yield "the header fields " + ", ".join(f"`{name}`" for name in sorted(limits.fixed_headers))
    for holds, what in (
        (not limits.inline, "inline images"),
        (limits.inline_apart, "inline images behind other files"),
        (limits.types_by_name or limits.types_as_named, "a file whose name tells another type"),
        (limits.ascii_file_names, "a file name that is not ASCII"),
        (not limits.empty_files, "an empty file"),
        (not limits.utf8_addresses, "addresses that are not ASCII"),
        (not limits.repeated_addresses, "an address twice in To and Cc"),
    ):
        if holds:
            yield what
    if limits.instead:
        yield f"other content that fields cannot carry (`{limits.instead.removeprefix('use ')}` carries it)"


def _more(provider: object) -> Iterator[str]:
    if isinstance(provider, BatchProvider):
        yield f"One request carries up to {provider.batch_limit:,} messages (`messages_per_request`)."
    yield _templates(provider)
    if isinstance(provider, IdempotentProvider):
        yield "With `[retry]` each mail has an idempotency key, so that a second attempt does not send a second mail."
    elif isinstance(provider, SigningProvider):
        yield "Each request is signed as it leaves, which is part of its time."
    server = getattr(provider, "server", None)
    if isinstance(server, RoutedServer):
        header = "with Retry-After" if server.retry_after else "without Retry-After"
        names = ", ".join(f"`{name}`" for name in server.rate_names)
        yield f"Beyond its rate it answers {server.limit_status} {header}" + (
            f"; {names} give its limit." if names else "."
        )


def _templates(provider: object) -> str:
    in_request, stored = isinstance(provider, TemplateProvider), isinstance(provider, StoredTemplateProvider)
    if not (in_request or stored):
        return "It fills in no templates."
    ways = [
        *(['a template that is part of a request of several messages (`render = "provider"`)'] if in_request else []),
        *(['one that was stored with it before (`render = "stored"`, at the embedded server only)'] if stored else []),
    ]
    same = "" if in_request else ' A request holds no template: `render = "provider"` means `"stored"` here.'
    return f"It fills in {' and '.join(ways)}.{same}"


def abilities() -> str:
    """A table: what each API does with several messages, templates and metadata, and its test mode. Part of the manual."""
    rows = [
        _LEGEND,
        "| API | messages a request | template in the request | stored template | metadata | tags | sandbox | by SMTP |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*rows, *(_abilities_of(name) for name in PROVIDERS.names())]) + "\n"


def _abilities_of(name: str) -> str:
    provider = PROVIDERS[name]
    together = f"{provider.batch_limit:,}" if isinstance(provider, BatchProvider) else "1"
    by_api, by_smtp = (SANDBOXES.get((transport, name)) for transport in ("api", "smtp"))
    cells = [
        f"[`{name}`](#{name})", together,
        "yes" if isinstance(provider, TemplateProvider) else "no",
        "yes" if isinstance(provider, StoredTemplateProvider) else "no",
        _option_of(provider, _METADATA), _option_of(provider, _TAGS),
        by_api.how if by_api else "none", _sandbox_by_smtp(name, by_smtp),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _sandbox_by_smtp(name: str, sandbox: Sandbox | None) -> str:
    if relay_of(name) is None:
        return "no relay"
    return sandbox.how if sandbox else "none"


def _option_of(provider: Provider, names: tuple[str, ...]) -> str:
    return next((f"`{name}`" for name in names if name in provider.options), "no")


def _one_line(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
