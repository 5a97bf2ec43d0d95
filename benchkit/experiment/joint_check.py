"""Before the first send: whether the messages of the batch can share requests, however an arm would put them together.

A cell takes its messages from the batch one after the other, round and round, so any so many that follow each other may meet.
"""

from __future__ import annotations

from itertools import cycle, islice

from benchkit.errors import InputError, Mistake
from benchkit.model.contracts import BatchProvider
from benchkit.model.exchange import Account
from benchkit.model.message import Batch
from benchkit.model.scenario import ArmSpec, Scenario
from benchkit.providers import PROVIDERS


def check_joint_requests(scenario: Scenario, batch: Batch) -> None:
    """Raises InputError with a line for each arm whose messages cannot share its requests."""
    reasons = {
        number: _obstacle(arm, batch, min(arm.messages_per_request, scenario.load.messages_per_block))
        for number, arm in enumerate(scenario.arms)
        if arm.messages_per_request > 1
    }
    mistakes = [
        Mistake(str(scenario.path), f"(arm {scenario.arms[number].name!r}) {reason}", key=_key(number))
        for number, reason in reasons.items()
        if reason
    ]
    if mistakes:
        raise InputError(*mistakes)


def _key(arm: int) -> str:
    return f"arm.{arm}.messages_per_request"


def _obstacle(arm: ArmSpec, batch: Batch, together: int) -> str:
    provider = PROVIDERS[arm.provider]
    assert isinstance(provider, BatchProvider), "the scenario's rules know which providers are"
    try:
        keys = provider.batch(batch.messages, Account("", arm.options)).keys
    except ValueError as error:
        return str(error)
    return _repeated(keys, together)


def _repeated(keys: tuple[str, ...], together: int) -> str:
    """Whether two messages with the same key are less than `together` apart, on a round through the batch and into the next."""
    last_seen: dict[str, int] = {}
    closest, who = together, ""
    for place, key in enumerate(islice(cycle(keys), len(keys) + together if keys else 0)):
        apart = place - last_seen.get(key, -together)
        if apart < closest:
            closest, who = apart, key
        last_seen[key] = place
    return f"two messages in one request would go to {who}: give more recipients, or at most {closest}" if who else ""
