"""Idempotency keys at Resend and Brevo: the same request again is no second mail, by every client, at the sink and in a run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from benchkit.batch import compose, to_mime
from benchkit.cli.names import known_names
from benchkit.model.exchange import Credentials
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.retry import IDEMPOTENCY, RetrySpec
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Fault, Security
from benchkit.providers import PROVIDERS
from benchkit.providers.idempotency import key_in, repeats_safely
from benchkit.scenario import load
from benchkit.testing.client_at_sink import ClientAtSink, converse
from tests.sink.conftest import Running, running

__all__ = ["running"]
KEYED, CLIENTS = ("brevo", "resend"), ("wire", "httpx", "httpx2", "aiohttp")
CONTENT = Content("hello", Address("", "shop@shop.example"), (Address("", "ann@x.example"),), text="hello")
MAIL = Message(0, CONTENT, to_mime(CONTENT), "shop@shop.example", ("ann@x.example",))
ON = {IDEMPOTENCY: "on"}


def arm(provider: str, client: str = "wire", *faults: Fault, options: dict[str, str] = ON) -> ArmSpec:
    return ArmSpec(
        "arm", "api", client, ConnectionPolicy(0), Security.NONE, provider=provider, options=options, faults=faults,
        timeout_s=10.0,
    )  # fmt: skip


def twice(of: ArmSpec) -> tuple[list[Outcome], ClientAtSink]:
    """The same send two times, over a new connection where the first one broke."""
    outcomes: list[Outcome] = []

    async def conversation(seen: ClientAtSink) -> None:
        for _ in range(2):
            if not seen.transport.connected:
                await seen.connect()
            outcomes.append(await seen.send(MAIL, 7))

    return outcomes, converse(of, conversation)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("provider", KEYED)
def test_what_is_sent_again_arrives_once_and_has_the_same_answer(provider: str, client: str) -> None:
    (first, second), seen = twice(arm(provider, client))
    assert first.kind is second.kind is OutcomeKind.ACCEPTED
    assert first.server_id == second.server_id
    assert seen.arrived == [7]
    (mail,) = seen.mails(arm(provider))
    assert mail.content == CONTENT


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("provider", KEYED)
def test_after_a_lost_answer_the_second_attempt_is_no_second_mail(provider: str, client: str) -> None:
    outcomes, seen = twice(arm(provider, client, Fault("response", drop=True)))
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.AMBIGUOUS] * 2
    assert seen.arrived == [7]


@pytest.mark.parametrize("provider", KEYED)
def test_without_the_key_it_arrives_twice(provider: str) -> None:
    _, seen = twice(arm(provider, options={}))
    assert seen.arrived == [7, 7]


def test_each_send_has_a_key_of_its_own_in_the_form_of_a_uuid() -> None:
    assert key_in(b"x bk0badcafe-0000000007 y") == "0badcafe-0000-4000-8000-000000000007"
    assert key_in(b"no identity") == ""


@pytest.mark.parametrize("provider", KEYED)
def test_a_value_that_means_nothing_is_refused_before_the_first_send(provider: str) -> None:
    with pytest.raises(ValueError, match='idempotency is "yes": give "on" or "off"'):
        PROVIDERS[provider].request(MAIL, Credentials("key", {IDEMPOTENCY: "yes"}))


def test_another_mail_under_a_known_key_is_refused_by_resend(running: Running) -> None:
    from http.client import HTTPConnection

    from benchkit.model.endpoint import ListenerConfig

    sink = running(ListenerConfig(0, "api", Security.NONE, "resend"))
    answers = []
    for subject in ("one", "one", "two"):
        client = HTTPConnection("127.0.0.1", sink.port, timeout=10)
        body = json.dumps({"from": "s@x.example", "to": ["a@b.example"], "subject": subject, "text": "hi"})
        client.request("POST", "/emails", body, {"Idempotency-Key": "k", "User-Agent": "x"})
        answer = client.getresponse()
        answers.append((answer.status, answer.read()))
        client.close()
    assert [status for status, _ in answers] == [200, 200, 409]
    assert answers[0] == answers[1]
    assert b"invalid_idempotent_request" in answers[2][1]
    assert len(sink.ledger.arrivals) == 1


SCENARIO = """name = "keys"
[message]
from = "s@shop.example"
to = ["a@b.example"]
subject = "hello"
text = "hello"
[[arm]]
name = "{provider}"
transport = "api"
provider = "{provider}"
client = "wire"
{more}
[[arm]]
name = "smtp"
transport = "smtp"
client = "wire"
{retry}
"""
RETRY = "[retry]\nattempts = 3\n"


@pytest.mark.parametrize(
    ("provider", "retry", "more", "keyed"),
    [
        ("resend", RETRY, "", True), ("brevo", RETRY, "", True), ("mailgun", RETRY, "", False), ("resend", "", "", False),
        ("resend", RETRY, 'options = { idempotency = "off" }', False), ("resend", "", 'options = { idempotency = "on" }', True),
    ],
)  # fmt: skip
def test_keys_are_the_default_where_mail_is_tried_again(
    provider: str, retry: str, more: str, keyed: bool, tmp_path: Path
) -> None:
    path = tmp_path / "s.toml"
    path.write_text(SCENARIO.format(provider=provider, retry=retry, more=more), "utf-8")
    scenario = load(path, known_names())
    assert [repeats_safely(one) for one in scenario.arms] == [keyed, False]
    assert len(compose(scenario.message).messages) == 1


def test_only_with_a_key_is_an_ambiguous_message_tried_again() -> None:
    spec, doubt = RetrySpec(3, jitter=False), Outcome(OutcomeKind.AMBIGUOUS)
    waits = Counter(spec.of_arm(repeats_safely=safe).wait_s(doubt, 1, 1.0) for safe in (True, False))
    assert waits == {1.0: 1, None: 1}
