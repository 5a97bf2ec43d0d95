"""HTTP/2 servers that take back a stream or a connection: in doubt, but where they say that nothing was done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
import uvloop
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import StreamEnded

from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec
from benchkit.model.trace import Trace
from tests.transports.clients import client_of, outcome_of_one

Kind = OutcomeKind
Answer = Callable[[H2Connection, int], None]
ANSWERS: dict[str, tuple[Answer, Kind]] = {
    "refused": (lambda server, stream: server.reset_stream(stream, ErrorCodes.REFUSED_STREAM), Kind.DEFERRED),
    "cancelled": (lambda server, stream: server.reset_stream(stream, ErrorCodes.CANCEL), Kind.AMBIGUOUS),
    "gone, nothing done": (lambda server, stream: server.close_connection(last_stream_id=0), Kind.DEFERRED),
    "gone": (lambda server, stream: server.close_connection(last_stream_id=stream), Kind.AMBIGUOUS),
}


@pytest.mark.parametrize(("answer", "kind"), ANSWERS.values(), ids=ANSWERS)
def test_what_is_taken_back(
    answer: Answer, kind: Kind, make_arm: Callable[..., ArmSpec], compose_message: Callable[..., Message]
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = H2Connection(H2Configuration(client_side=False))
        server.initiate_connection()
        while data := await reader.read(65_536):
            for event in server.receive_data(data):
                if isinstance(event, StreamEnded) and event.stream_id is not None:
                    answer(server, event.stream_id)
            writer.write(server.data_to_send())
        writer.close()

    async def run() -> Outcome:
        listening = await asyncio.start_server(serve, "127.0.0.1", 0)
        arm = make_arm("api none", client="httpx2h2", timeout_s=0.3)
        client = client_of(arm, listening.sockets[0].getsockname()[1])
        outcome = await outcome_of_one(client, compose_message())
        await client.close(Trace())
        listening.close()
        await listening.wait_closed()
        return outcome

    outcome = uvloop.run(run())
    assert outcome.kind is kind
    assert outcome.text
