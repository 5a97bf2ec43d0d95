"""The physics that a run must agree with: T = a + (b + k(S))·RTT + c·S/BW (method.md §2). Pure functions of numbers.

a: processors and disks; b: sequential turns; k: flights that slow start adds to the content; c: what the wire adds to it.
Nothing here judges a run: agreement.py sets predicted against measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2, sqrt
from typing import Any

import numpy as np
from scipy.stats import t as students_t

from benchkit.model.summary import BreakEven, Estimate

MSS = 1448  # of a 1,500-byte MTU, with TCP's time stamps
INITIAL_WINDOW = 10  # segments (RFC 6928)
HEADERS = 52  # bytes a packet: IPv4 20, TCP 20 and its time stamps 12
SYN_OPTIONS = 8  # MSS, SACK and window scale, which no later packet repeats (RFC 9293 §3.2, RFC 7323)
RECORD, RECORD_PAYLOAD = 22, 16_384  # a TLS 1.3 record: header 5, content type 1, tag 16 (RFC 8446 §5.2)
HELLO, FINISHED = 517, 80  # a ClientHello as OpenSSL pads it; ChangeCipherSpec and Finished with SHA-384


def slow_start_flights(size: int, mss: int = MSS) -> int:
    """k(S): flights beyond the first that `size` bytes take on a new connection, the window doubling; a lower bound."""
    return max(0, ceil(log2(size / (INITIAL_WINDOW * mss) + 1)) - 1)


def message_bytes(payload: int, turns: float, *, tls: bool, mss: int = MSS) -> float:
    """What a message's bytes outward take as IP packets: a header for each full segment, and one a turn, as TLS a record."""
    records = RECORD * (turns + payload // RECORD_PAYLOAD) if tls else 0.0
    return payload + records + HEADERS * (ceil((payload + records) / mss) + turns)


def connection_bytes(turns: int, *, tls: bool) -> float:
    """What a connection takes outward besides messages: a packet a turn, FIN, the last ACK, SYN's options, TLS 1.3's own."""
    return SYN_OPTIONS + HEADERS * (turns + 2) + (HELLO + FINISHED + HEADERS if tls else 0.0)


@dataclass(frozen=True, slots=True)
class Fit:
    """latency = intercept + slope · RTT by least squares; `slope` is in turns, for latency and RTT have one unit."""

    slope: Estimate
    intercept: Estimate


@dataclass(frozen=True, slots=True)
class _Line:
    """A least-squares line with the covariance of its two numbers, and Student's t for its interval."""

    intercept: float
    slope: float
    var_intercept: float
    var_slope: float
    covariance: float
    t: float


def fit(rtt_ms: Any, latency_ms: Any, confidence: float) -> Fit | None:
    """None where there are not at least two round-trip times and three points."""
    line = _line(np.asarray(rtt_ms, dtype=float), np.asarray(latency_ms, dtype=float), confidence)
    if line is None:
        return None
    return Fit(
        _estimate(line.slope, line.t * sqrt(line.var_slope)),
        _estimate(line.intercept, line.t * sqrt(line.var_intercept)),
    )


def break_even_rtt(rtt_ms: Any, difference_ms: Any, confidence: float) -> BreakEven:
    """The RTT at which two arms take equally long, from their paired differences, with Fieller's interval (Fieller 1954).

    "never" where the whole interval lies below an RTT of zero; not identified where the difference does not change with
    RTT for certain, or the interval only begins below zero.
    """
    line = _line(np.asarray(rtt_ms, dtype=float), np.asarray(difference_ms, dtype=float), confidence)
    if line is None or line.slope == 0.0:
        return BreakEven("not identified")
    t2 = line.t**2
    a = line.slope**2 - t2 * line.var_slope
    if a <= 0:
        return BreakEven("not identified")
    b = line.intercept * line.slope - t2 * line.covariance
    c = line.intercept**2 - t2 * line.var_intercept
    half = sqrt(max(0.0, b * b - a * c))
    low, root, high = (-b - half) / a, -line.intercept / line.slope, (-b + half) / a
    if high <= 0:
        return BreakEven("never")
    return BreakEven("at", root, max(0.0, low), high) if root > 0 else BreakEven("not identified")


def _line(x: Any, y: Any, confidence: float) -> _Line | None:
    n = len(x)
    if n < 3 or np.ptp(x) == 0:
        return None
    centre = x.mean()
    spread = float(((x - centre) ** 2).sum())
    slope = float(((x - centre) * (y - y.mean())).sum()) / spread
    intercept = float(y.mean()) - slope * float(centre)
    variance = float(((y - intercept - slope * x) ** 2).sum()) / (n - 2)
    return _Line(
        intercept,
        slope,
        var_intercept=variance * (1 / n + float(centre) ** 2 / spread),
        var_slope=variance / spread,
        covariance=-variance * float(centre) / spread,
        t=float(students_t.ppf((1 + confidence) / 2, n - 2)),
    )


def _estimate(value: float, half_width: float) -> Estimate:
    return Estimate(value, value - half_width, value + half_width)
