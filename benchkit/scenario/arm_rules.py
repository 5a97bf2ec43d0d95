"""What the keys of one arm mean together: names of the vocabulary, what fits its transport, its server, its secrets.

Law: as in rules.py. An arm whose transport is unknown is checked no further: no one could say what fits it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from benchkit.errors import listed, suggestion
from benchkit.model.client_offers import ClientOffers
from benchkit.model.host_names import is_loopback
from benchkit.model.identity import NAMED_SEND, PLACEHOLDER
from benchkit.scenario.arm_form import MOST_ENVID, ArmForm, ServerForm
from benchkit.scenario.fault_rules import check_fault, check_limit
from benchkit.scenario.files import need_file
from benchkit.scenario.parsed_scenario import ParsedScenario
from benchkit.scenario.provider_server import (
    auth_of,
    check_provider_server,
    check_sandbox,
    relay_of,
    security_of,
    server_of,
)
from benchkit.scenario.request_rules import check_messages_per_request, check_render
from benchkit.scenario.vocabulary import Vocabulary

_API_KEYS = ("provider", "options", "messages_per_request", "render", "api_key")
_SMTP_KEYS = ("auth", "username", "password", "dialogue", "dsn", "dkim")
_SERVER_KEYS = ("profile", "server", "security", "ca_file", "congestion", "fault", "limit")
_UNFIT: Mapping[str, tuple[tuple[str, ...], str]] = {
    "smtp": (
        ("messages_per_request", "render", "api_key"),
        "is for api arms only: an smtp arm has server, auth, username, password",
    ),
    "api": (_SMTP_KEYS, "is for smtp arms only: an api arm has provider and api_key"),
    "null": ((*_API_KEYS, *_SMTP_KEYS, *_SERVER_KEYS), "has no effect: a null arm sends to no server"),
}


@dataclass(frozen=True)
class _Arm:
    """One arm under inspection."""

    parsed: ParsedScenario
    index: int
    form: ArmForm
    vocabulary: Vocabulary

    def gives(self, key: str) -> bool:
        return self.parsed.gives("arm", self.index, key)

    def sound(self, key: str) -> bool:
        return not self.parsed.mistakes.reported(("arm", self.index, key))

    def wrong(self, key: str, message: str, *below: str) -> None:
        self.parsed.mistakes.add(("arm", self.index, key, *below), message)

    @property
    def embedded(self) -> bool:
        return self.form.server == "embedded"

    @property
    def server(self) -> ServerForm | None:
        """None at the embedded server, and where it is not known."""
        return server_of(self.form, self.vocabulary) if self.sound("server") else None

    @property
    def security(self) -> str:
        return security_of(self.form, relay_of(self.form, self.vocabulary))

    def auth(self, offers: ClientOffers | None) -> str:
        return auth_of(self.form, relay_of(self.form, self.vocabulary), offers)


def check_arm(parsed: ParsedScenario, index: int, vocabulary: Vocabulary) -> None:
    """Report everything in one arm that cannot be."""
    arm = _Arm(parsed, index, parsed.form.arm[index], vocabulary)
    if not arm.form.transport:
        return
    if arm.form.transport not in vocabulary.clients:
        arm.wrong("transport", _unknown("transport", arm.form.transport, vocabulary.clients))
        return
    _check_fit(arm)
    _check_client(arm, vocabulary)
    offers = _offers(arm, vocabulary)
    if offers is not None:
        _check_dialogue(arm, offers, vocabulary)
    _check_security(arm, offers)
    _check_server(arm)
    _check_provider(arm, vocabulary)
    check_provider_server(parsed, index, vocabulary)
    check_sandbox(parsed, index, vocabulary)
    check_messages_per_request(parsed, index, vocabulary, offers)
    check_render(parsed, index, vocabulary, offers)
    _check_credentials(arm, offers)
    _check_plaintext(arm, offers)
    _check_dsn(arm, offers)
    _check_dkim(arm)
    _check_embedded(arm, vocabulary)
    _check_profile(arm, vocabulary)


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    return f'unknown {what} "{name}"; {suggestion(name, known)}'


def _check_fit(arm: _Arm) -> None:
    keys, message = _UNFIT.get(arm.form.transport, ((), ""))
    for key in keys:
        if arm.gives(key):
            arm.wrong(key, message)


def _check_client(arm: _Arm, vocabulary: Vocabulary) -> None:
    clients = vocabulary.clients[arm.form.transport]
    if not arm.gives("client"):
        if len(clients) != 1:
            arm.wrong("client", f"is missing; {suggestion('', clients)}")
    elif arm.sound("client") and arm.form.client not in clients:
        arm.wrong("client", _unknown("client", str(arm.form.client), filter(None, clients)))


def _offers(arm: _Arm, vocabulary: Vocabulary) -> ClientOffers | None:
    """What the arm's client supports; None where it is not known which client that is."""
    clients = vocabulary.clients[arm.form.transport]
    client = arm.form.client if arm.gives("client") else clients[0] if len(clients) == 1 else None
    return vocabulary.offers(arm.form.transport, client) if client in clients else None


