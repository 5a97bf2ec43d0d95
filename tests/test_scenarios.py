"""Every scenario that ships loads, composes, and is the same mail after a journey as MIME. Each use has one."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from benchkit.batch import compose, from_mime
from benchkit.model.client_offers import SASL, TLS, ClientOffers
from benchkit.model.message import Batch
from benchkit.model.scenario import RECEIVING_LAB, Scenario
from benchkit.profiles import profile_transports
from benchkit.providers import PROVIDERS
from benchkit.scenario import Vocabulary, load
from benchkit.stats.proportion import wilson

FOLDER = Path(__file__).parent.parent / "scenarios"
PATHS = sorted(FOLDER.glob("*.toml"))
USES = (
    "order-receipt", "shipping-notice", "password-reset", "account-activation", "suspicious-sign-in",
    "application-error", "policy-notice", "newsletter", "invoice",
)  # fmt: skip
LINKS = (
    "rtt-sweep", "same-datacentre", "attachments-on-a-thin-line", "lossy-mobile-uplink", "many-recipients",
    "newsletter-in-batches", "senders-and-requests", "faults-and-limits", "provider-throttles", "failover",
    "personalised-at-provider", "bulk-campaign", "free-plan-or-dedicated",
)  # fmt: skip
AT_REAL_SERVERS = ("same-mail-two-paths", "delivered-or-not")  # of the receiving lab, on loopback
AT_PEERS = ("peers-jmap-or-smtp",)  # at servers that are started beforehand, on loopback
# 50,000 messages take minutes: here a small campaign of the same kind.
SMALLER = {"bulk-campaign": ("message.count=240", "load.messages_per_block=200")}
AT_A_PROVIDER = tuple(f"{name}-smtp-or-api" for name in ("ses", "sendgrid", "postmark", "mailgun", "resend"))
VOCABULARY = Vocabulary(
    clients={"smtp": ("aiosmtplib", "wire"), "api": ("aiohttp", "httpx", "httpx2", "wire"), "null": ("",)},
    providers={name: PROVIDERS[name].options for name in PROVIDERS.names()},
    statistics=("p50", "p90", "p95", "p99"),
    offers=lambda _transport, _client: ClientOffers(
        securities=TLS, logins=SASL, dialogues=("step", "pipelined", "overlapped"), dsn=True, batches=True, stored=True
    ),
    batch_limits={"mailgun": 1000, "ses": 50},
    templates=frozenset({"mailgun", "ses"}),
    stored_templates=frozenset({"ses"}),
    profiles=profile_transports(),
    webhooks=("mailgun", "postmark"),
)


@pytest.fixture(scope="module", params=PATHS, ids=lambda path: path.stem)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return load(request.param, VOCABULARY, SMALLER.get(request.param.stem, ()))


@pytest.fixture(scope="module")
def batch(scenario: Scenario) -> Batch:
    return compose(scenario.message)


def test_each_use_has_a_scenario_of_its_name() -> None:
    assert {path.stem for path in PATHS} == {
        *USES,
        *LINKS,
        *AT_A_PROVIDER,
        *AT_REAL_SERVERS,
        *AT_PEERS,
        "client-libraries",
        "quickstart",
    }


def test_it_asks_a_question_under_its_own_name(scenario: Scenario) -> None:
    assert scenario.name == scenario.path.stem
    assert scenario.question.endswith("?")


def test_it_stays_on_loopback(scenario: Scenario) -> None:
    allowed = {None, RECEIVING_LAB} if scenario.name in AT_REAL_SERVERS else {None}
    servers = {arm.server for arm in scenario.arms}
    if scenario.name in AT_PEERS:
        assert {server.host for server in servers if server} == {"127.0.0.1"}
    else:
        assert servers <= allowed


def test_it_sets_smtp_against_an_api_with_an_a_a_pair_and_one_baseline(scenario: Scenario) -> None:
    arms = scenario.arms
    assert {arm.transport for arm in arms} == {"smtp", "api"}
    assert any(a.same_way(b) for i, a in enumerate(arms) for b in arms[:i])
    assert [arm.baseline for arm in arms].count(True) == 1


def test_it_is_sent_in_well_under_a_minute(scenario: Scenario) -> None:
    load_spec = scenario.load
    sends = load_spec.all_blocks * load_spec.messages_per_block * len(scenario.arms)
    assert sends <= 10_000
    if load_spec.model == "open":
        assert sends / load_spec.rate_per_s < 45


def test_every_message_is_itself_after_the_journey(batch: Batch) -> None:
    for message in batch.messages:
        assert from_mime(message.mime) == message.content


def test_every_message_is_another_and_has_a_person_to_go_to(batch: Batch) -> None:
    assert Counter(message.digest for message in batch.messages).most_common(1)[0][1] == 1
    assert all(message.content.to[0].name and message.recipients for message in batch.messages)


def test_every_message_has_a_text_of_some_length(batch: Batch) -> None:
    assert all(300 < len(message.content.text) < 8_000 for message in batch.messages)


def test_the_same_scenario_is_the_same_bytes(scenario: Scenario, batch: Batch) -> None:
    assert [m.mime for m in compose(scenario.message).messages] == [m.mime for m in batch.messages]


def test_quickstart_has_the_five_arms_of_the_readme() -> None:
    quickstart = load(FOLDER / "quickstart.toml", VOCABULARY)
    assert [arm.name for arm in quickstart.arms] == [
        "smtp, new connection", "smtp, reused", "api, new connection", "api, reused", "api, reused again (A/A)",
    ]  # fmt: skip


def test_the_files_that_are_attached_are_what_their_names_say() -> None:
    assert (FOLDER / "data/banner.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert (FOLDER / "data/payment-terms.pdf").read_bytes().startswith(b"%PDF-1.4")
    assert all(path.stat().st_size < 40_000 for path in (FOLDER / "data").iterdir())


def test_the_list_of_scenarios_is_complete() -> None:
    listed = [
        line.split("`")[1] for line in (FOLDER / "README.md").read_text("utf-8").splitlines() if line[:3] == "| `"
    ]
    assert sorted(listed) == sorted(path.stem for path in PATHS)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_failure_keeps_its_threshold_on_the_failure_rate(path: Path) -> None:
    """Else a run as planned would show `?` for it. Messages that share a request count once."""
    scenario = load(path, VOCABULARY)
    load_spec = scenario.load
    for threshold in scenario.thresholds:
        for arm in scenario.arms:
            if threshold.metric == "failure_rate" and fnmatchcase(arm.name, threshold.arm):
                requests = load_spec.blocks * load_spec.messages_per_block / arm.messages_per_request
                assert (wilson(0, requests, 0.95).high or 1.0) < threshold.limit
