"""What an arm's record says of one message before anything is measured: its round trips, its part of a request."""

from __future__ import annotations

from benchkit.model.run import ArmRecord


def predicted_turns(record: ArmRecord) -> float | None:
    """A message's round trips to "accepted", connection set-up shared among the messages that it serves."""
    if record.setup_turns is None or record.message_turns is None:
        return None
    if record.connection == "reuse":
        return record.message_turns
    messages = 1 if record.connection == "fresh" else int(record.connection.split()[0])
    return record.message_turns + record.setup_turns / messages


def share_of_request(record: ArmRecord) -> float | None:
    """What part of its request's time is a message's; None where requests carried as many as were due."""
    if record.messages_per_request > 1 and record.message_turns is None:
        return None
    return 1 / record.messages_per_request