def _check_dialogue(arm: _Arm, offers: ClientOffers, vocabulary: Vocabulary) -> None:
    transport, dialogue = arm.form.transport, arm.form.dialogue
    if not arm.gives("dialogue") or not arm.sound("dialogue") or dialogue in offers.dialogues:
        return
    offered = {client: vocabulary.offers(transport, client).dialogues for client in vocabulary.clients[transport]}
    able = " or ".join(f'client = "{client}"' for client, dialogues in offered.items() if dialogue in dialogues)
    known = {known for dialogues in offered.values() for known in dialogues}
    needs = f'"{dialogue}" needs {able}; client "{arm.form.client}" has {listed(offers.dialogues)}'
    arm.wrong("dialogue", needs if able else _unknown("dialogue", dialogue, known))


def _check_security(arm: _Arm, offers: ClientOffers | None) -> None:
    if arm.form.transport == "api" and arm.form.security == "starttls":
        arm.wrong("security", '"starttls" is a command of SMTP (RFC 3207): an api arm has "implicit" (https) or "none"')
    elif offers is not None and arm.sound("security") and arm.security not in offers.securities:
        problem = f'"{arm.security}" is not supported by this client; it supports: {listed(offers.securities)}'
        arm.wrong("security", problem)
    _check_ca_file(arm)


def _check_ca_file(arm: _Arm) -> None:
    if arm.form.ca_file is None or not all(map(arm.sound, ("ca_file", "security", "server"))):
        return
    if arm.embedded or arm.security == "none":
        arm.wrong("ca_file", "has no effect: it is only for TLS with a server that is not embedded. Remove it")
    else:
        need_file(arm.parsed, ("arm", arm.index, "ca_file"), arm.form.ca_file)


def _check_server(arm: _Arm) -> None:
    """A server beyond loopback takes three keys of the scenario; experiment/plan/send_permission.py asks for the rest."""
    server = arm.server
    if server is None or not server.host or is_loopback(server.host):
        return
    form, mistakes = arm.parsed.form, arm.parsed.mistakes
    if not any(fnmatchcase(server.host.lower(), allowed.lower()) for allowed in form.allow_hosts):
        key = ("host",) if isinstance(arm.form.server, ServerForm) else ()
        arm.wrong("server", f'"{server.host}" is not on loopback and not in allow_hosts', *key)
    if not form.allow_recipients:
        mistakes.add(("allow_recipients",), "is missing: real mail needs a list of the allowed recipients")
    if not form.max_messages:
        mistakes.add(("max_messages",), "is missing: real mail needs a maximum of at least 1")


def _check_provider(arm: _Arm, vocabulary: Vocabulary) -> None:
    if arm.form.transport != "api":
        return
    provider = arm.form.provider
    if not arm.gives("provider"):
        arm.wrong("provider", f"is missing: an api arm needs one; {suggestion('', vocabulary.providers)}")
    elif arm.sound("provider") and provider not in vocabulary.providers:
        arm.wrong("provider", _unknown("provider", provider, vocabulary.providers))
    for option in arm.form.options:
        if option not in vocabulary.providers.get(provider, (option,)):
            advice = suggestion(option, vocabulary.providers[provider])
            arm.wrong("options", f"unknown option of {provider}; {advice}", option)


def _check_credentials(arm: _Arm, offers: ClientOffers | None) -> None:
    for key in ("password", "api_key"):
        secret = arm.parsed.written("arm", arm.index, key)
        if isinstance(secret, dict) and len(secret) != 1:
            arm.wrong(key, "must name exactly one source: env, file or netrc")
    if arm.form.transport == "api" and not arm.embedded and not arm.gives("api_key"):
        arm.wrong("api_key", 'is missing: a server that is not embedded asks for it; as { env = "NAME" }')
    if arm.form.transport == "smtp":
        _check_auth(arm, offers)


