"""What comes out of a scenario that is right: the design's own example, defaults, shorthands, paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.model.cost import CostSpec
from benchkit.model.load import Arrivals, LoadModel, LoadSpec
from benchkit.model.message import Address
from benchkit.model.scenario import (
    ConnectionPolicy,
    Delay,
    Dsn,
    Fault,
    Limit,
    NetworkSpec,
    Security,
    ServerAddress,
    VerdictSpec,
)
from benchkit.model.secret import SecretRef
from benchkit.scenario import Vocabulary, load, starter
from benchkit.scenario.addresses import parse_address
from benchkit.scenario.thresholds import parse_threshold

DESIGN = """
name = "receipts"
question = "Should our order receipts leave by SMTP or by API?"

[message]
template = "templates/receipt"            # receipt.subject, receipt.txt, receipt.html
recipients = "data/customers.csv"         # its columns are the template's variables
from = "Shop <receipts@shop.example>"
attachments = ["data/terms.pdf"]
count = 40                                # distinct messages in the batch
seed = 7

[load]
model = "talk"
blocks = 30
messages_per_block = 10
warmup_blocks = 1

[network]                                 # the lab; embedded servers only
rtt_ms = [0, 10, 40]

[[arm]]
name = "smtp, new connection each"
transport = "smtp"                        # server = "embedded" is the default; or { host = "…", port = 587 }
client = "aiosmtplib"
connection = "fresh"                      # or "reuse", or { messages = 100 }
security = "starttls"
auth = "plain"

[[arm]]
name = "smtp, pipelined"
transport = "smtp"
client = "wire"
connection = "reuse"
dialogue = "pipelined"                    # "step", "pipelined", "overlapped", "bdat-strict", "bdat-eager"

[[arm]]
name = "api"
baseline = true
transport = "api"
provider = "mailgun"                      # server = "embedded" speaks this provider's API on loopback
client = "httpx"

[verdict]
rope = [0.90, 1.10]

