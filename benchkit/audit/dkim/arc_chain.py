"""Verifying a message's ARC chain (RFC 8617 §5.2): the newest message signature, and every seal.

Law: total. A key that could not be looked up is `temperror`. Each receiver decides which sealers it trusts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from benchkit.audit.dkim.verify import DkimResult, find_key, is_good, key_trouble, verify_signature, without_signature
from benchkit.audit.message.parser import Field, Mail
from benchkit.audit.records.arc import (
    FIELDS,
    RESULTS,
    SEAL,
    SIGNATURE,
    ArcChain,
    instance_of,
    parse_arc,
    parse_message_signature,
    parse_seal,
)
from benchkit.model.dns import Answer, Ask
from benchkit.protocol import dkim_canonical as canonical

ORDER = (RESULTS, SIGNATURE, SEAL)  # in which a seal covers the fields of an instance (§5.1.1)


class ArcResult(StrEnum):
    """RFC 8617 §4.4, and temperror where a key was not answered."""

    PASS = "pass"
    FAIL = "fail"
    TEMPERROR = "temperror"


@dataclass(frozen=True, slots=True)
class ArcVerification:
    """`structural`: the sets are no chain, so that no signature was looked at."""

    chain: ArcChain
    result: ArcResult
    reason: str = ""
    structural: bool = False
    answers: tuple[Answer, ...] = ()


async def verify_arc(mail: Mail, ask: Ask) -> ArcVerification | None:
    """None for a message without ARC fields."""
    chain = parse_arc((field.name, field.text) for field in mail.fields)
    if chain is None:
        return None
    if chain.faults:
        return ArcVerification(chain, ArcResult.FAIL, "; ".join(chain.faults[:5]), structural=True)
    sets = {each.instance: _fields_of(mail, each.instance) for each in chain.sets}
    answers: list[Answer] = []
    for why in [await _message_signature(mail, sets[len(sets)][SIGNATURE], ask, answers)] + [
        await _seal(sets, instance, ask, answers) for instance in range(len(sets), 0, -1)
    ]:
        if why is not None:
            return ArcVerification(chain, why[0], why[1], answers=tuple(answers))
    return ArcVerification(chain, ArcResult.PASS, answers=tuple(answers))


Trouble = tuple[ArcResult, str] | None


def _fields_of(mail: Mail, instance: int) -> dict[str, Field]:
    return {field.name: field for field in mail.fields if field.name in FIELDS and instance_of(field.text) == instance}


async def _message_signature(mail: Mail, field: Field, ask: Ask, answers: list[Answer]) -> Trouble:
    found = await verify_signature(mail, field, parse_message_signature(field.text), ask)
    answers += found.answers
    if found.result is DkimResult.PASS:
        return None
    result = ArcResult.TEMPERROR if found.result is DkimResult.TEMPERROR else ArcResult.FAIL
    return result, f"the newest ARC-Message-Signature does not verify: {found.reason}"


async def _seal(sets: dict[int, dict[str, Field]], instance: int, ask: Ask, answers: list[Answer]) -> Trouble:
    field = sets[instance][SEAL]
    seal = parse_seal(field.text)
    if fault := next((fault.message for fault in seal.faults if fault.fatal), ""):
        return ArcResult.FAIL, f"ARC-Seal i={instance}: {fault}"
    answer, key, why = await find_key(seal.selector, seal.domain, ask)
    answers.append(answer)
    if key is None:
        return ArcResult.FAIL if answer.state.known else ArcResult.TEMPERROR, f"ARC-Seal i={instance}: {why}"
    if why := key_trouble(key, seal.algorithm):
        return ArcResult.FAIL, f"ARC-Seal i={instance}: {why}"
    if not is_good(key, seal.signature, sealed_octets(sets, instance)):
        return ArcResult.FAIL, f"ARC-Seal i={instance} does not verify: a set was changed, or the key is another"
    return None


def sealed_octets(sets: dict[int, dict[str, Field]], instance: int) -> bytes:
    """All sets up to this one, always relaxed; the seal itself last, without its signature (§5.1.1)."""
    covered = [sets[each][name] for each in range(1, instance + 1) for name in ORDER][:-1]
    own = canonical.header(without_signature(sets[instance][SEAL].raw), "relaxed").removesuffix(b"\r\n")
    return b"".join(canonical.header(field.raw, "relaxed") for field in covered) + own