def _check_auth(arm: _Arm, offers: ClientOffers | None) -> None:
    auth, relay = arm.auth(offers), relay_of(arm.form, arm.vocabulary)
    if arm.form.auth and offers is not None and auth not in offers.logins:
        arm.wrong("auth", _unknown("mechanism", auth, offers.logins))
    for key in ("username", "password"):
        fixed = relay.username if relay is not None and key == "username" else ""
        if arm.gives(key) and not auth and (relay is None or offers is not None):
            arm.wrong(key, "has no effect: the arm has no auth. Remove it, or give auth")
        elif auth and not arm.embedded and not arm.gives(key) and not fixed:
            arm.wrong(key, "is missing: auth at a server that is not embedded needs it")


def _check_plaintext(arm: _Arm, offers: ClientOffers | None) -> None:
    """RFC 4616 §6, RFC 6750 §5.3: no credential goes over a network without TLS."""
    server, form = arm.server, arm.form
    if server is None or is_loopback(server.host) or arm.parsed.form.allow_plaintext_auth:
        return
    if not (arm.auth(offers) or form.transport == "api") or arm.security != "none" or not arm.sound("security"):
        return
    what, tls = ("key", '"implicit"') if form.transport == "api" else ("password", '"starttls" or "implicit"')
    arm.wrong(
        "security",
        f'"none" sends the {what} to {server.host} without TLS, where others can read it: use {tls}, or set '
        "allow_plaintext_auth = true at the top of the file",
    )


def _check_dsn(arm: _Arm, offers: ClientOffers | None) -> None:
    """RFC 3461 §4.1: NEVER stands alone."""
    if arm.form.transport == "smtp" and arm.gives("dsn") and offers is not None and not offers.dsn:
        arm.wrong("dsn", "is not supported by this client: choose another one, or remove dsn")
    if arm.parsed.written("arm", arm.index, "dsn") == {}:
        arm.wrong("dsn", "has no effect: give ret, envid, notify or orcpt")
    if NAMED_SEND in (arm.form.dsn.envid or "") and arm.form.dialogue == "overlapped":
        problem = (
            f"holds {NAMED_SEND}, which the overlapped dialogue cannot fill in, because it sends the envelope "
            'early: use dialogue = "pipelined"'
        )
        arm.wrong("dsn", problem, "envid")
    if len((arm.form.dsn.envid or "").replace(NAMED_SEND, PLACEHOLDER.decode("ascii"))) > MOST_ENVID:
        arm.wrong("dsn", f"is longer than {MOST_ENVID} characters with the identity of a send in it", "envid")
    notify = arm.form.dsn.notify
    if len(set(notify)) < len(notify) or ("never" in notify and len(notify) > 1):
        arm.wrong("dsn", 'is "never" alone, or some of "success", "failure", "delay", each once', "notify")


def _check_dkim(arm: _Arm) -> None:
    dkim = arm.form.dkim
    if dkim is None or not arm.sound("dkim"):
        return
    if not isinstance(written := arm.parsed.written("arm", arm.index, "dkim", "key"), dict) or len(written) != 1:
        arm.wrong("dkim", "must name exactly one source: env or file", "key")
    elif "netrc" in written:
        arm.wrong("dkim", "cannot come from netrc, which holds passwords: use env or file", "key")
    elif dkim.key is not None and dkim.key.file:
        need_file(arm.parsed, ("arm", arm.index, "dkim", "key", "file"), dkim.key.file)


def _check_profile(arm: _Arm, vocabulary: Vocabulary) -> None:
    if not arm.gives("profile") or not arm.sound("profile"):
        return
    known, transport = vocabulary.profiles, arm.form.transport
    if not arm.embedded:
        arm.wrong(
            "profile", "is for the embedded server only: benchkit cannot change how another server behaves. Remove it"
        )
    elif arm.form.profile not in known:
        arm.wrong("profile", _unknown("profile", arm.form.profile, known))
    elif transport not in known[arm.form.profile]:
        able = [name for name in known if transport in known[name]]
        arm.wrong("profile", f'"{arm.form.profile}" has no {transport}; {suggestion("", able)}')


def _check_embedded(arm: _Arm, vocabulary: Vocabulary) -> None:
    for index in range(len(arm.form.fault)):
        if arm.sound("fault"):
            check_fault(arm.parsed, arm.index, index, vocabulary)
    check_limit(arm.parsed, arm.index)
    if not arm.embedded:
        for key in ("fault", "limit"):
            if arm.gives(key):
                arm.wrong(key, "is for the embedded server only: benchkit cannot make another server fail. Remove it")
