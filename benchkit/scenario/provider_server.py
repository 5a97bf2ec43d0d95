"""The defaults that a provider gives an arm's server: address, TLS, log-in and messages a connection.

Law: as in rules.py. The facts come with the vocabulary; this room knows no provider by name.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchkit.errors import listed, suggestion
from benchkit.model.client_offers import ClientOffers
from benchkit.model.host_names import is_loopback
from benchkit.model.relay import RelayTerms, SandboxTerms
from benchkit.model.retry import IDEMPOTENCY
from benchkit.scenario.arm_form import ArmForm, ServerForm
from benchkit.scenario.parsed_scenario import ParsedScenario
from benchkit.scenario.vocabulary import Vocabulary

HTTPS = 443
AT_PROVIDER = "provider"  # server = "provider": the provider's own, beyond loopback


def relay_of(form: ArmForm, vocabulary: Vocabulary) -> RelayTerms | None:
    """The relay that an smtp arm names by its provider."""
    return vocabulary.relays.get(form.provider) if form.transport == "smtp" else None


def security_of(form: ArmForm, relay: RelayTerms | None) -> str:
    """What the arm says, or the default. Only at the embedded server SMTP is without TLS unless asked for."""
    if form.security:
        return form.security
    if form.transport == "api" or (relay is not None and not relay.starttls_ports):
        return "implicit"
    foreign = relay is not None or isinstance(form.server, ServerForm)
    return "starttls" if form.transport == "smtp" and foreign else "none"


def auth_of(form: ArmForm, relay: RelayTerms | None, offers: ClientOffers | None) -> str:
    """What the arm says, or the first mechanism that the relay and the client share."""
    if form.auth or relay is None or offers is None:
        return form.auth
    known = [login for login in relay.logins if login in offers.logins]
    return (known or [*offers.logins, ""])[0]


def server_of(form: ArmForm, vocabulary: Vocabulary) -> ServerForm | None:
    """Where the arm sends; None at the embedded server, and where that is not known (a rule says why)."""
    found = _server_of(form, vocabulary)
    terms = _sandbox(form, vocabulary)
    if found is None or terms is None or not terms.host or not is_sandboxed(form, vocabulary):
        return found
    return ServerForm(host=terms.host, port=found.port)


def options_of(parsed: ParsedScenario, form: ArmForm, vocabulary: Vocabulary) -> dict[str, str]:
    """Where mail is tried again and the API has idempotency keys, they are the default."""
    known = vocabulary.providers.get(form.provider, frozenset()) if form.transport == "api" else frozenset()
    keyed = parsed.form.retry is not None and IDEMPOTENCY in known and form.messages_per_request == 1
    return ({IDEMPOTENCY: "on"} if keyed else {}) | dict(form.options)


def is_sandboxed(form: ArmForm, vocabulary: Vocabulary) -> bool:
    """What the arm says; beyond loopback the default is the provider's sandbox, where it has one."""
    if form.sandbox is not None:
        return form.sandbox
    server = _server_of(form, vocabulary)
    return server is not None and not is_loopback(server.host) and _sandbox(form, vocabulary) is not None


def _sandbox(form: ArmForm, vocabulary: Vocabulary) -> SandboxTerms | None:
    return vocabulary.sandboxes.get((form.transport, form.provider))


def _server_of(form: ArmForm, vocabulary: Vocabulary) -> ServerForm | None:
    if isinstance(form.server, ServerForm) or form.server != AT_PROVIDER:
        return form.server if isinstance(form.server, ServerForm) else None
    host, port = _host(form, vocabulary), _port(form, vocabulary)
    filled = host.format_map(form.options) if host and not _lacking(host, form.options) else ""
    return ServerForm(host=filled, port=port) if filled and port else None


