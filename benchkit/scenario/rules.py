"""What keys mean together, outside of arms: the message, the load, the network, the verdict, the thresholds.

Law: each function reports what is impossible at the key that has to change; it makes nothing. `draft.gives` asks what
the user wrote, `draft.form` holds what of it is sound.
"""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase

from benchkit.errors import listed
from benchkit.model.header_fields import name_fault, value_fault
from benchkit.model.scenario import most_workers
from benchkit.scenario.addresses import is_template, parse_address
from benchkit.scenario.arm_rules import check_arm
from benchkit.scenario.files import check_files
from benchkit.scenario.form import CONCURRENCY
from benchkit.scenario.locate import KeyPath
from benchkit.scenario.parsed_scenario import ParsedScenario
from benchkit.scenario.thresholds import parse_threshold
from benchkit.scenario.vocabulary import Vocabulary

_INLINE = ("subject", "text", "text_bytes", "html", "to")


def check(draft: ParsedScenario, vocabulary: Vocabulary) -> None:
    """Report everything that cannot be, in the draft's mistakes."""
    check_message(draft)
    check_files(draft)
    check_load(draft, vocabulary)
    check_network(draft)
    check_verdict(draft)
    check_arm_names(draft)
    for index in range(len(draft.form.arm)):
        check_arm(draft, index, vocabulary)
    check_thresholds(draft, vocabulary)


def check_message(draft: ParsedScenario) -> None:
    """A template goes with recipients; an inline message with `to` and a text."""
    written = [key for key in _INLINE if draft.gives("message", key)]
    if draft.gives("message", "template") or draft.gives("message", "recipients"):
        _check_template(draft, written)
    elif draft.gives("message"):
        _check_inline(draft, written)
    _check_addresses(draft)


def _check_template(draft: ParsedScenario, inline: list[str]) -> None:
    for key, other in (("template", "recipients"), ("recipients", "template")):
        if not draft.gives("message", key):
            draft.mistakes.add(("message", key), f"is missing: {other} goes with it")
    for key in inline:
        draft.mistakes.add(("message", key), "belongs to an inline message: remove it, or template and recipients")


def _check_inline(draft: ParsedScenario, written: list[str]) -> None:
    if not written:
        draft.mistakes.add(("message",), "has no content: give template and recipients, or subject, text and to")
        return
    for key in ("subject", "to"):
        if key not in written:
            draft.mistakes.add(("message", key), "is missing: an inline message needs it")
    if not {"text", "text_bytes", "html"} & set(written):
        draft.mistakes.add(("message", "text"), "is missing: give text, text_bytes or html")
    if {"text", "text_bytes"} <= set(written):
        draft.mistakes.add(("message", "text_bytes"), "and text exclude each other: remove one")


def _check_addresses(draft: ParsedScenario) -> None:
    message = draft.form.message
    texts: list[tuple[KeyPath, str]] = [(("message", "from"), message.sender)] if message.sender else []
    texts += [(("message", "to", index), text) for index, text in enumerate(message.to or ())]
    for key in ("cc", "bcc", "reply_to"):
        texts += [(("message", key, index), text) for index, text in enumerate(getattr(message, key))]
    if message.envelope_from:
        texts.append((("message", "envelope_from"), message.envelope_from))
    for path, text in texts:
        try:
            if not is_template(text):  # what a template gives is checked for each row
                parse_address(text)
        except ValueError as error:
            draft.mistakes.add(path, str(error))
    for name, value in message.headers.items():
        if fault := name_fault(name) or value_fault(value):
            draft.mistakes.add(("message", "headers", name), fault)


def check_load(draft: ParsedScenario, vocabulary: Vocabulary) -> None:
    """A key that the load model would not heed is a mistake, so that nobody measures something else than they think."""
    model = draft.form.load.model
    if draft.mistakes.reported(("load", "model")):
        return
    several = ("throughput", "open")
    owners = {"concurrency": several, "workers": several, "rate_per_s": ("open",), "arrivals": ("open",)}
    for key, models in owners.items():
        if draft.gives("load", key) and model not in models:
            wanted = " or ".join(f'"{name}"' for name in models)
            draft.mistakes.add(("load", key), f'is for model = {wanted} only, and this is "{model}"')
    if model == "open" and not draft.gives("load", "rate_per_s"):
        draft.mistakes.add(("load", "rate_per_s"), 'is missing: model = "open" needs a rate')
    if model in several:
        _check_workers(draft, vocabulary.cores)


def _check_workers(draft: ParsedScenario, cores: int) -> None:
    load = draft.form.load
    concurrency = load.concurrency or CONCURRENCY[load.model]
    for what, most in most_workers(cores, concurrency, load.messages_per_block).items():
        if load.workers > max(1, most):
            draft.mistakes.add(
                ("load", "workers"), f"is {load.workers}, for {most} {what}: at most {most} can share the work"
            )
            return


def check_network(draft: ParsedScenario) -> None:
    """The lab's link lies between benchkit and its own servers; it cannot lie before another's."""
    foreign = [arm.name for arm in draft.form.arm if arm.server != "embedded"]
    if draft.written("network") and foreign:
        draft.mistakes.add(("network",), f"is for embedded servers only, and these arms have others: {listed(foreign)}")
    for key, values in draft.form.network:
        if isinstance(values, list) and len(set(values)) < len(values):
            draft.mistakes.add(
                ("network", key), "names a value twice: each condition has its own, so give each value once"
            )
    if draft.gives("network", "queue_kb") and not draft.gives("network", "bandwidth_mbit"):
        draft.mistakes.add(("network", "queue_kb"), "needs bandwidth_mbit: without a bottleneck nothing queues")


def check_verdict(draft: ParsedScenario) -> None:
    low, high = draft.form.verdict.rope
    if not low < 1 < high:
        draft.mistakes.add(("verdict", "rope"), "must lie around 1, as in [0.90, 1.10]")


def check_arm_names(draft: ParsedScenario) -> None:
    """Names are unique, and at most one arm, which sends, is the baseline."""
    seen: Counter[str] = Counter()
    baselines = 0
    for index, arm in enumerate(draft.form.arm):
        seen[arm.name] += 1
        baselines += arm.baseline
        if arm.name and seen[arm.name] > 1:
            draft.mistakes.add(("arm", index, "name"), f'"{arm.name}" is the name of another arm: give each its own')
        if arm.baseline and arm.transport == "null":
            draft.mistakes.add(("arm", index, "baseline"), "a null arm sends to nobody: compare with an arm that sends")
        elif arm.baseline and baselines > 1:
            draft.mistakes.add(("arm", index, "baseline"), "only one arm can be the baseline: remove one")


def check_thresholds(draft: ParsedScenario, vocabulary: Vocabulary) -> None:
    names = [arm.name for arm in draft.form.arm] or [""]  # an arm without a sound name may be the one that is meant
    for key, text in draft.form.thresholds.items():
        try:
            threshold = parse_threshold(key, text, vocabulary.statistics)
        except ValueError as error:
            draft.mistakes.add(("thresholds", key), str(error))
            continue
        if all(names) and not any(fnmatchcase(name, threshold.arm) for name in names):
            draft.mistakes.add(("thresholds", key), f'no arm matches "{threshold.arm}"; there are: {listed(names)}')
