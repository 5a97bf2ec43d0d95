"""The CPU cost of making each API arm's requests, before the clock and within each send, measured on some messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from statistics import median
from time import perf_counter_ns, time

from benchkit.model.contracts import Provider, SigningProvider
from benchkit.model.exchange import Credentials, Request
from benchkit.model.identity import PLACEHOLDER, IdentitySlots
from benchkit.model.message import Batch, Message
from benchkit.model.scenario import ArmSpec, Render, Scenario
from benchkit.providers import PROVIDERS
from benchkit.providers.rendering import batch_request, single_requests
from benchkit.transports.api_requests import signer_of

_MESSAGES = 50  # a median of so many is steady enough to be set beside a send
_REPEATS = 3
_SECRET = "0" * 32  # any: only the work of signing with it is timed


def request_costs(scenario: Scenario, batch: Batch, of_arms: Mapping[int, Batch]) -> dict[int, Mapping[str, float]]:
    """By API arm `request_us` and `in_send_us`, of one message (model/run.py). `of_arms`: of arms with a batch of their own."""
    return {
        number: _costs(arm, of_arms.get(number, batch).messages)
        for number, arm in enumerate(scenario.arms)
        if arm.provider
    }


def _costs(arm: ArmSpec, messages: Sequence[Message]) -> Mapping[str, float]:
    one_each = arm.messages_per_request == 1
    made_us, within_us = _of_one_each(arm, messages[:_MESSAGES]) if one_each else _of_several(arm, messages)
    return {"request_us": round(made_us, 1), "in_send_us": round(within_us, 2)}


def _of_one_each(arm: ArmSpec, messages: Sequence[Message]) -> tuple[float, float]:
    """Finding the identity's position is before the clock; filling it in, and a signature, are within a send."""
    provider, account, signer = _speaker(arm)
    if arm.render is not Render.CLIENT:
        return _of_stored(arm, messages)
    times_us, within = [], []
    for message in messages:
        started_ns = perf_counter_ns()
        request = provider.request(message, account)
        slots = IdentitySlots.of(request.body)
        times_us.append(_us_since(started_ns))
        within.append(_fastest_us(partial(_leave, signer, account, request, slots)))
    return median(times_us), median(within)


def _of_stored(arm: ArmSpec, messages: Sequence[Message]) -> tuple[float, float]:
    """The template is made from all mails together: each mail counts its share."""
    provider, account, signer = _speaker(arm)
    requests = single_requests(provider, messages, account, arm.render)
    made = _fastest_us(
        lambda: [IdentitySlots.of(one.body) for one in single_requests(provider, messages, account, arm.render)]
    )
    leaving = [partial(_leave, signer, account, one, IdentitySlots.of(one.body)) for one in requests]
    return made / len(messages), median(map(_fastest_us, leaving))


def _of_several(arm: ArmSpec, messages: Sequence[Message]) -> tuple[float, float]:
    """Each message counts its share of a full batch request, which is assembled within a send."""
    together = messages[: arm.messages_per_request]
    members, identities = range(len(together)), [PLACEHOLDER] * len(together)
    provider, account, signer = _speaker(arm)
    combined = batch_request(provider, together, account, arm.render)
    made_us = _fastest_us(lambda: batch_request(provider, together, account, arm.render))
    within = _fastest_us(lambda: _sign(signer, account, combined.request(members, identities)))
    return made_us / len(together), within / len(together)


def _speaker(arm: ArmSpec) -> tuple[Provider, Credentials, SigningProvider | None]:
    """Found once, as clients do: testing a protocol takes longer than what is timed here."""
    provider, account = PROVIDERS[arm.provider], Credentials(_SECRET, arm.options)
    return provider, account, signer_of(provider, account)


def _leave(signer: SigningProvider | None, account: Credentials, request: Request, slots: IdentitySlots) -> None:
    body = slots.filled(PLACEHOLDER)
    if signer is not None:
        _sign(signer, account, replace(request, body=body))


def _sign(signer: SigningProvider | None, account: Credentials, request: Request) -> None:
    if signer is not None:
        signer.signed(request, account, "localhost", time())


def _fastest_us(call: Callable[[], object]) -> float:
    found = []
    for _ in range(_REPEATS):
        started_ns = perf_counter_ns()
        call()
        found.append(_us_since(started_ns))
    return min(found)


def _us_since(started_ns: int) -> float:
    return (perf_counter_ns() - started_ns) / 1000