[thresholds]
"api.response.p95" = "< 250 ms"
"*.failure_rate" = "< 0.1 %"
"""


@pytest.fixture
def receipts(write: Callable[[str], Path]) -> Path:
    path = write(DESIGN)
    for name in ("templates/receipt.subject", "templates/receipt.txt", "data/customers.csv", "data/terms.pdf"):
        file = path.parent / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
    return path


def with_wire(vocabulary: Vocabulary) -> Vocabulary:
    clients = {**vocabulary.clients, "smtp": ("aiosmtplib", "wire")}
    return replace(vocabulary, clients=clients)


def test_the_design_loads(receipts: Path, vocabulary: Vocabulary) -> None:
    scenario = load(receipts, with_wire(vocabulary))
    folder = receipts.parent
    assert scenario.message.template == folder / "templates/receipt"
    assert scenario.message.attachments == (folder / "data/terms.pdf",)
    assert scenario.message.sender == Address("Shop", "receipts@shop.example")
    assert scenario.load == LoadSpec(LoadModel.TALK, 30, 10, 1, 1, 0.0, Arrivals.POISSON, 1)
    assert scenario.network == NetworkSpec(rtt_ms=(0.0, 10.0, 40.0))
    assert [(arm.connection.label, arm.security, arm.dialogue) for arm in scenario.arms] == [
        ("fresh", Security.STARTTLS, "step"),
        ("reuse", Security.NONE, "pipelined"),
        ("reuse", Security.IMPLICIT, "step"),
    ]
    assert scenario.baseline == 2
    assert scenario.verdict == VerdictSpec()
    assert [(t.arm, t.metric, t.statistic, t.limit) for t in scenario.thresholds] == [
        ("api", "response", "p95", 250.0),
        ("*", "failure_rate", "", 0.001),
    ]


def test_an_absent_client_is_the_only_mistake(receipts: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError) as caught:
        load(receipts, vocabulary)
    assert [m.key for m in caught.value.mistakes] == ["arm.1.client"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("templates/receipt.subject", "message.template has no file {folder}/templates/receipt.subject"),
        ("templates/receipt.txt", "message.template has neither {folder}/templates/receipt.txt nor"),
        ("data/customers.csv", "message.recipients no such file: {folder}/data/customers.csv"),
    ],
)
def test_a_missing_file_is_named(name: str, message: str, receipts: Path, vocabulary: Vocabulary) -> None:
    (receipts.parent / name).unlink()
    with pytest.raises(InputError) as caught:
        load(receipts, with_wire(vocabulary))
    assert message.format(folder=receipts.parent) in str(caught.value)


@pytest.mark.parametrize(
    "key", ['subject = "a"', 'text = "a"', "text_bytes = 4", 'html = "a"', 'to = ["b@example.com"]']
)
def test_a_template_excludes_inline_keys(key: str, receipts: Path, vocabulary: Vocabulary) -> None:
    receipts.write_text(DESIGN.replace("[message]", f"[message]\n{key}"))
    with pytest.raises(InputError, match=rf":6:1 message\.{key.split()[0]} belongs to an inline message"):
        load(receipts, with_wire(vocabulary))


@pytest.mark.parametrize(("gone", "other"), [("template", "recipients"), ("recipients", "template")])
def test_template_and_recipients_go_together(gone: str, other: str, receipts: Path, vocabulary: Vocabulary) -> None:
    receipts.write_text("\n".join(line for line in DESIGN.split("\n") if not line.startswith(f"{gone} =")))
    with pytest.raises(InputError, match=rf":5:2 message\.{gone} is missing: {other} needs it"):
        load(receipts, with_wire(vocabulary))


def test_the_starter_loads(vocabulary: Vocabulary, write: Callable[[str], Path]) -> None:
    scenario = load(write(starter()), vocabulary)
    assert scenario.arms[scenario.baseline].name == "api"
    assert scenario.arms[3].same_way(scenario.arms[4])


def test_windows_line_ends_and_byte_order_mark(base: str, vocabulary: Vocabulary, tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + base.replace("\n", "\r\n").encode())
    assert load(path, vocabulary).name == "base"


ARMS: Mapping[str, tuple[str, object]] = {
    "connection = { messages = 100 }": ("connection", ConnectionPolicy(100)),
    'connection = "fresh"': ("connection", ConnectionPolicy(1)),
    'security = "implicit"': ("security", Security.IMPLICIT),
    "server = { host = '127.0.0.1', port = 2525 }": ("server", ServerAddress("127.0.0.1", 2525)),
    'auth = "login"\nusername = "u"\npassword = { env = "P" }': ("password", SecretRef("env", "P")),
    'auth = "plain"\npassword = { netrc = "mx" }': ("password", SecretRef("netrc", "mx")),
    "timeout_s = 5": ("timeout_s", 5.0),
    "limit = { messages_per_connection = 100, rate_per_s = 50, burst = 5 }": ("limit", Limit(100, 50.0, 5)),
    "limit = { idle_s = 2, message_bytes = 1000 }": ("limit", Limit(idle_s=2.0, message_bytes=1000)),
    'congestion = "bbr"': ("congestion", "bbr"),
    'dsn = { ret = "full", envid = "x y", notify = ["success", "delay"], orcpt = true }': (
        "dsn",
        Dsn("full", "x y", ("success", "delay"), True),
    ),
    '[[arm.fault]]\nat = "rcpt"\nprobability = 0.5\nreply = "450 4.2.1 busy"': (
        "faults",
        (Fault("rcpt", 0.5, "450 4.2.1 busy"),),
    ),
    '[[arm.fault]]\nat = "content"\ndrop = true\ndelay_ms = 5': (
        "faults",
        (Fault("content", delay=Delay("constant", 5.0), drop=True),),
    ),
    '[[arm.fault]]\nat = "data"\ndelay_ms = { distribution = "lognormal", median = 5, sigma = 0.5 }': (
        "faults",
        (Fault("data", delay=Delay("lognormal", 5.0, 0.5)),),
    ),
}


@pytest.mark.parametrize("text", ARMS)
def test_arm(text: str, base: str, vocabulary: Vocabulary, write: Callable[[str], Path]) -> None:
    client = 'client = "aiosmtplib"\n'
    arm = load(write(base.replace(client, f"{client}{text}\n")), vocabulary).arms[0]
    attribute, expected = ARMS[text]
    assert getattr(arm, attribute) == expected


def test_the_key_of_an_api_and_its_limits(base: str, vocabulary: Vocabulary, write: Callable[[str], Path]) -> None:
    extra = 'client = "httpx"\napi_key = { file = "key" }\noptions = { domain = "shop.example" }\n'
    fault = '[[arm.fault]]\nat = "request"\nstatus = 429\nretry_after_s = 2\n'
    path = write(base.replace('client = "httpx"\n', extra + fault))
    arm = load(path, vocabulary).arms[1]
    assert arm.password == SecretRef("file", str(path.parent / "key"))
    assert arm.options == {"domain": "shop.example"}
    assert arm.faults == (Fault("request", status=429, retry_after_s=2),)


def test_a_null_arm_needs_no_client(base: str, vocabulary: Vocabulary, write: Callable[[str], Path]) -> None:
    path = write(base + '[[arm]]\nname = "nobody"\ntransport = "null"\n')
    assert load(path, vocabulary).arms[2].client == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b@example.com", Address("", "b@example.com")),
        ("<b@example.com>", Address("", "b@example.com")),
        ("Bea B. <b@example.com>", Address("Bea B.", "b@example.com")),
        ('"B, Bea" <b@example.com>', Address("B, Bea", "b@example.com")),
        ("Zoë <zoë@exämple.com>", Address("Zoë", "zoë@exämple.com")),
    ],
)
def test_address(text: str, expected: Address) -> None:
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    ("key", "text", "arm", "limit"),
    [
        ("smtp, v1.2 (new).service.p95", "<= 1.5 s", "smtp, v1.2 (new)", 1500.0),
        ("a.service.p50", ">200us", "a", 0.2),
        ("service.service.p50", "< 1 ms", "service", 1.0),
        ("a.failure_rate", "< 0.001", "a", 0.001),
        ("a.throughput", ">= 100 /s", "a", 100.0),
        ("a.turns", "< 12", "a", 12.0),
    ],
)
def test_threshold(key: str, text: str, arm: str, limit: float) -> None:
    threshold = parse_threshold(key, text, ("p50", "p95"))
    assert threshold.arm == arm
    assert threshold.limit == pytest.approx(limit)


def test_prices_keep_their_order(base: str, vocabulary: Vocabulary, write: Callable[[str], Path]) -> None:
    assert load(write(base), vocabulary).cost == CostSpec()
    priced = base + '[cost]\ncurrency = "EUR"\nper_thousand = {"api" = 0.5, "*" = 1}\negress_per_gb = 0.09\n'
    assert load(write(priced), vocabulary).cost == CostSpec("EUR", (("api", 0.5), ("*", 1.0)), None, 0.09)
