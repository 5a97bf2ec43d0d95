"""An arm that names a provider gets its server, TLS, log-in and messages a connection; what cannot be is a mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchkit.errors import InputError
from benchkit.model.relay import PASSWORD_AS_USERNAME, RelayTerms, SandboxTerms
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security, ServerAddress
from benchkit.scenario import Vocabulary, load
from tests.scenario.conftest import Write

RELAYS = {
    "regional": RelayTerms(
        host="smtp.{region}.provider.example", starttls_ports=(587, 25), implicit_ports=(465,), logins=("plain", "login"),
        options=frozenset({"region", "tags"}),
    ),
    "token": RelayTerms(
        host="smtp.token.example", starttls_ports=(2525,), username=PASSWORD_AS_USERNAME, logins=("login",),
        messages_per_connection=100, options=frozenset({"tag"}),
    ),
    "mailgun": RelayTerms(host="smtp.mailgun.example", implicit_ports=(465,)),
}  # fmt: skip
SANDBOXES = {("smtp", "token"): SandboxTerms(), ("api", "mailgun"): SandboxTerms("sandbox.mailgun.example", "domain")}
ALLOWED = 'allow_hosts = ["*"]\nallow_recipients = ["*"]\nmax_messages = 1000\n'
LOGIN = 'username = "me"\npassword = { env = "X" }\n'


@pytest.fixture
def known(vocabulary: Vocabulary) -> Vocabulary:
    providers = {**vocabulary.providers, "regional": frozenset({"tags"}), "token": frozenset({"tag", "endpoint"})}
    hosts = {"mailgun": "api.mailgun.example", "regional": "api.{region}.provider.example"}
    return replace(vocabulary, relays=RELAYS, providers=providers, api_hosts=hosts, sandboxes=SANDBOXES)


def arms(base: str, first: str, second: str = "") -> str:
    text = base.replace('client = "aiosmtplib"\n', f'client = "aiosmtplib"\n{first}')
    return ALLOWED + text.replace('client = "httpx"\n', f'client = "httpx"\n{second}')


def smtp_arm(base: str, known: Vocabulary, write: Write, text: str) -> ArmSpec:
    return load(write(arms(base, text)), known).arms[0]


def test_the_relay_gives_host_port_tls_and_login(base: str, known: Vocabulary, write: Write) -> None:
    keys = f'provider = "regional"\nserver = "provider"\noptions = {{ region = "eu" }}\n{LOGIN}'
    arm = smtp_arm(base, known, write, keys)
    assert arm.server == ServerAddress("smtp.eu.provider.example", 587)
    assert (arm.security, arm.auth, arm.username) == (Security.STARTTLS, "plain", "me")
    arm = smtp_arm(base, known, write, keys + 'security = "implicit"\nauth = "login"\n')
    assert (arm.server, arm.auth) == (ServerAddress("smtp.eu.provider.example", 465), "login")


def test_a_fixed_user_name_and_the_messages_of_a_connection_come_with_it(
    base: str, known: Vocabulary, write: Write
) -> None:
    keys = 'provider = "token"\nserver = "provider"\npassword = { env = "X" }\n'
    arm = smtp_arm(base, known, write, keys)
    assert (arm.username, arm.auth, arm.connection) == (PASSWORD_AS_USERNAME, "login", ConnectionPolicy(100))
    assert smtp_arm(base, known, write, keys + 'connection = "reuse"\n').connection == ConnectionPolicy(0)


def test_the_embedded_server_is_talked_to_as_the_relay_is(base: str, known: Vocabulary, write: Write) -> None:
    arm = smtp_arm(base, known, write, 'provider = "regional"\noptions = { tags = "a=b" }\n')
    assert (arm.server, arm.security, arm.auth, dict(arm.options)) == (
        None, Security.STARTTLS, "plain", {"tags": "a=b"},
    )  # fmt: skip
    assert smtp_arm(base, known, write, 'provider = "mailgun"\n').security is Security.IMPLICIT


def test_an_api_arm_gets_its_providers_host(base: str, known: Vocabulary, write: Write) -> None:
    text = arms(base, "", 'server = "provider"\napi_key = { env = "X" }\nsandbox = false\n')
    assert load(write(text), known).arms[1].server == ServerAddress("api.mailgun.example", 443)


AT_PROVIDER = 'server = "provider"\n' + LOGIN
MISTAKES = [
    ('server = "provider"\n' + LOGIN + 'auth = "plain"\n', "server", "the arm has no provider"),
    ('provider = "single"\n', "provider", "no SMTP relay that benchkit knows"),
    ('provider = "token"\noptions = { endpoint = "x" }\n', "options.endpoint", "cannot be set by SMTP"),
    ('provider = "token"\noptions = { tga = "x" }\n', "options.tga", 'did you mean "tag"?'),
    ('options = { tag = "x" }\n', "options", "has no effect"),
    ('provider = "regional"\n' + AT_PROVIDER, "server", 'options = { region = "…" }'),
    ('provider = "mailgun"\nsecurity = "starttls"\n' + AT_PROVIDER, "security", 'use "implicit"'),
    ('provider = "token"\nserver = "provider"\n', "password", "is missing"),
    (
        'provider = "regional"\noptions = { region = "eu" }\nserver = "provider"\n' + LOGIN.partition("\n")[2],
        "username",
        "is missing",
    ),
    ('provider = "token"\nsandbox = true\n', "sandbox", "sends no mail to the network"),
    (
        'provider = "regional"\noptions = { region = "eu" }\nsandbox = true\n' + AT_PROVIDER,
        "sandbox",
        "does not exist for",
    ),
    ('provider = "token"\nmessages_per_request = 2\n', "messages_per_request", "is for api arms only"),
]


@pytest.mark.parametrize(("keys", "key", "expected"), MISTAKES)
def test_what_cannot_be_is_a_mistake(
    base: str, known: Vocabulary, write: Write, keys: str, key: str, expected: str
) -> None:
    with pytest.raises(InputError) as caught:
        load(write(arms(base, keys)), known)
    assert [(m.key, expected in m.message) for m in caught.value.mistakes] == [(f"arm.0.{key}", True)], str(
        caught.value
    )


def test_the_providers_own_server_needs_its_host_among_those_allowed(
    base: str, known: Vocabulary, write: Write
) -> None:
    keys = 'provider = "token"\nserver = "provider"\npassword = { env = "X" }\n'
    with pytest.raises(InputError, match=r"smtp\.token\.example"):
        load(write(arms(base, keys).replace('["*"]', '["other.example"]', 1)), known)


TOKEN_RELAY = 'provider = "token"\nserver = {}\npassword = {{ env = "X" }}\n{}'
AT_LOOPBACK, AT_THE_PROVIDER = '{ host = "127.0.0.1", port = 25 }', '"provider"'


@pytest.mark.parametrize(
    ("server", "written", "sandbox"),
    [
        (AT_THE_PROVIDER, "", True),
        (AT_THE_PROVIDER, "sandbox = false\n", False),
        (AT_LOOPBACK, "", False),
        (AT_LOOPBACK, "sandbox = true\n", True),
    ],
)
def test_beyond_loopback_the_sandbox_is_the_default(
    base: str, known: Vocabulary, write: Write, server: str, written: str, sandbox: bool
) -> None:
    assert smtp_arm(base, known, write, TOKEN_RELAY.format(server, written)).sandbox is sandbox


def test_a_provider_without_a_sandbox_sends_real_mail(base: str, known: Vocabulary, write: Write) -> None:
    keys = f'provider = "regional"\nserver = "provider"\noptions = {{ region = "eu" }}\n{LOGIN}'
    assert not smtp_arm(base, known, write, keys).sandbox


def test_a_sandbox_with_a_host_of_its_own_and_an_option(base: str, known: Vocabulary, write: Write) -> None:
    keys = 'server = "provider"\napi_key = { env = "X" }\n'
    found = load(write(arms(base, "", keys + 'options = { domain = "mg.example" }\n')), known).arms[1]
    assert (found.server, found.sandbox) == (ServerAddress("sandbox.mailgun.example", 443), True)
    with pytest.raises(InputError, match=r"arm\.1\.sandbox needs options = \{ domain"):
        load(write(arms(base, "", keys)), known)
