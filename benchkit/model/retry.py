"""Whether and when a message is tried again, and by which way. Nothing here waits or sends."""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchkit.model.outcome import Outcome, OutcomeKind

IDEMPOTENCY = "idempotency"  # the option of an arm by which a second attempt sends no second mail
# After these the server does not have the message: it may have it after an ambiguous or a garbled answer.
_SAFE = frozenset({OutcomeKind.DEFERRED, OutcomeKind.THROTTLED, OutcomeKind.UNREACHABLE, OutcomeKind.TIMED_OUT})
_IN_DOUBT = frozenset({OutcomeKind.AMBIGUOUS, OutcomeKind.GARBLED})


@dataclass(frozen=True, slots=True)
class RetrySpec:
    """`attempts` of one message, the first included: 1 is no retry. Between them `first_s`, doubled each time, up to `most_s`.

    `jitter` draws each wait between 0 and that (AWS's "full jitter"). `ambiguous`: try again also where the server may have the
    message, which may deliver it twice.
    """

    attempts: int = 1
    backoff: str = "exponential"  # or "constant"
    first_s: float = 1.0
    most_s: float = 60.0
    jitter: bool = True
    ambiguous: bool = False

    def may_retry(self, kind: OutcomeKind) -> bool:
        return may_send_again(kind, ambiguous=self.ambiguous)

    def of_arm(self, *, repeats_safely: bool) -> RetrySpec:
        """With an idempotency key the server has a message once, however often it comes."""
        return replace(self, ambiguous=True) if repeats_safely else self

    def wait_s(self, outcome: Outcome, attempt: int, drawn: float) -> float | None:
        """Before the attempt after number `attempt`, from 1; None: this one was the last. `drawn` is between 0 and 1.

        What the server asked for (Retry-After) is kept to the second; longer than `most_s` is not waited for.
        """
        if attempt >= self.attempts or not self.may_retry(outcome.kind):
            return None
        asked_s = _asked_s(outcome)
        if asked_s > self.most_s:
            return None
        if asked_s > 0:
            return asked_s
        longest = self.first_s * 2 ** (attempt - 1) if self.backoff == "exponential" else self.first_s
        return min(longest, self.most_s) * (drawn if self.jitter else 1.0)


NO_RETRY = RetrySpec()


def may_send_again(kind: OutcomeKind, *, ambiguous: bool) -> bool:
    """`ambiguous`: also where the server may have the message, which may deliver it twice."""
    return kind in _SAFE or (ambiguous and kind in _IN_DOUBT)


def outcome_of_both(before: Outcome, after: Outcome) -> Outcome:
    """Of two attempts of one message: the later one's, but a refusal of that does not take back what may have arrived."""
    return before if before.kind in _IN_DOUBT and not after.kind.may_have_arrived else after


@dataclass(frozen=True, slots=True)
class Failover:
    """The arm, by its number, whose way is taken for what the arm's own server did not take.

    `ambiguous`: also where that may have the message, which may deliver it twice.
    """

    arm: int
    ambiguous: bool = False

    def takes(self, kind: OutcomeKind) -> bool:
        return may_send_again(kind, ambiguous=self.ambiguous)


def _asked_s(outcome: Outcome) -> float:
    """Retry-After, or the reset of a used-up rate limit (RFC 9110 §10.2.3, RateLimit fields); 0 where neither was said."""
    if outcome.retry_after_s > 0:
        return outcome.retry_after_s
    return outcome.rate_reset_s if outcome.rate_remaining == 0 and outcome.rate_reset_s > 0 else 0.0
