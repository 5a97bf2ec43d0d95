"""Before the first send: whether each provider can make requests of the batch, and of any messages that would share one.

A cell takes its messages from the batch one after the other, round and round, so any so many that follow each other may meet;
where several workers share it, each takes every n-th, and so reaches n times as far.
"""

from __future__ import annotations

from itertools import cycle, islice

from benchkit.errors import InputError, Mistake
from benchkit.model.contracts import BatchProvider
from benchkit.model.exchange import Credentials
from benchkit.model.message import Batch
from benchkit.model.scenario import ArmSpec, LoadSpec, Scenario
from benchkit.providers import PROVIDERS
from benchkit.scenario.locate import Position, locate


def check_requests(scenario: Scenario, batch: Batch) -> None:
    """Raises InputError with a line for each arm whose provider cannot send this mail in the way that the arm asks for."""
    mistakes = [
        _mistake(scenario, number, f"(arm {arm.name!r}) {reason}")
        for number, arm in enumerate(scenario.arms)
        if arm.provider and (reason := _obstacle(arm, batch, scenario.load))
    ]
    if mistakes:
        raise InputError(*mistakes)


def _mistake(scenario: Scenario, arm: int, message: str) -> Mistake:
    """At the arm's table in the file."""
    place = locate(scenario.source).get(("arm", arm), Position(0, 0))
    return Mistake(str(scenario.path), message, place.line, place.column, key=f"arm.{arm}")


def _obstacle(arm: ArmSpec, batch: Batch, load: LoadSpec) -> str:
    provider, account = PROVIDERS[arm.provider], Credentials("", arm.options)
    try:
        if arm.messages_per_request == 1:
            for message in batch.messages:  # what cannot be carried may stand in one of them only
                provider.request(message, account)
            return ""
        assert isinstance(provider, BatchProvider), "the scenario's rules know which providers are"
        keys = provider.batch(batch.messages, account).keys
    except ValueError as error:
        return str(error)
    return _repeated(keys, min(arm.messages_per_request * load.workers, load.messages_per_block), load.workers)


def _repeated(keys: tuple[str, ...], reach: int, workers: int = 1) -> str:
    """Whether two messages with the same key are less than `reach` apart, on a round through the batch and into the next."""
    last_seen: dict[str, int] = {}
    closest, who = reach, ""
    for place, key in enumerate(islice(cycle(keys), len(keys) + reach if keys else 0)):
        apart = place - last_seen.get(key, -reach)
        if apart < closest:
            closest, who = apart, key
        last_seen[key] = place
    most = max(1, closest // workers)
    return f"two messages in one request would go to {who}: give more recipients, or at most {most}" if who else ""
