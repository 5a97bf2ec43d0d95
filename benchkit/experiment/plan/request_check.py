"""Before the first send: whether each provider can make requests of the batch, and batch requests of its messages.

A cell takes its messages from the batch in order, and starts again at the end. So any consecutive messages can share a
request. If several workers share a cell, each takes every n-th message, and so spans n times as many.
"""

from __future__ import annotations

from itertools import cycle, islice

from benchkit.errors import InputError, Mistake
from benchkit.experiment.plan.arm_batches import arm_batch
from benchkit.model.contracts import Provider
from benchkit.model.exchange import Credentials
from benchkit.model.load import LoadSpec
from benchkit.model.message import Batch
from benchkit.model.scenario import ArmSpec, Render, Scenario
from benchkit.providers.rendering import batch_request, single_requests
from benchkit.providers.sandbox import provider_of
from benchkit.scenario.locate import Position, locate


def check_requests(scenario: Scenario, batch: Batch) -> None:
    """Raises InputError with a line for each arm whose provider cannot send this mail in the way that the arm needs.

    For the user's own mail there is one line for each mail that cannot be sent.
    """
    mistakes = [
        _mistake(scenario, number, f"(arm {arm.name!r}) {reason}")
        for number, arm in enumerate(scenario.arms)
        if arm.provider
        for reason in (_obstacles if arm.transport == "api" else _relay_obstacles)(arm, batch, scenario.load)
    ]
    if mistakes:
        raise InputError(*mistakes)


def _mistake(scenario: Scenario, arm: int, message: str) -> Mistake:
    """The error, located at the arm's table in the file."""
    place = locate(scenario.source).get(("arm", arm), Position(0, 0))
    return Mistake(str(scenario.path), message, place.line, place.column, key=f"arm.{arm}")


def _relay_obstacles(arm: ArmSpec, batch: Batch, load: LoadSpec) -> list[str]:
    """Why the provider's relay cannot do what the arm needs."""
    try:
        arm_batch(arm, batch)
    except ValueError as error:
        return [str(error)]
    return []


def _obstacles(arm: ArmSpec, batch: Batch, load: LoadSpec) -> list[str]:
    provider, account, batch = provider_of(arm), Credentials("", arm.options), arm_batch(arm, batch)
    if found := _unsendable(provider, account, batch):
        return found
    if arm.messages_per_request == 1 and arm.render is Render.CLIENT:
        return []
    try:
        if arm.messages_per_request == 1:
            single_requests(provider, batch.messages, account, arm.render)
            return []
        keys = batch_request(provider, batch.messages, account, arm.render).keys
    except ValueError as error:
        return [str(error)]
    reach = min(arm.messages_per_request * load.workers, load.messages_per_block)
    return [obstacle] if (obstacle := _repeated(keys, reach, load.workers)) else []


def _unsendable(provider: Provider, account: Credentials, batch: Batch) -> list[str]:
    """Why the provider cannot send a message: the first reason for composed mail, each reason for the user's own."""
    found: dict[str, str] = {}
    for message in batch.messages:
        if message.source in found:
            continue
        try:
            request = provider.request(message, account)
            if message.source and [mail.content.digest for mail in provider.server.receive(request)] != [
                message.digest
            ]:
                raise ValueError(
                    "the provider would change this mail: leave the mail out, or use an API that takes MIME"
                )
        except ValueError as error:
            found[message.source] = f"{message.source}: {error}" if message.source else str(error)
            if not message.source:
                break
    return list(found.values())


def _repeated(keys: tuple[str, ...], reach: int, workers: int = 1) -> str:
    """Whether two messages with the same key are less than `reach` apart, also across the end of the batch."""
    last_seen: dict[str, int] = {}
    closest, who = reach, ""
    for place, key in enumerate(islice(cycle(keys), len(keys) + reach if keys else 0)):
        apart = place - last_seen.get(key, -reach)
        if apart < closest:
            closest, who = apart, key
        last_seen[key] = place
    most = max(1, closest // workers)
    return (
        f"two messages in one request would go to {who}: give more recipients, or set messages_per_request to {most} or less"
        if who
        else ""
    )
