"""Quantiles of the distributions that intervals need, by scipy.special: scipy.stats takes three times as long to import."""

from __future__ import annotations

from math import ceil
from statistics import NormalDist
from typing import Any

from scipy.special import bdtr, bdtrik, betaincinv, gammaincinv, ndtr, stdtr, stdtrit


def normal_quantile(p: float) -> float:
    return NormalDist().inv_cdf(p)


def normal_tail(z: float) -> float:
    """P(Z > z)."""
    return float(ndtr(-z))


def normal_cdf(z: Any) -> Any:
    """P(Z ≤ z), of each."""
    return ndtr(z)


def chi_square_quantiles(shares: Any, degrees: float) -> Any:
    return 2 * gammaincinv(degrees / 2, shares)


def student_t_quantile(p: float, degrees: float) -> float:
    return float(stdtrit(degrees, p))


def student_t_tail(t: float, degrees: float) -> float:
    """P(T > t)."""
    return float(stdtr(degrees, -t))


def beta_quantile(p: float, a: float, b: float) -> float:
    return float(betaincinv(a, b, p))


def binomial_cdf(k: int, n: int, p: float) -> float:
    """P(B ≤ k); 0 below 0."""
    return float(bdtr(k, n, p)) if k >= 0 else 0.0


def binomial_quantile(tail: float, n: int, p: float) -> int:
    """The smallest k with P(B ≤ k) ≥ tail."""
    guess = bdtrik(tail, n, p)
    k = 0 if guess != guess else max(0, ceil(float(guess)))  # NaN: even k = 0 reaches the tail
    while k > 0 and binomial_cdf(k - 1, n, p) >= tail:
        k -= 1
    while k < n and binomial_cdf(k, n, p) < tail:
        k += 1
    return k
