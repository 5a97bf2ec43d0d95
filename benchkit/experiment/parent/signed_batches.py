"""The batch as each arm with `dkim` sends it: signed once, before the clock starts; with the cost of a signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean, median
from time import perf_counter_ns

from benchkit.errors import InputError, Mistake
from benchkit.model.clock import utc_now
from benchkit.model.message import Batch
from benchkit.model.scenario import Dkim, Scenario
from benchkit.model.secret import Secret
from benchkit.protocol.dkim_signature import DkimSigner
from benchkit.scenario.locate import Position, locate


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """`facts` are fields of the arm's record (model/run.py)."""

    batch: Batch
    facts: Mapping[str, str | float]


def sign_batches(
    scenario: Scenario, batch: Batch, keys: Mapping[int, Secret], of_arms: Mapping[int, Batch]
) -> dict[int, SignedBatch]:
    """By arm; `of_arms` are those of arms that do not send the batch itself.

    Raises InputError for a key that cannot sign, or a message that cannot be signed.
    """
    signed = {}
    for number, arm in enumerate(scenario.arms):
        if arm.dkim is not None:
            try:
                signed[number] = _signed(arm.dkim, of_arms.get(number, batch), keys[number])
            except ValueError as error:
                raise InputError(_mistake(scenario, number, f"(arm {arm.name!r}) {error}")) from None
    return signed


def _signed(dkim: Dkim, batch: Batch, key: Secret) -> SignedBatch:
    try:
        signer = DkimSigner(dkim.domain, dkim.selector, key.reveal())
    except ValueError as error:
        raise ValueError(f"the key in {dkim.key.source} {dkim.key.name} {error}") from None
    now_s = int(utc_now().timestamp())
    messages, took_us, sizes = [], [], []
    for message in batch.messages:
        started_ns = perf_counter_ns()
        field = signer.field(message.mime, now_s)
        took_us.append((perf_counter_ns() - started_ns) / 1000)
        sizes.append(len(field))
        messages.append(replace(message, mime=field + message.mime))
    facts: dict[str, str | float] = {
        "dkim": f"d={dkim.domain} s={dkim.selector} {signer.key_kind}",
        "signing_us": round(median(took_us), 1),
        "signature_bytes": round(fmean(sizes), 1),
    }
    return SignedBatch(replace(batch, messages=tuple(messages)), facts)


def _mistake(scenario: Scenario, arm: int, message: str) -> Mistake:
    """The error, located at the arm's signature in the file."""
    place = locate(scenario.source).get(("arm", arm, "dkim"), Position(0, 0))
    return Mistake(str(scenario.path), message, place.line, place.column, key=f"arm.{arm}.dkim")
