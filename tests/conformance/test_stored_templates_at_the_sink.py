"""Mail of a stored template, through real clients to the sink that plays its API: accepted, arrived once, the same mail.

The template is stored by the API's own request where it has one. The sink fills it in; content and envelope are compared with
what was composed. One mail a request, and several.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest
import uvloop

from benchkit.model.contracts import Batches, SendsStored, StoredTemplateProvider, Transport
from benchkit.model.envelope import recipients_hash
from benchkit.model.exchange import Request, Response
from benchkit.model.identity import nth_key, token_of
from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Render, Security
from benchkit.model.trace import Trace
from benchkit.sink import parse_body
from benchkit.testing.provider_case import ProviderCase
from benchkit.testing.stored_template_suite import html_newsletter
from benchkit.transports.api_requests import ApiRequests
from tests.conformance.test_providers import TestStoredTemplates
from tests.transports.clients import PASSWORD, RUN_TOKEN, SinkRecords, at_a_sink

CLIENTS = ("httpx2", "wire")
TOGETHER = 5
HTML_ONLY = ("brevo",)
ONE_A_REQUEST = ("mailgun",)
# The request that stores a template, or the one that gives a stored one its texts; MailerSend has none.
STORES = {
    "brevo": "/v3/smtp/templates",
    "mailgun": "/v3/shop.example/templates",
    "mailjet": "/v3/REST/template/{id}/detailcontent",
    "mailtrap": "/api/email_templates",
    "mandrill": "/api/1.0/templates/add.json",
    "postmark": "/templates",
    "resend": "/templates",
    "sendgrid": "/v3/templates/{id}/versions",
    "ses": "/v2/email/templates",
    "smtp2go": "/v3/template/add",
    "sparkpost": "/api/v1/templates",
}
CASES = [case for case in TestStoredTemplates.cases if case.options.get("username") is None]
Sends = Callable[[Transport, Sequence[Message]], Awaitable[None]]


async def send_each(client: Transport, messages: Sequence[Message]) -> None:
    assert isinstance(client, SendsStored)
    trace = Trace()
    for number, prepared in enumerate(client.prepare_stored(messages)):
        trace.begin()
        outcome = await client.send(prepared, token_of(RUN_TOKEN, number), trace)
        assert outcome.kind is OutcomeKind.ACCEPTED, outcome


async def send_together(client: Transport, messages: Sequence[Message]) -> None:
    assert isinstance(client, Batches)
    trace, prepared = Trace(), client.prepare_batch(messages)
    for first in range(0, len(messages), TOGETHER):
        members = range(first, first + TOGETHER)
        trace.begin()
        identities = [token_of(RUN_TOKEN, number) for number in members]
        outcomes = await client.send_batch([prepared[number] for number in members], identities, trace)
        assert [outcome.kind for outcome in outcomes] == [OutcomeKind.ACCEPTED] * len(members), outcomes


WAYS = [
    (case, together, send)
    for case in CASES
    for together, send in ((1, send_each), (TOGETHER, send_together))
    if together == 1 or case.provider.name not in ONE_A_REQUEST
]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(("case", "together", "send"), WAYS, ids=[f"{case.label}, {n}" for case, n, _ in WAYS])
def test_mail_of_a_stored_template_arrives_once_and_whole(
    case: ProviderCase, together: int, send: Sends, client: str
) -> None:
    arm = ArmSpec(
        "arm", "api", client, ConnectionPolicy(0), Security.NONE, provider=case.provider.name, options=case.options,
        timeout_s=10.0, messages_per_request=together, render=Render.STORED,
    )  # fmt: skip
    messages = html_newsletter(with_text=case.provider.name not in HTML_ONLY)
    seen = SinkRecords()

    async def run() -> None:
        async with at_a_sink(arm, seen, uploads=uploads_of(case, messages)) as (one, _):
            assert await one.connect(Trace()) is None
            await store(case, one, messages)
            await send(one, messages)

    uvloop.run(run())
    assert seen.arrived == list(range(len(messages)))
    digests = {
        nth_key(key, nth): (mail.content.digest, recipients_hash(mail.recipients))
        for (_, key), (head, body) in seen.ledger.bodies.items()
        for nth, mail in enumerate(parse_body("api", case.provider.name, head, body))
    }
    expected = [(message.digest, recipients_hash(message.recipients)) for message in messages]
    assert [digests[arrival.key] for arrival in seen.ledger.arrivals] == expected


def uploads_of(case: ProviderCase, messages: Sequence[Message]) -> dict[str, bytes]:
    """What the sink has from its start, where no request can store it."""
    if case.provider.name in STORES:
        return {}
    assert isinstance(case.provider, StoredTemplateProvider)
    template = case.provider.template(messages, case.account)
    return {template.name: template.body}


async def store(case: ProviderCase, client: Transport, messages: Sequence[Message]) -> None:
    """By the API's own request, which its endpoint understands under the name by which it is used then."""
    if case.provider.name not in STORES:
        return
    assert isinstance(case.provider, StoredTemplateProvider)
    assert isinstance(client, ApiRequests)
    account = replace(case.account, secret=PASSWORD)
    template = case.provider.template(messages, account)
    headers = dict(case.provider.request(messages[0], account).headers)
    if template.body.startswith(b"--"):
        boundary = template.body.partition(b"\r\n")[0][2:].decode()
        headers["content-type"] = f"multipart/form-data; boundary={boundary}"
    target = STORES[case.provider.name].replace("{id}", template.name)
    request = Request("POST", target, tuple(headers.items()), template.body)
    assert case.provider.server.upload_name(request) == template.name
    trace = Trace()
    trace.begin()
    answer = await client.ask(request, trace)
    assert isinstance(answer, Response)
    assert 200 <= answer.status < 300, answer
