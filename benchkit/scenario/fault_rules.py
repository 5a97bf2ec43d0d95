"""What can go wrong where: the points of each protocol's dialogue, and what a fault and a limit of an arm must say.

Law: as in rules.py. The points are those of model.scenario.Fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from benchkit.errors import listed, suggestion
from benchkit.scenario.arm_form import DelayForm, FaultForm
from benchkit.scenario.locate import KeyPath
from benchkit.scenario.parsed_scenario import ParsedScenario
from benchkit.scenario.vocabulary import Vocabulary

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


def check_fault(parsed: ParsedScenario, arm: int, index: int, vocabulary: Vocabulary) -> None:
    """A fault happens at a point of its arm's protocol and does something that this protocol has."""
    path: KeyPath = ("arm", arm, "fault", index)
    fault, transport = parsed.form.arm[arm].fault[index], parsed.form.arm[arm].transport
    points = _POINTS.get(transport, ())
    if fault.at and fault.at not in points:
        parsed.mistakes.add(
            (*path, "at"), f'"{fault.at}" is not a point of {transport}; {suggestion(fault.at, points)}'
        )
    _check_reached(parsed, arm, (*path, "at"), fault.at)
    if not any(parsed.gives(*path, key) for key in ("reply", "status", "answer", "delay_ms", "drop")):
        does = "reply, delay_ms or drop" if transport == "smtp" else "status, answer, delay_ms or drop"
        parsed.mistakes.add(path, f"has no effect: give {does}")
    _check_answer(parsed, path, fault, transport)
    if fault.answer and transport == "api":
        _check_named(parsed, path, fault, vocabulary.answers.get(parsed.form.arm[arm].provider))
    if isinstance(fault.delay_ms, DelayForm):
        _check_delay(parsed, (*path, "delay_ms"), fault.delay_ms)


def _check_reached(parsed: ParsedScenario, arm: int, path: KeyPath, at: str) -> None:
    """STARTTLS and AUTH are points only of a dialogue that has them."""
    form = parsed.form.arm[arm]
    if form.transport != "smtp":
        return
    if at == "starttls" and form.security != "starttls" and not parsed.mistakes.reported(("arm", arm, "security")):
        parsed.mistakes.add(path, 'is never reached: the arm has no security = "starttls"')
    if at == "auth" and not parsed.gives("arm", arm, "auth"):
        parsed.mistakes.add(path, "is never reached: the arm has no auth")


def _check_answer(parsed: ParsedScenario, path: KeyPath, fault: FaultForm, transport: str) -> None:
    foreign = ("status", "answer", "retry_after_s") if transport == "smtp" else ("reply",)
    for key in foreign:
        if parsed.gives(*path, key):
            parsed.mistakes.add((*path, key), f"does not exist for {transport}; {_own_answer(transport)}")
    given_key = next((key for key in ("reply", "status", "answer") if getattr(fault, key)), "")
    if fault.at == "connect" and given_key:
        parsed.mistakes.add(
            (*path, given_key), ("cannot be given at connect, before the client has sent anything: use a later point")
        )
    if parsed.gives(*path, "reply") and not _REPLY.fullmatch(fault.reply):
        parsed.mistakes.add((*path, "reply"), 'must be a code and a text, as "450 4.2.1 busy"')
    if parsed.gives(*path, "retry_after_s") and not (fault.status or fault.answer):
        parsed.mistakes.add((*path, "retry_after_s"), "needs a status or an answer: give one, such as status = 429")


def _check_named(parsed: ParsedScenario, path: KeyPath, fault: FaultForm, known: Sequence[str] | None) -> None:
    """An answer is one that the arm's provider gives, and stands alone. `known` is None where the provider is unknown."""
    if known is not None and fault.answer not in known:
        problem = f'"{fault.answer}" is not an answer of this provider; {suggestion(fault.answer, known)}'
        parsed.mistakes.add((*path, "answer"), problem)
    if fault.status:
        parsed.mistakes.add((*path, "answer"), "has a status of its own: remove status")


def _own_answer(transport: str) -> str:
    return 'use reply = "450 4.2.1 busy"' if transport == "smtp" else "use status = 503"


def _check_delay(parsed: ParsedScenario, path: KeyPath, delay: DelayForm) -> None:
    """A distribution has its own parameters, all of them, and no others."""
    if not parsed.gives(*path, "distribution") or parsed.mistakes.reported((*path, "distribution")):
        return
    keys = DELAY_KEYS[delay.distribution]
    for key in keys:
        if not parsed.gives(*path, key):
            parsed.mistakes.add((*path, key), f"is missing: {delay.distribution} needs {listed(keys)}")
    for key in {key for keys in DELAY_KEYS.values() for key in keys} - set(keys):
        if parsed.gives(*path, key):
            parsed.mistakes.add((*path, key), f"is not a parameter of {delay.distribution}, which has {listed(keys)}")
    if delay.low is not None and delay.high is not None and delay.low > delay.high:
        parsed.mistakes.add((*path, "low"), "must not be above high")


def check_limit(parsed: ParsedScenario, arm: int) -> None:
    if parsed.gives("arm", arm, "limit", "burst") and not parsed.gives("arm", arm, "limit", "rate_per_s"):
        parsed.mistakes.add(("arm", arm, "limit", "burst"), "needs rate_per_s: give it too")
