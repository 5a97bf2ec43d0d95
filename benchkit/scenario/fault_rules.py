"""What can go wrong where: the points of each protocol's dialogue, and what a fault and a limit of an arm must say.

Law: as in rules.py. The points are those of model.scenario.Fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from benchkit.errors import listed, suggestion
from benchkit.scenario.arm_form import DelayForm, FaultForm
from benchkit.scenario.locate import KeyPath
from benchkit.scenario.parsed_scenario import ParsedScenario

_POINTS: Mapping[str, tuple[str, ...]] = {
    "smtp": ("connect", "banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "content", "quit"),
    "api": ("connect", "request", "response"),
}
_REPLY = re.compile(r"[2-5]\d\d( [^\x00-\x1f\x7f]*)?")  # RFC 5321 §4.2
DELAY_KEYS: Mapping[str, tuple[str, ...]] = {
    "constant": ("value",),
    "uniform": ("low", "high"),
    "exponential": ("mean",),
    "lognormal": ("median", "sigma"),
}


def check_fault(draft: ParsedScenario, arm: int, index: int) -> None:
    """A fault happens at a point of its arm's protocol and does something that this protocol has."""
    path: KeyPath = ("arm", arm, "fault", index)
    fault, transport = draft.form.arm[arm].fault[index], draft.form.arm[arm].transport
    points = _POINTS.get(transport, ())
    if fault.at and fault.at not in points:
        draft.mistakes.add((*path, "at"), f'"{fault.at}" is no point of {transport}; {suggestion(fault.at, points)}')
    _check_reached(draft, arm, (*path, "at"), fault.at)
    if not any(draft.gives(*path, key) for key in ("reply", "status", "delay_ms", "drop")):
        does = "reply, delay_ms or drop" if transport == "smtp" else "status, delay_ms or drop"
        draft.mistakes.add(path, f"does nothing: give {does}")
    _check_answer(draft, path, fault, transport)
    if isinstance(fault.delay_ms, DelayForm):
        _check_delay(draft, (*path, "delay_ms"), fault.delay_ms)


def _check_reached(draft: ParsedScenario, arm: int, path: KeyPath, at: str) -> None:
    """STARTTLS and AUTH are points only of a dialogue that has them."""
    form = draft.form.arm[arm]
    if form.transport != "smtp":
        return
    if at == "starttls" and form.security != "starttls" and not draft.mistakes.reported(("arm", arm, "security")):
        draft.mistakes.add(path, 'is never reached: the arm has no security = "starttls"')
    if at == "auth" and not draft.gives("arm", arm, "auth"):
        draft.mistakes.add(path, "is never reached: the arm has no auth")


def _check_answer(draft: ParsedScenario, path: KeyPath, fault: FaultForm, transport: str) -> None:
    foreign = ("status", "retry_after_s") if transport == "smtp" else ("reply",)
    for key in foreign:
        if draft.gives(*path, key):
            draft.mistakes.add((*path, key), f"is nothing that {transport} has; {_own_answer(transport)}")
    if fault.at == "connect" and (fault.reply or fault.status):
        key = "reply" if fault.reply else "status"
        draft.mistakes.add((*path, key), "cannot be given at connect: nothing was asked yet; use a later point")
    if draft.gives(*path, "reply") and not _REPLY.fullmatch(fault.reply):
        draft.mistakes.add((*path, "reply"), 'must be a code and a text, as "450 4.2.1 busy"')
    if draft.gives(*path, "retry_after_s") and not draft.gives(*path, "status"):
        draft.mistakes.add((*path, "retry_after_s"), "goes with a status: give one, as 429")


def _own_answer(transport: str) -> str:
    return 'use reply = "450 4.2.1 busy"' if transport == "smtp" else "use status = 503"


def _check_delay(draft: ParsedScenario, path: KeyPath, delay: DelayForm) -> None:
    """A distribution has its own parameters, all of them, and no others."""
    if not draft.gives(*path, "distribution") or draft.mistakes.reported((*path, "distribution")):
        return
    keys = DELAY_KEYS[delay.distribution]
    for key in keys:
        if not draft.gives(*path, key):
            draft.mistakes.add((*path, key), f"is missing: {delay.distribution} needs {listed(keys)}")
    for key in {key for keys in DELAY_KEYS.values() for key in keys} - set(keys):
        if draft.gives(*path, key):
            draft.mistakes.add((*path, key), f"is no parameter of {delay.distribution}, which has {listed(keys)}")
    if delay.low is not None and delay.high is not None and delay.low > delay.high:
        draft.mistakes.add((*path, "low"), "must not be above high")


def check_limit(draft: ParsedScenario, arm: int) -> None:
    if draft.gives("arm", arm, "limit", "burst") and not draft.gives("arm", arm, "limit", "rate_per_s"):
        draft.mistakes.add(("arm", arm, "limit", "burst"), "goes with rate_per_s: give one")
