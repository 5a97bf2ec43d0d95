"""The limits of RFC 7208 §4.6.4 as a wrapper around `Ask`: 10 terms that ask the DNS, 2 of them void.

A term counts once, whatever it asks; it is void by its own question, the first one, not by those for the hosts of an `mx` or
the names of a `ptr`. The `%{p}` macro and `exp` ask through `LookupLimits.ask`, which counts nothing.
"""

from __future__ import annotations

from benchkit.audit.spf.result import SpfResult
from benchkit.model.dns import Answer, AnswerState, Ask

LOOKUP_LIMIT = 10
VOID_LIMIT = 2
_VOID = (AnswerState.NODATA, AnswerState.NXDOMAIN)


class EvaluationStopped(Exception):
    """Evaluation ends here with temperror or permerror; caught in check_host.py."""

    def __init__(self, result: SpfResult, problem: str) -> None:
        super().__init__(problem)
        self.result = result


def is_void(answer: Answer) -> bool:
    """No such name, or no such records at it (§4.6.4)."""
    return answer.state in _VOID


class LookupLimits:
    """Counts terms and voids, and keeps every answer, in the order of the questions: an answer that comes late moves none."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.lookups = 0
        self.voids = 0
        self._answers: list[Answer | None] = []

    @property
    def answers(self) -> tuple[Answer, ...]:
        return tuple(answer for answer in self._answers if answer is not None)

    async def ask(self, name: str, type: str) -> Answer:  # noqa: A002 (the field's word)
        """A question that counts for nothing."""
        place = len(self._answers)
        self._answers.append(None)
        answer = self._answers[place] = await self._ask(name, type)
        return answer

    def term(self) -> Ask:
        """The `Ask` of one more term; raises EvaluationStopped when it is one too many."""
        self.lookups += 1
        if self.lookups > LOOKUP_LIMIT:
            raise EvaluationStopped(SpfResult.PERMERROR, f"more than {LOOKUP_LIMIT} DNS lookups")
        return _TermAsk(self)

    def note(self, answer: Answer) -> None:
        """A term's own answer; raises EvaluationStopped when it is one void too many."""
        self.voids += is_void(answer)
        if self.voids > VOID_LIMIT:
            raise EvaluationStopped(SpfResult.PERMERROR, f"more than {VOID_LIMIT} void DNS lookups")


class _TermAsk:
    def __init__(self, limits: LookupLimits) -> None:
        self._limits = limits
        self._own_question_asked = False

    async def __call__(self, name: str, type: str) -> Answer:  # noqa: A002 (the field's word)
        own, self._own_question_asked = not self._own_question_asked, True
        answer = await self._limits.ask(name, type)
        if own:
            self._limits.note(answer)
        return answer
