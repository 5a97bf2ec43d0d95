"""Every kind of mistake in an arm, a row each: by itself, with its server and secrets."""

from __future__ import annotations

import pytest

from benchkit.errors import InputError
from benchkit.scenario import Vocabulary, load
from tests.scenario.conftest import SMTP, Expect, Row, Write, ids_of, offers

REMOTE = 'client = "aiosmtplib"\nsecurity = "starttls"\nserver = { host = "127.0.0.1", port = 2525 }'
API = 'client = "httpx"\n'

FATES = API + "fate = [{ %s }]\n[events]\n"
ROWS: list[Row] = [
    # what becomes of the mail
    (21, API + "fate = [{ bounced = 0.1 }]", "22:1 arm.1.fate", "has no effect without [events]"),
    (
        15,
        SMTP + "fate = [{ bounced = 0.1 }]\n[events]",
        "16:1 arm.0.fate",
        "is for api arms at the embedded server only",
    ),
    (21, FATES % "bounced = 0.6, soft_bounced = 0.5", "22:1 arm.1.fate", "add up to 1.1"),
    (21, FATES % "bounced = 2", "22:11 arm.1.fate.0.bounced", "at most 1"),
    (21, FATES % "bounce = 0.5", "22:11 arm.1.fate.0.bounce", 'did you mean "bounced"?'),
    (21, API + '[events]\nlisten = "x"', "23:1 events.listen", 'as "127.0.0.1:8025"'),
    (21, API + '[events.secrets]\nmoo = { env = "X" }', "23:1 events.secrets.moo", 'there are: "mailgun"'),
    # an arm by itself
    (13, "", "12:3 arm.0.name", "is missing"),
    (13, 'name = "api"', "18:1 arm.1.name", "name of another arm"),
    (13, 'nam = "smtp"\nname = "b"', "13:1 arm.0.nam", 'did you mean "name"?'),
    (18, "", "17:3 arm.1.name", "is missing"),
    (11, "[[arms]]\n", "11:3 arms", 'did you mean "arm"?'),
    (14, "", "12:3 arm.0.transport", "is missing"),
    (14, 'transport = "smpt"', "14:1 arm.0.transport", 'did you mean "smtp"?'),
    (15, 'client = "aiosmtp"', "15:1 arm.0.client", 'did you mean "aiosmtplib"?'),
    (
        15,
        'client = "wire"\ndialogue = "pipelined"',
        "15:1 arm.0.client",
        'unknown client "wire"; there are: "aiosmtplib"',
    ),
    (
        15,
        SMTP + 'dialogue = "pipelined"',
        "16:1 arm.0.dialogue",
        'unknown dialogue "pipelined"; there are: "step"',
    ),
    (15, SMTP + 'conection = "fresh"', "16:1 arm.0.conection", 'did you mean "connection"?'),
    (15, SMTP + 'connection = "frsh"', "16:1 arm.0.connection", 'did you mean "fresh"?'),
    (15, SMTP + "connection = 5", "16:1 arm.0.connection", '"fresh", "reuse" or {{ messages = 100 }}, not an integer'),
    (15, SMTP + "connection = { messages = 0 }", "16:16 arm.0.connection.messages", "at least 1"),
    (15, SMTP + "connection = {}", "16:1 arm.0.connection.messages", "is missing"),
    (15, SMTP + "timeout_s = 0", "16:1 arm.0.timeout_s", "more than 0"),
    (15, SMTP + "baseline = 1", "16:1 arm.0.baseline", "true or false, not an integer"),
    (15, SMTP + 'provider = "mailgun"', "16:1 arm.0.provider", "no SMTP relay that benchkit knows"),
    (15, SMTP + 'ca_file = "ca.pem"', "16:1 arm.0.ca_file", "is only for TLS"),
    (15, SMTP + 'security = "tsl"\nca_file = "ca.pem"', "16:1 arm.0.security", 'unknown value "tsl"'),
    (
        15,
        SMTP + 'security = "starttsl"\nfault = [{ at = "starttls", drop = true }]',
        "16:1 arm.0.security",
        'did you mean "starttls"?',
    ),
    (15, REMOTE + '\nca_file = "ca.pem"', "18:1 arm.0.ca_file", "no such file: {folder}/ca.pem"),
    (20, "", "17:3 arm.1.provider", "an api arm needs one"),
    (20, 'provider = "mailgum"', "20:1 arm.1.provider", 'did you mean "mailgun"?'),
    (21, API + 'security = "starttls"', "22:1 arm.1.security", "command of SMTP"),
    (21, API + 'options = { domian = "x" }', "22:13 arm.1.options.domian", 'did you mean "domain"?'),
    (21, API + "options = { domain = 1 }", "22:13 arm.1.options.domain", "must be a string"),
    (15, SMTP + "messages_per_request = 2", "16:1 arm.0.messages_per_request", "for api arms only"),
    (21, API + "messages_per_request = 0", "22:1 arm.1.messages_per_request", "at least 1"),
    (
        21,
        API + "messages_per_request = 1001",
        "22:1 arm.1.messages_per_request",
        "more than mailgun takes: at most 1000",
    ),
    (
        20,
        'provider = "single"\nmessages_per_request = 2',
        "21:1 arm.1.messages_per_request",
        'single takes one message a request; several are taken by: "inline", "mailgun", "stored"',
    ),
    (15, SMTP + 'render = "provider"', "16:1 arm.0.render", "for api arms only"),
    (21, API + "messages_per_request = 2", "22:1 arm.1.messages_per_request", '"talk" sends one message at a time'),
    (
        21,
        API + 'messages_per_request = 2\nconnection = "fresh"',
        "22:1 arm.1.messages_per_request",
        "{{ messages = 2 }} opens a new one for each request",
    ),
    (
        21,
        API + "messages_per_request = 5\nconnection = { messages = 12 }",
        "22:1 arm.1.messages_per_request",
        "does not divide the 12 messages of a connection",
    ),
    (21, API + 'auth = "plain"', "22:1 arm.1.auth", "for smtp arms only"),
    # what newcomers write
    (15, SMTP + 'security = "tls"', "16:1 arm.0.security", 'did you mean "implicit" or "starttls"?'),
    (15, SMTP + 'security = "SSL"', "16:1 arm.0.security", '"implicit" is TLS from the first byte'),
    (15, SMTP + 'server = "smtp.example.com"', "16:1 arm.0.server", '{{ host = "smtp.example.com", port = 587 }}'),
    (15, SMTP + 'server = "127.0.0.1:2525"', "16:1 arm.0.server", '{{ host = "127.0.0.1", port = 2525 }}'),
    (15, SMTP + '[arm.fault]\nat = "data"', "16:6 arm.0.fault", "with two brackets: [[arm.fault]] before each"),
    # failover
    (15, SMTP + 'failover = "apo"', "16:1 arm.0.failover", 'did you mean "api"?'),
    (15, SMTP + 'failover = "smtp"', "16:1 arm.0.failover", "is not another arm that sends"),
    (15, SMTP + "failover = {}", "16:1 arm.0.failover.arm", "is missing"),
    (
        15,
        SMTP + 'failover = { arm = "api", ambigous = true }',
        "16:27 arm.0.failover.ambigous",
        'did you mean "ambiguous"?',
    ),
    (
        21,
        API + 'failover = "smtp"\nmessages_per_request = 2',
        "23:1 arm.1.messages_per_request",
        "a single message cannot be tried again",
    ),
    # servers and secrets
    (15, SMTP + 'server = "embeded"', "16:1 arm.0.server", 'did you mean "embedded"?'),
    (15, SMTP + 'server = { host = "127.0.0.1" }', "16:1 arm.0.server.port", "is missing"),
    (15, SMTP + 'server = { host = "::1", port = 0 }', "16:26 arm.0.server.port", "at least 1"),
    (15, SMTP + 'auth = "cram"', "16:1 arm.0.auth", 'did you mean "cram-md5"?'),
    (15, SMTP + 'congestion = "no such"', "16:1 arm.0.congestion", "a name that a kernel may know"),
    (15, SMTP + "dsn = {}", "16:1 arm.0.dsn", "has no effect: give ret"),
    (15, SMTP + 'dsn = { notify = ["never", "delay"] }', "16:9 arm.0.dsn.notify", '"never" alone'),
    (15, SMTP + 'dsn = { notify = ["delay", "delay"] }', "16:9 arm.0.dsn.notify", "each once"),
    (15, SMTP + 'dsn = { rett = "full" }', "16:9 arm.0.dsn.rett", 'did you mean "ret"?'),
    (15, SMTP + 'dsn = { ret = "half" }', "16:9 arm.0.dsn.ret", '"full"'),
    (15, SMTP + f'dsn = {{ envid = "{"a" * 85}{{identity}}" }}', "16:9 arm.0.dsn.envid", "longer than 100 characters"),
    (15, SMTP + 'dsn = { envid = "ü" }', "16:9 arm.0.dsn.envid", "printable ASCII"),
    (21, API + 'dsn = { ret = "full" }', "22:1 arm.1.dsn", "for smtp arms only"),
    (15, SMTP + 'username = "u"', "16:1 arm.0.username", "has no effect: the arm has no auth"),
    (15, SMTP + 'auth = "plain"\npassword = {}', "17:1 arm.0.password", "exactly one source"),
    (15, SMTP + 'auth = "plain"\npassword = { evn = "P" }', "17:14 arm.0.password.evn", 'did you mean "env"?'),
    (15, REMOTE + '\nauth = "plain"\nusername = "u"', "12:3 arm.0.password", "needs it"),
    (21, API + 'server = { host = "127.0.0.1", port = 80 }', "17:3 arm.1.api_key", "asks for it"),
    (
        15,
        REMOTE + "\n[network]\nrtt_ms = 5",
        "18:2 network",
        'embedded servers only, and these arms have others: "smtp"',
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=ids_of(ROWS))
def test_mistake(row: Row, expect_mistake: Expect) -> None:
    expect_mistake(row)


def test_one_bracket_instead_of_two(base: str, vocabulary: Vocabulary, write: Write) -> None:
    single = base[: base.index('[[arm]]\nname = "api"')].replace("[[arm]]", "[arm]")
    with pytest.raises(InputError, match=r":12:2 arm must be written with two brackets: \[\[arm\]\] before each"):
        load(write(single), vocabulary)
    with pytest.raises(InputError, match=r"is not valid TOML: .*: write \[\[arm\]\], with two brackets, before each"):
        load(write(base.replace("[[arm]]", "[arm]")), vocabulary)


def test_an_arm_that_another_fails_over_to_is_told_by_which(base: str, vocabulary: Vocabulary, write: Write) -> None:
    text = base.replace(SMTP, f'{SMTP}failover = "api"\n').replace(API, f"{API}messages_per_request = 2\n")
    with pytest.raises(InputError, match=r"arm\.1\.messages_per_request .* or remove arm\.0\.failover, which sends by"):
        load(write(text), vocabulary)


def test_two_baselines(base: str, vocabulary: Vocabulary, write: Write) -> None:
    text = base.replace("transport", "baseline = true\ntransport")
    with pytest.raises(InputError, match=r"scenario\.toml:20:1 arm\.1\.baseline only one arm can be the baseline"):
        load(write(text), vocabulary)


def test_leaving_loopback_takes_three_keys(base: str, vocabulary: Vocabulary, write: Write) -> None:
    remote = base.replace(SMTP, SMTP + 'server = { host = "mx.example", port = 25 }\n')
    with pytest.raises(InputError) as caught:
        load(write(remote), vocabulary)
    assert [m.key for m in caught.value.mistakes] == ["allow_recipients", "max_messages", "arm.0.server.host"]
    allowed = 'allow_hosts = ["MX.example"]\nallow_recipients = ["*@example.com"]\nmax_messages = 10\n'
    assert load(write(allowed + remote), vocabulary).arms[0].server is not None


@pytest.mark.parametrize("key", ["provider", "auth", "security", "server", "api_key", "baseline"])
def test_a_null_arm_sends_to_nobody(key: str, base: str, vocabulary: Vocabulary, write: Write) -> None:
    values = {"server": '{ host = "mx.example", port = 25 }', "api_key": '{ env = "K" }', "security": '"none"'}
    value = (values | {"baseline": "true"}).get(key, '"x"')
    text = base.replace('transport = "smtp"\n' + SMTP, f'transport = "null"\n{key} = {value}\n')
    with pytest.raises(InputError) as caught:
        load(write(text), vocabulary)
    assert [(m.key, m.line) for m in caught.value.mistakes] == [(f"arm.0.{key}", 15)]


ALLOWED = 'allow_hosts = ["*"]\nallow_recipients = ["*@example.com"]\nmax_messages = 10\n'
PLAIN_LOGIN = 'security = "none"\nauth = "plain"\nusername = "u"\npassword = { env = "P" }\n'
PLAIN_KEY = 'security = "none"\napi_key = { env = "K" }\n'


@pytest.mark.parametrize(
    ("keys", "host", "key"),
    [
        (PLAIN_LOGIN, "mx.example", "arm.0.security"),
        (PLAIN_LOGIN.replace('"plain"', '"cram-md5"'), "mx.example", "arm.0.security"),
        (PLAIN_LOGIN, "localhost", ""),
        (PLAIN_LOGIN, "127.0.0.1", ""),
        (PLAIN_LOGIN.replace("none", "starttls"), "mx.example", ""),
        (PLAIN_LOGIN.replace('security = "none"\n', ""), "mx.example", ""),
        ('security = "none"\n', "mx.example", ""),
        (PLAIN_KEY, "mx.example", "arm.1.security"),
        (PLAIN_KEY, "::1", ""),
        (PLAIN_KEY.replace("none", "implicit"), "mx.example", ""),
    ],
)
def test_no_credential_goes_over_a_network_without_tls(
    keys: str, host: str, key: str, base: str, vocabulary: Vocabulary, write: Write
) -> None:
    client = API if "api_key" in keys else SMTP
    text = ALLOWED + base.replace(client, client + f'server = {{ host = "{host}", port = 25 }}\n' + keys)
    if key:
        with pytest.raises(InputError, match=r"others can read it: use .*allow_plaintext_auth = true") as caught:
            load(write(text), vocabulary)
        assert [mistake.key for mistake in caught.value.mistakes] == [key]
        text = "allow_plaintext_auth = true\n" + text
    load(write(text), vocabulary)


def test_smtp_at_another_server_has_tls_unless_asked_not_to(base: str, vocabulary: Vocabulary, write: Write) -> None:
    def security(more: str) -> str:
        return str(load(write(ALLOWED + base.replace(SMTP, SMTP + more)), vocabulary).arms[0].security)

    server = 'server = { host = "127.0.0.1", port = 25 }\n'
    assert [security(""), security(server), security(server + 'security = "none"\n')] == ["none", "starttls", "none"]


def test_a_client_is_needed_where_there_are_several(base: str, write: Write) -> None:
    several = Vocabulary({"smtp": ("one", "two"), "api": ("httpx",)}, {"mailgun": frozenset()}, ("p95",), offers)
    with pytest.raises(InputError, match=r':12:3 arm\.0\.client is missing; there are: "one", "two"'):
        load(write(base.replace(SMTP, "")), several)


@pytest.mark.parametrize(
    ("transport", "keys", "message"),
    [
        ("smtp", 'auth = "plain"', 'auth unknown mechanism "plain"; there are'),
        ("smtp", 'security = "starttls"', 'security "starttls" is not supported by this client; it supports: "none"'),
        ("smtp", 'dialogue = "pipelined"', 'dialogue "pipelined" needs client = "wire"'),
        ("smtp", 'dialogue = "piplined"', 'unknown dialogue "piplined"; did you mean "pipelined"?'),
        ("smtp", "dsn.orcpt = true", "dsn is not supported by this client"),
        ("api", 'provider = "mailgun"', 'security "implicit" is not supported by this client'),
        ("api", 'provider = "mailgun"\nsecurity = "none"\nmessages_per_request = 2', "_per_request is not supported"),
    ],
)
def test_a_client_is_asked_what_it_supports(transport: str, keys: str, message: str, base: str, write: Write) -> None:
    clients = {"smtp": ("plain", "wire"), "api": ("plain",)}
    few = Vocabulary(clients, {"mailgun": frozenset()}, ("p95",), offers, batch_limits={"mailgun": 9})
    arm = f'[[arm]]\nname = "a"\ntransport = "{transport}"\nclient = "plain"\n{keys}\n'
    with pytest.raises(InputError) as caught:
        load(write(base[: base.index("[[arm]]")].replace("blocks = 2", 'model = "throughput"') + arm), few)
    assert message in str(caught.value)
    assert len(caught.value.mistakes) == 1


def test_a_dialogue_is_for_the_client_that_speaks_it(base: str, write: Write) -> None:
    clients = {"smtp": ("aiosmtplib", "wire"), "api": ("httpx",)}
    able = Vocabulary(clients, {"mailgun": frozenset()}, ("p95",), offers)
    spoken = base.replace(SMTP, 'client = "wire"\ndialogue = "pipelined"\n')
    assert load(write(spoken), able).arms[0].dialogue == "pipelined"
    with pytest.raises(InputError, match='"pipelined" needs client = "wire"; client "aiosmtplib" has "step"'):
        load(write(spoken.replace('"wire"', '"aiosmtplib"')), able)


def test_an_envelope_that_leaves_before_its_turn_cannot_name_its_send(base: str, write: Write) -> None:
    able = Vocabulary({"smtp": ("wire",), "api": ("httpx",)}, {"mailgun": frozenset()}, ("p95",), offers)
    keys = 'client = "wire"\ndsn = { envid = "{identity}" }\ndialogue = "pipelined"\n'
    assert load(write(base.replace(SMTP, keys)), able).arms[0].dsn.envid == "{identity}"
    with pytest.raises(InputError, match=r'arm\.0\.dsn\.envid holds {identity}.*use dialogue = "pipelined"'):
        load(write(base.replace(SMTP, keys.replace("pipelined", "overlapped"))), able)
