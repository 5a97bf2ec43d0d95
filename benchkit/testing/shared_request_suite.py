"""What a client with batch requests must guarantee: each message has its outcome, and the round trip is shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from benchkit.batch import to_mime
from benchkit.model.contracts import Batches
from benchkit.model.identity import nth_key, token_of
from benchkit.model.message import Address, Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import Delay, Fault
from benchkit.sink import parse_body
from benchkit.testing.client_at_sink import IMPATIENT_S, RUN_TOKEN, ClientAtSink
from benchkit.testing.suite import Suite
from benchkit.testing.transport_case import TransportCase, short_mail

PER_REQUEST = 5


def to_one(number: int) -> Message:
    """A different recipient for each."""
    address = f"user{number}@example.com"
    content = replace(short_mail(number).content, to=(Address("", address),))
    return Message(number, content, to_mime(content), "shop@shop.example", (address,))


async def send_together(seen: ClientAtSink, sends: Sequence[int]) -> list[OutcomeKind]:
    """Sends these of five messages in one request."""
    transport = seen.transport
    assert isinstance(transport, Batches)
    prepared = transport.prepare_batch([to_one(number) for number in range(PER_REQUEST)])
    shared, identities = [prepared[number % PER_REQUEST] for number in sends], [token_of(RUN_TOKEN, n) for n in sends]
    seen.trace.begin()
    outcomes = await transport.send_batch(shared, identities, seen.trace)
    assert list(seen.trace.edges) == sorted(seen.trace.edges)
    assert seen.trace.ended_ns >= seen.trace.started_ns
    return [outcome.kind for outcome in outcomes]


class SharedRequestSuite(Suite):
    """Set `cases` to the ways of clients that offer batches, with a provider that takes several messages."""

    cases: ClassVar[Sequence[TransportCase]] = ()

    def test_messages_that_share_a_request_arrive_once_each_and_share_its_turn(self, case: TransportCase) -> None:
        turns = []

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            for sends in ([0, 1, 2, 3, 4], [7, 5], [14]):
                assert await send_together(seen, sends) == [OutcomeKind.ACCEPTED] * len(sends)
                turns.append(seen.trace.turns)

        seen = case.converse(conversation, messages_per_request=PER_REQUEST)
        assert seen.arrived == [0, 1, 2, 3, 4, 7, 5, 14]
        assert turns == [1, 1, 1]
        assert len(seen.commands()) == 3
        digests = {
            nth_key(key, nth): mail.content.digest
            for (_, key), (head, body) in seen.ledger.bodies.items()
            for nth, mail in enumerate(parse_body("api", case.provider, head, body))
        }
        expected = [to_one(number % PER_REQUEST).digest for number in seen.arrived]
        assert [digests[arrival.key] for arrival in seen.ledger.arrivals] == expected

    def test_no_answer_to_a_request_leaves_all_its_messages_in_doubt(self, case: TransportCase) -> None:
        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            assert await send_together(seen, [0, 1, 2]) == [OutcomeKind.AMBIGUOUS] * 3
            assert not seen.transport.connected

        for fault in (Fault("response", drop=True), Fault("response", delay=Delay("constant", 60_000))):
            changes = {"faults": (fault,), "timeout_s": IMPATIENT_S, "messages_per_request": PER_REQUEST}
            assert case.converse(conversation, **changes).arrived == [0, 1, 2]

    def test_a_request_refused_is_refused_for_all_its_messages(self, case: TransportCase) -> None:
        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            assert await send_together(seen, [0, 1]) == [OutcomeKind.THROTTLED] * 2
            assert seen.transport.connected

        faults = (Fault("request", status=429),)
        assert case.converse(conversation, faults=faults, messages_per_request=PER_REQUEST).arrived == []
