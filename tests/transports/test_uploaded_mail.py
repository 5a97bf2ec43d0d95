"""Mail that takes two requests (JMAP's uploadUrl): every client sends it whole, and knows when there can be no mail yet."""

from __future__ import annotations

import pytest
import uvloop

from benchkit.batch import to_mime
from benchkit.errors import TargetUnreachable
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Fault, Security
from benchkit.protocol.expected_turns import message_turns
from benchkit.testing.client_at_sink import ClientAtSink, SinkRecords, at_a_sink, converse, endpoint_of
from benchkit.transports.api_requests import with_sessions

CLIENTS = ("wire", "httpx", "httpx2", "aiohttp")
CONTENT = Content("Grüße", Address("", "shop@shop.example"), (Address("", "ann@x.example"),), text="hello\n.\nyou")
MAIL = Message(0, CONTENT, to_mime(CONTENT), "shop@shop.example", ("ann@x.example", "blind@x.example"))


def arm(client: str = "wire", *faults: Fault, **options: str) -> ArmSpec:
    return ArmSpec(
        "arm", "api", client, ConnectionPolicy(0), Security.NONE, provider="jmap",
        options={"upload": "uploadUrl"} | options, faults=faults, timeout_s=10.0,
    )  # fmt: skip


def sent(of: ArmSpec) -> tuple[list[Outcome], list[int], ClientAtSink]:
    outcomes: list[Outcome] = []
    turns: list[int] = []

    async def conversation(seen: ClientAtSink) -> None:
        await seen.connect()
        for number in (0, 1):
            outcomes.append(await seen.send(MAIL, number))
            turns.append(seen.trace.turns)
            if not seen.transport.connected:
                return

    return outcomes, turns, converse(of, conversation)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_mail_is_uploaded_and_then_submitted(client: str) -> None:
    outcomes, turns, seen = sent(arm(client))
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.ACCEPTED] * 2
    assert seen.arrived == [0, 1]
    assert turns == [2, 2] == [message_turns(arm(client), 2)] * 2
    for mail in seen.mails(arm()):
        assert (mail.content.digest, mail.recipients, mail.sender) == (MAIL.digest, MAIL.recipients, MAIL.envelope_from)
    assert seen.commands() == ["POST /jmap/upload/benchkit/", "POST /jmap/"] * 2


@pytest.mark.parametrize("client", CLIENTS)
def test_a_refused_upload_is_a_refusal_and_no_second_request_leaves(client: str) -> None:
    outcomes, _, seen = sent(arm(client, Fault("request", status=413)))
    assert [(outcome.kind, outcome.code) for outcome in outcomes] == [(OutcomeKind.REJECTED, 413)] * 2
    assert seen.arrived == []
    assert seen.commands() == ["POST /jmap/upload/benchkit/"] * 2


@pytest.mark.parametrize("client", CLIENTS)
def test_an_upload_without_an_answer_leaves_no_doubt(client: str) -> None:
    outcomes, _, seen = sent(arm(client, Fault("response", drop=True)))
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.UNREACHABLE]
    assert seen.arrived == []


@pytest.mark.parametrize("client", CLIENTS)
def test_the_session_of_the_sink_is_asked_before_the_first_mail(client: str) -> None:
    asks = arm(client, session="/.well-known/jmap")

    async def run() -> dict[str, str]:
        seen = SinkRecords()
        async with at_a_sink(asks, seen) as (_, sink):
            port = sink._servers[0].sockets[0].getsockname()[1]
            (found,) = await with_sessions([endpoint_of(asks, port)])
            with pytest.raises(TargetUnreachable, match=r"arm 'arm': the session .* is answered 401.*nothing was sent"):
                await with_sessions([endpoint_of(asks, port, password="guessed")])
        assert seen.arrived == []
        return dict(found.arm.options)

    assert uvloop.run(run()) == {
        "upload": "uploadUrl", "path": "/jmap/", "account": "benchkit", "identity": "benchkit", "mailbox": "benchkit",
        "upload_path": "/jmap/upload/{accountId}/",
    }  # fmt: skip
