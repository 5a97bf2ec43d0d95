"""Every kind of mistake, one row each: a line of a valid scenario is replaced, and exactly one mistake comes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.scenario import Vocabulary, load

REMOTE = 'client = "aiosmtplib"\nsecurity = "starttls"\nserver = { host = "127.0.0.1", port = 2525 }'
SMTP, API = 'client = "aiosmtplib"\n', 'client = "httpx"\n'

#  line of the base that is replaced, by what, "line:column key" of the mistake, a part of its message
ROWS: list[tuple[int, str, str, str]] = [
    # the top of the file
    (1, "", "1:1 name", "is missing"),
    (1, "name = 5", "1:1 name", "must be a string, not an integer"),
    (1, 'name = ""', "1:1 name", "must not be empty"),
    (1, 'name = "a\\nb"', "1:1 name", "control characters"),
    (1, 'name = "b"\nqestion = "why?"', "2:1 qestion", 'did you mean "question"?'),
    (1, 'name = "b"\nlaod = {}', "2:1 laod", 'did you mean "load"?'),
    (1, 'name = "b"\nzzz = 1', "2:1 zzz", "unknown key; there are:"),
    (1, 'name = "b"\n"<plain>" = 1', '2:1 "<plain>"', "unknown key"),
    (1, 'name = "b"\nmax_messages = -1', "2:1 max_messages", "at least 0"),
    (1, 'name = "b"\nallow_hosts = "mx"', "2:1 allow_hosts", "must be an array, not a string"),
    (1, 'name = "b"\nallow_recipients = [1]', "2:21 allow_recipients.0", "must be a string"),
    (1, 'name = "b"\nverdict = 3', "2:1 verdict", "must be a table, not an integer"),
    (1, "name = ", "1:8 ", "is not valid TOML: Invalid value"),
    (1, 'name = "b"\nname = "c"', "2:11 ", "is not valid TOML: Cannot overwrite a value"),
    # the message
    (4, "", "3:2 message.from", "is missing"),
    (4, 'from = "nobody"', "4:1 message.from", "must be an address"),
    (4, 'from = "Shop <a@b@c>"', "4:1 message.from", "must be an address"),
    (4, 'from = "a@shop.example"\nform = 1', "5:1 message.form", 'did you mean "from"?'),
    (5, "", "3:2 message.to", "an inline message needs it"),
    (5, "to = []", "5:1 message.to", "at least 1 of them"),
    (5, 'to = ["b@example.com",\n  "c"]', "6:3 message.to.1", "must be an address"),
    (6, "", "3:2 message.subject", "an inline message needs it"),
    (7, "", "3:2 message.text", "give text, text_bytes or html"),
    (7, 'text = ""', "7:1 message.text", "must not be empty"),
    (7, 'text = "a"\ntext_bytes = 9', "8:1 message.text_bytes", "exclude each other"),
    (7, "text_bytes = 0", "7:1 message.text_bytes", "at least 1"),
    (7, 'text = "a"\ncount = 0', "8:1 message.count", "empty batch"),
    (7, 'text = "a"\ncount = 1_000_001', "8:1 message.count", "at most 1,000,000"),
    (7, 'text = "a"\nseed = 0.5', "8:1 message.seed", "must be an integer, not a float"),
    (7, 'text = "a"\nattachments = ["no.pdf"]', "8:16 message.attachments.0", "no such file: {folder}/no.pdf"),
    (7, 'text = "a"\nattachments = ["' + "n" * 300 + '"]', "8:16 message.attachments.0", "no such file"),
    # the load
    (10, "blocks = 0", "10:1 load.blocks", "empty batch"),
    (10, "blocks = 0x" + "f" * 5000, "10:1 load.blocks", "at most 1,000,000"),
    (10, "blocks = true", "10:1 load.blocks", "must be an integer, not a boolean"),
    (10, "messages_per_block = 0", "10:1 load.messages_per_block", "empty batch"),
    (10, "warmup_blocks = -1", "10:1 load.warmup_blocks", "at least 0"),
    (10, 'model = "opn"', "10:1 load.model", 'did you mean "open"?'),
    (10, 'model = "open"', "9:2 load.rate_per_s", 'model = "open" needs a rate'),
    (10, 'model = "open"\nrate_per_s = 0', "11:1 load.rate_per_s", "more than 0"),
    (10, 'model = "open"\nrate_per_s = inf', "11:1 load.rate_per_s", "finite"),
    (10, "rate_per_s = 5.0", "10:1 load.rate_per_s", 'for model = "open" only'),
    (10, 'arrivals = "constant"', "10:1 load.arrivals", 'for model = "open" only'),
    (10, "concurrency = 4", "10:1 load.concurrency", 'for model = "throughput" or "open" only'),
    (10, "workers = 1", "10:1 load.workers", 'for model = "throughput" or "open" only'),
    (10, 'model = "open"\nrate_per_s = 1\nworkers = 0', "12:1 load.workers", "at least 1"),
    (10, 'model = "open"\nrate_per_s = 1\nworkers = 5', "12:1 load.workers", "for 4 cores on this machine: at most 4"),
    (10, 'model = "throughput"\nworkers = 2', "11:1 load.workers", "for 1 senders (concurrency): at most 1"),
    (
        10,
        'model = "open"\nrate_per_s = 1\nmessages_per_block = 2\nworkers = 3',
        "13:1 load.workers",
        "for 2 messages_per_block: at most 2",
    ),
    # the network
    (8, "[network]\nrtt_ms = -1", "9:1 network.rtt_ms", "at least 0"),
    (8, '[network]\nrtt_ms = [1, "2"]', "9:14 network.rtt_ms.1", "must be a number, not a string"),
    (8, "[network]\nrtt_ms = []", "9:1 network.rtt_ms", "at least 1 of them"),
    (8, "[network]\nloss_percent = 101", "9:1 network.loss_percent", "at most 100"),
    (8, "[network]\nqueue_kb = 64", "9:1 network.queue_kb", "needs bandwidth_mbit"),
    (8, "[network]\nrtt_ms = [5, 10, 5]", "9:1 network.rtt_ms", "each value once"),
    (8, "[network]\nrtt = 1", "9:1 network.rtt", 'did you mean "rtt_ms"?'),
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
        'spoken by no client here; client "aiosmtplib" speaks',
    ),
    (15, SMTP + 'dialogue = "piplined"', "16:1 arm.0.dialogue", 'did you mean "pipelined"?'),
    (15, SMTP + 'conection = "fresh"', "16:1 arm.0.conection", 'did you mean "connection"?'),
    (15, SMTP + 'connection = "frsh"', "16:1 arm.0.connection", 'did you mean "fresh"?'),
    (15, SMTP + "connection = 5", "16:1 arm.0.connection", '"fresh", "reuse" or {{ messages = 100 }}, not an integer'),
    (15, SMTP + "connection = { messages = 0 }", "16:16 arm.0.connection.messages", "at least 1"),
    (15, SMTP + "connection = {}", "16:1 arm.0.connection.messages", "is missing"),
    (15, SMTP + 'security = "tls"', "16:1 arm.0.security", 'there are: "implicit", "none", "starttls"'),
    (15, SMTP + "timeout_s = 0", "16:1 arm.0.timeout_s", "more than 0"),
    (15, SMTP + "baseline = 1", "16:1 arm.0.baseline", "true or false, not an integer"),
    (15, SMTP + 'provider = "mailgun"', "16:1 arm.0.provider", "for api arms only"),
    (15, SMTP + 'ca_file = "ca.pem"', "16:1 arm.0.ca_file", "never read"),
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
        'single takes one message a request; several are taken by: "mailgun"',
    ),
    (21, API + "messages_per_request = 2", "22:1 arm.1.messages_per_request", '"talk" sends one message at a time'),
    (
        21,
        API + 'messages_per_request = 2\nconnection = "fresh"',
        "22:1 arm.1.messages_per_request",
        "{{ messages = 2 }} is a new one for each request",
    ),
    (
        21,
        API + "messages_per_request = 5\nconnection = { messages = 12 }",
        "22:1 arm.1.messages_per_request",
        "does not divide the 12 messages of a connection",
    ),
    (21, API + 'auth = "plain"', "22:1 arm.1.auth", "for smtp arms only"),
    # servers and secrets
    (15, SMTP + 'server = "embeded"', "16:1 arm.0.server", 'did you mean "embedded"?'),
    (15, SMTP + 'server = { host = "127.0.0.1" }', "16:1 arm.0.server.port", "is missing"),
    (15, SMTP + 'server = { host = "::1", port = 0 }', "16:26 arm.0.server.port", "at least 1"),
    (15, SMTP + 'auth = "cram"', "16:1 arm.0.auth", 'did you mean "cram-md5"?'),
    (15, SMTP + 'congestion = "no such"', "16:1 arm.0.congestion", "a name that a kernel may know"),
    (15, SMTP + "dsn = {}", "16:1 arm.0.dsn", "asks for nothing: give ret"),
    (15, SMTP + 'dsn = { notify = ["never", "delay"] }', "16:9 arm.0.dsn.notify", '"never" alone'),
    (15, SMTP + 'dsn = { notify = ["delay", "delay"] }', "16:9 arm.0.dsn.notify", "each once"),
    (15, SMTP + 'dsn = { rett = "full" }', "16:9 arm.0.dsn.rett", 'did you mean "ret"?'),
    (15, SMTP + 'dsn = { ret = "half" }', "16:9 arm.0.dsn.ret", '"full"'),
    (15, SMTP + 'dsn = { envid = "ü" }', "16:9 arm.0.dsn.envid", "printable ASCII"),
    (21, API + 'dsn = { ret = "full" }', "22:1 arm.1.dsn", "for smtp arms only"),
    (15, SMTP + 'username = "u"', "16:1 arm.0.username", "never used: the arm has no auth"),
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
    # faults and limits
    (15, SMTP + "[[arm.fault]]\ndrop = true", "16:7 arm.0.fault.0.at", "is missing"),
    (15, SMTP + '[[arm.fault]]\nat = "dtaa"\ndrop = true', "17:1 arm.0.fault.0.at", 'did you mean "data"?'),
    (15, SMTP + '[[arm.fault]]\nat = "auth"\ndrop = true', "17:1 arm.0.fault.0.at", "never reached"),
    (15, SMTP + '[[arm.fault]]\nat = "data"', "16:7 arm.0.fault.0", "does nothing: give reply"),
    (15, SMTP + '[[arm.fault]]\nat = "data"\nreply = "busy"', "18:1 arm.0.fault.0.reply", "a code and a text"),
    (15, SMTP + '[[arm.fault]]\nat = "data"\nstatus = 500', "18:1 arm.0.fault.0.status", "nothing that smtp has"),
    (
        15,
        SMTP + '[[arm.fault]]\nat = "data"\ndrop = true\nprobability = 2',
        "19:1 arm.0.fault.0.probability",
        "at most 1",
    ),
    (
        21,
        API + '[[arm.fault]]\nat = "connect"\nstatus = 500',
        "24:1 arm.1.fault.0.status",
        "cannot be given at connect",
    ),
    (21, API + '[[arm.fault]]\nat = "request"\nstatus = 200', "24:1 arm.1.fault.0.status", "at least 400"),
    (
        21,
        API + '[[arm.fault]]\nat = "request"\ndelay_ms = { distribution = "uniform", low = 1 }',
        "24:1 arm.1.fault.0.delay_ms.high",
        'uniform needs "low", "high"',
    ),
    (
        21,
        API + '[[arm.fault]]\nat = "request"\ndelay_ms = { distribution = "constant", value = 1, mean = 1 }',
        "24:52 arm.1.fault.0.delay_ms.mean",
        "no parameter of constant",
    ),
    (15, SMTP + "[arm.limit]\nburst = 5", "17:1 arm.0.limit.burst", "goes with rate_per_s"),
    (15, SMTP + "limit = { rate_per_s = -1 }", "16:11 arm.0.limit.rate_per_s", "at least 0"),
    (15, REMOTE + "\nlimit = { rate_per_s = 1 }", "18:1 arm.0.limit", "embedded server only"),
    # the verdict and the thresholds
    (22, "[verdict]\nrope = [1.1, 1.2]", "23:1 verdict.rope", "must lie around 1"),
    (22, "[verdict]\nrope = [0.9]", "23:1 verdict.rope", "at least 2"),
    (22, "[verdict]\nconfidence = 1", "23:1 verdict.confidence", "less than 1"),
    (24, '"api.p95" = "< 250 ms"', '24:1 thresholds."api.p95"', "must be arm.metric"),
    (24, '"api.respones.p95" = "< 250 ms"', '24:1 thresholds."api.respones.p95"', 'did you mean "response"?'),
    (24, '"api.response.p97" = "< 250 ms"', '24:1 thresholds."api.response.p97"', 'unknown statistic "p97"'),
    (24, '"api.response" = "< 250 ms"', '24:1 thresholds."api.response"', "response needs a statistic"),
    (24, '"*.turns.p95" = "< 9"', '24:1 thresholds."*.turns.p95"', "is a single number"),
    (24, '"*.failure_rate" = "under 1 %"', '24:1 thresholds."*.failure_rate"', "must be a comparison and a limit"),
    (24, '"*.failure_rate" = "< 1 ms"', '24:1 thresholds."*.failure_rate"', 'use "%" or a plain number'),
    (24, '"*.throughput" = 5', '24:1 thresholds."*.throughput"', "must be a string"),
    (24, '"apj.turns" = "< 9"', '24:1 thresholds."apj.turns"', 'no arm matches "apj"; there are: "smtp", "api"'),
]


@pytest.mark.parametrize(("line", "text", "place", "fragment"), ROWS, ids=[f"{row[2]} {row[3]}" for row in ROWS])
def test_mistake(
    line: int, text: str, place: str, fragment: str, base: str, vocabulary: Vocabulary, write: Callable[[str], Path]
) -> None:
    lines = base.split("\n")
    lines[line - 1] = text
    path = write("\n".join(lines))
    with pytest.raises(InputError) as caught:
        load(path, vocabulary)
    assert len(caught.value.mistakes) == 1, str(caught.value)
    (mistake,) = caught.value.mistakes
    assert (mistake.where, f"{mistake.line}:{mistake.column} {mistake.key}") == (str(path), place)
    assert fragment.format(folder=path.parent) in mistake.message


def test_all_at_once_in_the_order_of_the_file(base: str, vocabulary: Vocabulary, write: Callable[[str], Path]) -> None:
    text = (
        base.replace("blocks = 2", "blocks = 0")
        .replace('"smtp"', '"smpt"')
        .replace("p95", "p97")
        .replace("from", "form")
    )
    with pytest.raises(InputError) as caught:
        load(write(text), vocabulary)
    assert [f"{m.line}:{m.column} {m.key}" for m in caught.value.mistakes] == [
        "3:2 message.from",
        "4:1 message.form",
        "10:1 load.blocks",
        "14:1 arm.0.transport",
        '24:1 thresholds."api.response.p97"',
    ]


def test_two_baselines(base: str, vocabulary: Vocabulary, write: Callable[[str], Path]) -> None:
    text = base.replace("transport", "baseline = true\ntransport")
    with pytest.raises(InputError, match=r"scenario\.toml:20:1 arm\.1\.baseline only one arm can be the baseline"):
        load(write(text), vocabulary)


def test_leaving_loopback_takes_three_keys(base: str, vocabulary: Vocabulary, write: Callable[[str], Path]) -> None:
    remote = base.replace(SMTP, SMTP + 'server = { host = "mx.example", port = 25 }\n')
    with pytest.raises(InputError) as caught:
        load(write(remote), vocabulary)
    assert [m.key for m in caught.value.mistakes] == ["allow_recipients", "max_messages", "arm.0.server.host"]
    allowed = 'allow_hosts = ["MX.example"]\nallow_recipients = ["*@example.com"]\nmax_messages = 10\n'
    assert load(write(allowed + remote), vocabulary).arms[0].server is not None


@pytest.mark.parametrize("key", ["provider", "auth", "security", "server", "api_key", "baseline"])
def test_a_null_arm_sends_to_nobody(key: str, base: str, vocabulary: Vocabulary, write: Callable[[str], Path]) -> None:
    values = {"server": '{ host = "mx.example", port = 25 }', "api_key": '{ env = "K" }', "security": '"none"'}
    value = (values | {"baseline": "true"}).get(key, '"x"')
    text = base.replace('transport = "smtp"\n' + SMTP, f'transport = "null"\n{key} = {value}\n')
    with pytest.raises(InputError) as caught:
        load(write(text), vocabulary)
    assert [(m.key, m.line) for m in caught.value.mistakes] == [(f"arm.0.{key}", 15)]


def test_a_client_is_needed_where_there_are_several(base: str, write: Callable[[str], Path]) -> None:
    several = Vocabulary({"smtp": ("one", "two"), "api": ("httpx",)}, {"mailgun": frozenset()}, ("p95",))
    with pytest.raises(InputError, match=r':12:3 arm\.0\.client is missing; there are: "one", "two"'):
        load(write(base.replace(SMTP, "")), several)


def test_a_dialogue_is_for_the_client_that_speaks_it(base: str, write: Callable[[str], Path]) -> None:
    able = Vocabulary(
        {"smtp": ("aiosmtplib", "wire"), "api": ("httpx",)},
        {"mailgun": frozenset()},
        ("p95",),
        dialogues={"wire": ("pipelined",)},
    )
    spoken = base.replace(SMTP, 'client = "wire"\ndialogue = "pipelined"\n')
    assert load(write(spoken), able).arms[0].dialogue == "pipelined"
    with pytest.raises(InputError, match='"pipelined" is spoken by client = "wire"'):
        load(write(spoken.replace('"wire"', '"aiosmtplib"')), able)


def test_no_file_and_no_text(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match=r"none\.toml cannot be read: No such file"):
        load(tmp_path / "none.toml", vocabulary)
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(InputError, match=r"latin\.toml is not UTF-8 text"):
        load(tmp_path / "latin.toml", vocabulary)
    (tmp_path / "deep.toml").write_text("a = " + "[" * 5000)
    with pytest.raises(InputError, match=r"deep\.toml is nested too deeply"):
        load(tmp_path / "deep.toml", vocabulary)


SECRET = "hunter2-öffne-dich"


@pytest.mark.parametrize(
    "line",
    [
        f'password = "{SECRET}"',
        f'password = ["{SECRET}"]',
        f'password = {{ env = ["{SECRET}"] }}',
        f'password = {{ value = "{SECRET}" }}',
        f'pasword = "{SECRET}"',
        f'api_key = "{SECRET}"',
        f"password = {SECRET}",
        f'password = "{SECRET}',
    ],
)
def test_a_literal_secret_is_never_repeated(
    line: str, base: str, vocabulary: Vocabulary, write: Callable[[str], Path]
) -> None:
    with pytest.raises(InputError) as caught:
        load(write(base.replace(SMTP, SMTP + 'auth = "plain"\n' + line + "\n")), vocabulary)
    with pytest.raises(InputError) as overridden:
        load(write(base), vocabulary, ["arm.0." + line.replace(" = ", "=", 1), "load.blocks=0"])
    assert "hunter2" not in repr(caught.value) + repr(overridden.value)
