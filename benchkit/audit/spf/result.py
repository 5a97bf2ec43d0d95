"""The result of evaluating SPF for one message (RFC 7208 §2.6), and the terms that led to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from benchkit.audit.records.text import Span
from benchkit.model.dns import Answer


class SpfResult(StrEnum):
    """RFC 7208 §2.6."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


@dataclass(frozen=True, slots=True)
class EvaluationStep:
    """One term of one domain's record; `span` is its place there."""

    domain: str
    term: str
    span: Span


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`path` leads from the sender's domain to the term that decided, or at which evaluation broke off."""

    result: SpfResult
    domain: str
    path: tuple[EvaluationStep, ...] = ()
    explanation: str = ""  # from exp=, for a fail only
    problem: str = ""  # one sentence, for none, temperror and permerror
    lookups: int = 0
    voids: int = 0
    answers: tuple[Answer, ...] = ()  # in the order they came
