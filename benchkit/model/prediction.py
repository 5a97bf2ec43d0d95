"""What a message takes at numbers that the run did not measure: T = a + b·RTT for each way of sending (docs/method.md §9).

Values and plain arithmetic only, in an order that the page's script repeats: both give the same numbers to the last bit.
stats/prediction.py fits the coefficients; report/content turns predictions into sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt

from benchkit.model.estimate import Estimate


class Basis(StrEnum):
    """What the line and its interval rest on."""

    PASSES = "passes"  # a line for each start of the processes: the interval knows how starts differ
    CONDITIONS = "conditions"  # one line over three or more RTTs
    TWO_RTTS = "two RTTs"  # the interval knows only the blocks' noise within each
    ROUND_TRIPS = "round trips"  # one RTT: the slope is the number of round trips, not a fit


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Service time in ms = intercept + slope · RTT, with the variances of both; None where nothing shows the error."""

    intercept_ms: float
    slope: float
    var_intercept: float | None = None
    covariance: float | None = None
    var_slope: float | None = None
    critical: float = 0.0  # Student's t: half an interval is so many standard errors

    def at(self, rtt_ms: float) -> Estimate:
        value = self.intercept_ms + self.slope * rtt_ms
        if self.var_intercept is None or self.covariance is None or self.var_slope is None:
            return Estimate(value)
        variance = self.var_intercept + 2 * rtt_ms * self.covariance + rtt_ms * rtt_ms * self.var_slope
        half = self.critical * sqrt(max(0.0, variance))
        return Estimate(value, value - half, value + half)

    def time_at(self, rtt_ms: float) -> Estimate:
        """As `at`, of one arm: a time is never below 0, though near RTT 0 a fitted line or its interval may be."""
        found = self.at(rtt_ms)
        value, low, high = (None if end is None else max(0.0, end) for end in (found.value, found.low, found.high))
        return Estimate(value, low, high)

    def plus(self, intercept_ms: float, slope: float) -> TimeLine:
        """With what is known without an error on top."""
        return replace(self, intercept_ms=self.intercept_ms + intercept_ms, slope=self.slope + slope)


def combined(first_weight: float, first: TimeLine, second_weight: float, second: TimeLine) -> TimeLine:
    """A weighted sum. The errors are taken for independent: arms share the machine, so the interval is rather too wide."""

    def variances(one: float | None, other: float | None) -> float | None:
        if one is None or other is None:
            return None
        return first_weight * first_weight * one + second_weight * second_weight * other

    return TimeLine(
        first_weight * first.intercept_ms + second_weight * second.intercept_ms,
        first_weight * first.slope + second_weight * second.slope,
        variances(first.var_intercept, second.var_intercept),
        variances(first.covariance, second.covariance),
        variances(first.var_slope, second.var_slope),
        max(first.critical, second.critical),
    )


@dataclass(frozen=True, slots=True)
class ArmModel:
    """One arm over the links that differ in RTT alone. `openings` are connections opened for each message: 1, 0 or 1/N.

    `other` is the same way of sending with another number of openings, measured in the same run: between the two a message
    pays for its share. Without it the set-up is the arm's own phases and round trips. Nothing was measured about processor
    time per recipient or request: it stays as measured, and only round trips change.
    """

    arm: str
    transport: str
    link: str
    basis: Basis
    lowest_rtt_ms: float
    highest_rtt_ms: float
    line: TimeLine
    openings: float
    other: TimeLine | None = None
    other_openings: float = 0.0
    setup_ms: float | None = None  # processor time of opening a connection, where `other` is None
    setup_turns: int | None = None
    recipients: float = 1.0  # of a message, as measured
    turns_per_recipient: float = 0.0
    messages_per_request: int = 1
    request_turns: float = 0.0  # round trips that the messages of a request share
    way: str = ""  # the first arm that sends in the same way, but for what becomes of the connection

    def at(
        self,
        *,
        rtt_ms: float,
        messages_per_connection: float | None = None,
        recipients: float | None = None,
        messages_per_request: float | None = None,
    ) -> Estimate:
        """Milliseconds for one message, with the fitted interval; what is not given stays as it was measured.

        The value is None where no arm of the run measured what a connection's set-up costs.
        """
        line = self.line_for(
            messages_per_connection=messages_per_connection,
            recipients=recipients,
            messages_per_request=messages_per_request,
        )
        return Estimate(None) if line is None else line.time_at(rtt_ms)

    def line_for(
        self,
        *,
        messages_per_connection: float | None = None,
        recipients: float | None = None,
        messages_per_request: float | None = None,
    ) -> TimeLine | None:
        """The time on RTT at these numbers; None where it is not known."""
        openings = self.openings if messages_per_connection is None else 1 / messages_per_connection
        line = self._opened(openings)
        if line is None:
            return None
        more_recipients = (self.recipients if recipients is None else recipients) - self.recipients
        per_request = self.messages_per_request if messages_per_request is None else messages_per_request
        turns = self.turns_per_recipient * more_recipients
        return line.plus(0.0, turns + self.request_turns * (1 / per_request - 1 / self.messages_per_request))

    def _opened(self, openings: float) -> TimeLine | None:
        """With so many connections opened for each message."""
        if openings == self.openings:
            return self.line
        if self.other is not None:
            weight = (self.other_openings - openings) / (self.other_openings - self.openings)
            return combined(weight, self.line, 1 - weight, self.other)
        if self.setup_ms is None or self.setup_turns is None:
            return None
        more = openings - self.openings
        return self.line.plus(more * self.setup_ms, more * self.setup_turns)