def check_sandbox(parsed: ParsedScenario, index: int, vocabulary: Vocabulary) -> None:
    """Report a sandbox that does nothing, that the provider does not have, or that lacks its option."""
    form, at = parsed.form.arm[index], ("arm", index, "sandbox")
    terms = _sandbox(form, vocabulary)
    if parsed.gives(*at) and form.server == "embedded":
        parsed.mistakes.add(at, "has no effect: the embedded server sends no mail to the network. Remove it")
    elif form.sandbox and terms is None:
        who = f"{form.provider} by {form.transport}" if form.provider else "an arm without a provider"
        problem = (
            f"does not exist for {who}, so the mail would be delivered. Remove sandbox; then only --send, allow_hosts, "
            "allow_recipients and max_messages limit what is sent"
        )
        parsed.mistakes.add(at, problem)
    elif terms is not None and terms.needs and is_sandboxed(form, vocabulary) and not form.options.get(terms.needs):
        problem = f'needs options = {{ {terms.needs} = "…" }}; or set sandbox = false, for real mail'
        parsed.mistakes.add(at, problem)


def check_provider_server(parsed: ParsedScenario, index: int, vocabulary: Vocabulary) -> None:
    """Report why an arm's provider has no such server, relay or option."""
    form = parsed.form.arm[index]
    if form.transport == "smtp" and parsed.gives("arm", index, "provider"):
        _check_relay(parsed, index, vocabulary)
    elif form.transport == "smtp" and parsed.gives("arm", index, "options"):
        parsed.mistakes.add(("arm", index, "options"), "has no effect: an smtp arm without a provider has none")
    if form.server != AT_PROVIDER or parsed.mistakes.reported(("arm", index, "provider")):
        return
    at = ("arm", index, "server")
    host = _host(form, vocabulary)
    if not form.provider:
        parsed.mistakes.add(
            at, 'is "provider", and the arm has no provider: name one, or give { host = "…", port = 587 }'
        )
    elif not host:
        parsed.mistakes.add(at, f'of {form.provider} is not known: give {{ host = "…", port = … }}')
    elif lacking := _lacking(host, form.options):
        parsed.mistakes.add(at, f'is {host}: give its {lacking}, as options = {{ {lacking} = "…" }}')
    elif not _port(form, vocabulary):
        parsed.mistakes.add(("arm", index, "security"), _no_port(form, vocabulary))


def _check_relay(parsed: ParsedScenario, index: int, vocabulary: Vocabulary) -> None:
    form, at = parsed.form.arm[index], ("arm", index, "provider")
    if parsed.mistakes.reported(at):
        return
    relay = vocabulary.relays.get(form.provider)
    if relay is None:
        unknown = f'"{form.provider}" has no SMTP relay that benchkit knows'
        parsed.mistakes.add(at, f"{unknown}; {suggestion(form.provider, vocabulary.relays)}")
        return
    for option in form.options:
        if option not in relay.options:
            parsed.mistakes.add(
                ("arm", index, "options", option), _not_carried(option, form.provider, relay, vocabulary)
            )


def _not_carried(option: str, provider: str, relay: RelayTerms, vocabulary: Vocabulary) -> str:
    if option in vocabulary.providers.get(provider, ()):
        has = f"it takes: {listed(sorted(relay.options))}" if relay.options else "it takes none"
        return f"cannot be set by SMTP: the relay of {provider} has no header field for it; {has}"
    return f"unknown option of the relay of {provider}; {suggestion(option, relay.options)}"


def _host(form: ArmForm, vocabulary: Vocabulary) -> str:
    relay = relay_of(form, vocabulary)
    return relay.host if relay else vocabulary.api_hosts.get(form.provider, "") if form.transport == "api" else ""


def _port(form: ArmForm, vocabulary: Vocabulary) -> int:
    if form.transport == "api":
        return HTTPS
    relay = relay_of(form, vocabulary)
    if relay is None:
        return 0
    ports = {"starttls": relay.starttls_ports, "implicit": relay.implicit_ports}.get(security_of(form, relay), ())
    return ports[0] if ports else 0


def _no_port(form: ArmForm, vocabulary: Vocabulary) -> str:
    relay = relay_of(form, vocabulary)
    has = [] if relay is None else [
        f'"{name}"' for name, ports in (("starttls", relay.starttls_ports), ("implicit", relay.implicit_ports)) if ports
    ]  # fmt: skip
    return f'"{security_of(form, relay)}" has no port at the relay of {form.provider}: use {" or ".join(has)}'


def _lacking(host: str, options: Mapping[str, str]) -> str:
    """The first option that the host's name needs and the arm does not give."""
    names = [part.partition("}")[0] for part in host.split("{")[1:]]
    return next((name for name in names if not options.get(name)), "")
