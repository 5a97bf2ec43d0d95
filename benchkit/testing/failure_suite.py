"""What every client must do when something fails: a failure is an outcome, and if mail may have arrived it is ambiguous."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import pytest
import uvloop

from benchkit.model.contracts import Transport
from benchkit.model.endpoint import Endpoint
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import Delay, Fault, Security
from benchkit.model.trace import Trace
from benchkit.testing.client_at_sink import IMPATIENT_S, ClientAtSink, SinkRecords, at_a_sink, endpoint_of
from benchkit.testing.suite import Suite, only
from benchkit.testing.transport_case import TransportCase, full_mail, short_mail

LAST_REPLY = {"smtp": "content", "api": "response"}  # the point of a fault where the server has the message already
SILENCE = Delay("constant", 60_000)


class TransportFailureSuite(Suite):
    """Set `cases` to `ways_of(name, client)`."""

    cases: ClassVar[Sequence[TransportCase]] = ()

    def test_a_port_where_nothing_listens_is_an_outcome(self, case: TransportCase) -> None:
        async def attempt() -> Outcome | None:
            listening = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
            port = listening.sockets[0].getsockname()[1]
            listening.close()
            await listening.wait_closed()
            transport, trace = case.client(endpoint_of(case.arm(), port)), Trace()
            failure = await transport.connect(trace)
            await transport.close(trace)
            return failure

        failure = uvloop.run(attempt())
        assert failure is not None
        assert failure.kind is OutcomeKind.UNREACHABLE
        assert failure.text

    def test_a_certificate_that_cannot_be_trusted_is_an_outcome(self, case: TransportCase) -> None:
        def without_authority(endpoint: Endpoint) -> Transport:
            return case.client(replace(endpoint, ca_pem=""))

        async def attempt() -> Outcome | None:
            async with at_a_sink(case.arm(), SinkRecords(), client=without_authority) as (transport, _):
                trace = Trace()
                failure = await transport.connect(trace)
                assert transport.connected is (failure is None)
                return failure

        failure = uvloop.run(attempt())
        assert (failure is None) == (case.security is Security.NONE)
        assert failure is None or failure.kind is OutcomeKind.UNREACHABLE

    @only(lambda case: bool(case.auth))
    def test_a_wrong_password_is_a_rejection_and_sends_nothing(self, case: TransportCase) -> None:

        async def attempt(seen: SinkRecords) -> Outcome | None:
            async with at_a_sink(case.arm(), seen, client=case.client, password="wrong") as (transport, _):
                return await transport.connect(Trace())

        seen = SinkRecords()
        failure = uvloop.run(attempt(seen))
        assert failure is not None
        assert (failure.kind, failure.code) == (OutcomeKind.REJECTED, 535)
        assert not [line for line in seen.commands() if line.upper().startswith("MAIL")]

    def test_no_answer_to_the_content_is_in_doubt_and_the_connection_is_not_used_again(
        self, case: TransportCase
    ) -> None:
        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            assert (await seen.send(short_mail())).kind is OutcomeKind.AMBIGUOUS
            assert not seen.transport.connected

        for fault in (Fault(LAST_REPLY[case.transport], drop=True), Fault(LAST_REPLY[case.transport], delay=SILENCE)):
            assert case.converse(conversation, faults=(fault,), timeout_s=IMPATIENT_S).arrived == [0]

    @only(lambda case: case.transport == "smtp" and case.dialogue == "step")
    def test_a_connection_that_breaks_before_the_content_is_no_doubt(self, case: TransportCase) -> None:

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            outcome = await seen.send(short_mail())
            assert outcome.kind is OutcomeKind.UNREACHABLE
            assert outcome.text
            assert not seen.transport.connected

        assert case.converse(conversation, faults=(Fault("mail", drop=True),)).arrived == []

    def test_a_refusal_is_an_outcome_and_costs_no_connection(self, case: TransportCase) -> None:
        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            for number in range(2):
                outcome = await seen.send(short_mail(number), number)
                assert (outcome.kind, outcome.code) == (OutcomeKind.DEFERRED, 503 if case.transport == "api" else 451)
                assert seen.transport.connected

        fault = Fault("request", status=503) if case.transport == "api" else Fault("mail", reply="451 4.3.0 later")
        seen = case.converse(conversation, faults=(fault,))
        assert seen.arrived == []
        assert {line.connection for line in seen.transcript.lines} == {0}
        first = "MAIL" if case.transport == "smtp" else "POST"
        assert len([line for line in seen.commands() if line.upper().startswith(first)]) == 2, "it retries by itself"

    @only(lambda case: case.transport == "smtp")
    def test_a_content_that_is_refused_is_not_accepted(self, case: TransportCase) -> None:
        """RFC 5321 §4.3.2: the reply to the content decides, whatever was said before; its codes are kept (RFC 2034)."""
        replies = {"550 5.7.1 spam": OutcomeKind.REJECTED, "451 4.7.1 later": OutcomeKind.DEFERRED}
        for reply, kind in replies.items():
            lines = (kind, *reply.split()[:2])

            async def conversation(seen: ClientAtSink, lines: tuple[object, ...] = lines) -> None:
                await seen.connect()
                outcome = await seen.send(short_mail())
                assert (outcome.kind, str(outcome.code), outcome.enhanced) == lines
                assert outcome.text

            assert case.converse(conversation, faults=(Fault("content", reply=reply),)).arrived == []

    @only(lambda case: case.transport == "smtp")
    def test_recipients_that_are_refused_are_told(self, case: TransportCase) -> None:
        """The message goes to the others; where all are refused it is not accepted."""
        outcomes: list[Outcome] = []

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            outcomes.extend([await seen.send(full_mail(case.arm()), number) for number in range(12)])

        seen = case.converse(conversation, faults=(Fault("rcpt", probability=0.5, reply="550 5.1.1 no such user"),))
        accepted = [outcome for outcome in outcomes if outcome.kind is OutcomeKind.ACCEPTED]
        assert len(seen.ledger.arrivals) == len(accepted)
        assert any(outcome.refused for outcome in accepted)
        for outcome, arrival in zip(accepted, seen.ledger.arrivals, strict=True):
            assert len(outcome.refused) + arrival.recipients == 4
            assert set(outcome.refused) < set(full_mail(case.arm()).recipients)

    def test_cancelling_a_send_leaves_nothing_behind(self, case: TransportCase) -> None:
        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await seen.send(short_mail())
            await seen.transport.close(seen.trace)
            assert not seen.transport.connected

        case.converse(conversation, faults=(Fault(LAST_REPLY[case.transport], delay=SILENCE),), timeout_s=5.0)

    def test_closing_never_raises(self, case: TransportCase) -> None:
        async def conversation(seen: ClientAtSink) -> None:
            await seen.transport.close(seen.trace)
            await seen.connect()
            await seen.transport.close(seen.trace)
            await seen.transport.close(seen.trace)
            assert not seen.transport.connected

        case.converse(conversation)
