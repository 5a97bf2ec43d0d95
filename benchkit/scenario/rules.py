"""What keys mean together, outside of arms: the message, the load, the network, the verdict, the thresholds.

Law: each function reports what is impossible at the key that has to change; it makes nothing. `parsed.gives` asks what
the user wrote, `parsed.form` holds what of it is sound.
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


def check(parsed: ParsedScenario, vocabulary: Vocabulary) -> None:
    """Report everything that cannot be, in the parsed's mistakes."""
    check_message(parsed)
    check_files(parsed)
    check_load(parsed, vocabulary)
    check_network(parsed)
    check_verdict(parsed)
    check_arm_names(parsed)
    for index in range(len(parsed.form.arm)):
        check_arm(parsed, index, vocabulary)
    check_thresholds(parsed, vocabulary)


def check_message(parsed: ParsedScenario) -> None:
    """A template goes with recipients; an inline message with `to` and a text."""
    written = [key for key in _INLINE if parsed.gives("message", key)]
    if parsed.gives("message", "template") or parsed.gives("message", "recipients"):
        _check_template(parsed, written)
    elif parsed.gives("message"):
        _check_inline(parsed, written)
    _check_addresses(parsed)


def _check_template(parsed: ParsedScenario, inline: list[str]) -> None:
    for key, other in (("template", "recipients"), ("recipients", "template")):
        if not parsed.gives("message", key):
            parsed.mistakes.add(("message", key), f"is missing: {other} goes with it")
    for key in inline:
        parsed.mistakes.add(("message", key), "belongs to an inline message: remove it, or template and recipients")


def _check_inline(parsed: ParsedScenario, written: list[str]) -> None:
    if not written:
        parsed.mistakes.add(("message",), "has no content: give template and recipients, or subject, text and to")
        return
    for key in ("subject", "to"):
        if key not in written:
            parsed.mistakes.add(("message", key), "is missing: an inline message needs it")
    if not {"text", "text_bytes", "html"} & set(written):
        parsed.mistakes.add(("message", "text"), "is missing: give text, text_bytes or html")
    if {"text", "text_bytes"} <= set(written):
        parsed.mistakes.add(("message", "text_bytes"), "and text exclude each other: remove one")


def _check_addresses(parsed: ParsedScenario) -> None:
    message = parsed.form.message
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
            parsed.mistakes.add(path, str(error))
    for name, value in message.headers.items():
        if fault := name_fault(name) or value_fault(value):
            parsed.mistakes.add(("message", "headers", name), fault)


def check_load(parsed: ParsedScenario, vocabulary: Vocabulary) -> None:
    """A key that has no effect with this load model is an error: it would not be what the user thinks to measure."""
    model = parsed.form.load.model
    if parsed.mistakes.reported(("load", "model")):
        return
    several = ("throughput", "open")
    owners = {"concurrency": several, "workers": several, "rate_per_s": ("open",), "arrivals": ("open",)}
    for key, models in owners.items():
        if parsed.gives("load", key) and model not in models:
            wanted = " or ".join(f'"{name}"' for name in models)
            parsed.mistakes.add(("load", key), f'is for model = {wanted} only, and this is "{model}"')
    if model == "open" and not parsed.gives("load", "rate_per_s"):
        parsed.mistakes.add(("load", "rate_per_s"), 'is missing: model = "open" needs a rate')
    if model in several:
        _check_workers(parsed, vocabulary.cores)


def _check_workers(parsed: ParsedScenario, cores: int) -> None:
    load = parsed.form.load
    concurrency = load.concurrency or CONCURRENCY[load.model]
    for what, most in most_workers(cores, concurrency, load.messages_per_block).items():
        if load.workers > max(1, most):
            parsed.mistakes.add(
                ("load", "workers"), f"is {load.workers}, for {most} {what}: at most {most} can share the work"
            )
            return


def check_network(parsed: ParsedScenario) -> None:
    """The lab's link lies between benchkit and its own servers; it cannot lie before another's."""
    foreign = [arm.name for arm in parsed.form.arm if arm.server != "embedded"]
    if parsed.written("network") and foreign:
        parsed.mistakes.add(
            ("network",), f"is for embedded servers only, and these arms have others: {listed(foreign)}"
        )
    for key, values in parsed.form.network:
        if isinstance(values, list) and len(set(values)) < len(values):
            parsed.mistakes.add(
                ("network", key), "names a value twice: each condition has its own, so give each value once"
            )
    if parsed.gives("network", "queue_kb") and not parsed.gives("network", "bandwidth_mbit"):
        parsed.mistakes.add(("network", "queue_kb"), "needs bandwidth_mbit: without a bottleneck nothing queues")


def check_verdict(parsed: ParsedScenario) -> None:
    low, high = parsed.form.verdict.rope
    if not low < 1 < high:
        parsed.mistakes.add(("verdict", "rope"), "must lie around 1, as in [0.90, 1.10]")


def check_arm_names(parsed: ParsedScenario) -> None:
    """Names are unique, and at most one arm, which sends, is the baseline."""
    seen: Counter[str] = Counter()
    baselines = 0
    for index, arm in enumerate(parsed.form.arm):
        seen[arm.name] += 1
        baselines += arm.baseline
        if arm.name and seen[arm.name] > 1:
            parsed.mistakes.add(("arm", index, "name"), f'"{arm.name}" is the name of another arm: give each its own')
        if arm.baseline and arm.transport == "null":
            parsed.mistakes.add(
                ("arm", index, "baseline"), "a null arm sends to no server: compare with an arm that sends"
            )
        elif arm.baseline and baselines > 1:
            parsed.mistakes.add(("arm", index, "baseline"), "only one arm can be the baseline: remove one")


def check_thresholds(parsed: ParsedScenario, vocabulary: Vocabulary) -> None:
    names = [arm.name for arm in parsed.form.arm] or [""]  # an arm without a sound name may be the one that is meant
    for key, text in parsed.form.thresholds.items():
        try:
            threshold = parse_threshold(key, text, vocabulary.statistics)
        except ValueError as error:
            parsed.mistakes.add(("thresholds", key), str(error))
            continue
        if all(names) and not any(fnmatchcase(name, threshold.arm) for name in names):
            parsed.mistakes.add(("thresholds", key), f'no arm matches "{threshold.arm}"; there are: {listed(names)}')
