"""Each arm's delivered rate, and the share that passes authentication, against the baseline's: what can decide before speed.

Two rates are level where the whole interval of their difference lies within the margin, and one is worse where the whole
interval lies beyond it. Otherwise the sample is too small, and it is said how many copies would do at these rates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchkit.events.webhooks import WEBHOOKS
from benchkit.model.deliverability import MARGIN, ArmPlacements, DeliveryRates, RateContrast, RateVerdict
from benchkit.model.estimate import Estimate
from benchkit.model.run import Manifest
from benchkit.stats.placements import METHODS
from benchkit.stats.proportion import wilson
from benchkit.stats.rate_difference import newcombe

MOST_COPIES = 10_000_000


def rate_contrasts(
    manifest: Manifest, arms: Sequence[DeliveryRates], placements: Sequence[ArmPlacements]
) -> tuple[RateContrast, ...]:
    """Copies of an arm (A/A) are left out: they send in the same way."""
    found: list[RateContrast] = []
    base = next((number for number, arm in enumerate(manifest.arms) if arm.baseline), 0)
    for number, arm in enumerate(manifest.arms):
        if number == base or arm.aa_of >= 0:
            continue
        if arms:
            found.append(_delivered(manifest, arms, number, base))
        if placements:
            found += _authenticated(placements[number], placements[base], manifest.confidence)
    return tuple(found)


def _delivered(manifest: Manifest, arms: Sequence[DeliveryRates], number: int, base: int) -> RateContrast:
    """Not known while more copies than the margin have no event: they may be delivered, or lost."""
    sides = [(arms[side].name, arms[side].rates["delivered"]) for side in (number, base)]
    found = rate_contrast("delivered", sides[0], sides[1], manifest.confidence)
    lacking = [side for side in (number, base) if arms[side].unheard > MARGIN * arms[side].accepted]
    if not lacking:
        return found
    most = max(lacking, key=lambda side: arms[side].unheard)
    return replace(
        found, verdict=RateVerdict.NOT_KNOWN, needed=None, unheard=arms[most].unheard, unheard_arm=arms[most].name,
        sends_events=manifest.arms[most].provider in WEBHOOKS.names(),
    )  # fmt: skip


def _authenticated(arm: ArmPlacements, base: ArmPlacements, confidence: float) -> Iterator[RateContrast]:
    """By the first method of which the receivers gave results to both arms."""
    for method in METHODS:
        if all(any(name.startswith(f"{method}=") for name in one.results) for one in (arm, base)):
            sides = [(one.arm, one.result_rates[method]) for one in (arm, base)]
            yield rate_contrast(method, sides[0], sides[1], confidence)
            return


def rate_contrast(
    what: str, arm: tuple[str, Estimate], baseline: tuple[str, Estimate], confidence: float
) -> RateContrast:
    """Both sides by name and rate."""
    rate, baseline_rate = arm[1], baseline[1]
    difference = newcombe(rate, baseline_rate)
    verdict = _verdict(difference)
    needed = _needed(rate, baseline_rate, confidence) if verdict is RateVerdict.OPEN else None
    return RateContrast(what, arm[0], baseline[0], rate, baseline_rate, difference, verdict, needed)


def _verdict(difference: Estimate) -> RateVerdict:
    if difference.low is None or difference.high is None:
        return RateVerdict.NOT_KNOWN
    if difference.high < -MARGIN:
        return RateVerdict.WORSE
    if difference.low > MARGIN:
        return RateVerdict.BETTER
    return RateVerdict.LEVEL if difference.low >= -MARGIN and difference.high <= MARGIN else RateVerdict.OPEN


def _needed(rate: Estimate, baseline_rate: Estimate, confidence: float) -> int | None:
    """Copies an arm, to two digits upward, that would decide if the rates stayed as they are."""
    low, high = 1, 2
    while not _decides(rate, baseline_rate, high, confidence):
        low, high = high, 2 * high
        if high > MOST_COPIES:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _decides(rate, baseline_rate, middle, confidence) else (middle, high)
    step = int(10 ** max(0, len(str(high)) - 2))
    return -(-high // step) * step


def _decides(rate: Estimate, baseline_rate: Estimate, copies: int, confidence: float) -> bool:
    sides = [wilson((one.value or 0.0) * copies, copies, confidence) for one in (rate, baseline_rate)]
    return _verdict(newcombe(*sides)) is not RateVerdict.OPEN
