"""What keys mean together, outside of the message and the arms: the load, the network, the verdict, the thresholds.

Law: each function reports what is impossible at the key that has to change; it makes nothing. `parsed.gives` asks what
the user wrote, `parsed.form` holds what of it is sound.
"""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase

from benchkit.errors import listed, suggestion
from benchkit.model.load import most_workers
from benchkit.model.plain_number import significant
from benchkit.scenario.arm_rules import check_arm
from benchkit.scenario.event_rules import check_events, check_mailboxes
from benchkit.scenario.files import check_files
from benchkit.scenario.form import CONCURRENCY
from benchkit.scenario.message_rules import check_message
from benchkit.scenario.parsed_scenario import ParsedScenario
from benchkit.scenario.receiving_rules import check_receiving_lab
from benchkit.scenario.thresholds import parse_threshold
from benchkit.scenario.vocabulary import Vocabulary


def check(parsed: ParsedScenario, vocabulary: Vocabulary) -> None:
    """Report everything that cannot be, in the scenario's list of mistakes."""
    check_message(parsed)
    check_files(parsed)
    check_load(parsed, vocabulary)
    check_network(parsed)
    check_verdict(parsed)
    check_arm_names(parsed)
    check_failover(parsed)
    for index in range(len(parsed.form.arm)):
        check_arm(parsed, index, vocabulary)
    check_events(parsed, vocabulary)
    check_mailboxes(parsed)
    check_receiving_lab(parsed)
    check_thresholds(parsed, vocabulary)
    check_cost(parsed)
    check_retry(parsed)


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
    _check_starts(parsed)
    _check_until(parsed)
    if model == "open" and not parsed.gives("load", "rate_per_s"):
        parsed.mistakes.add(("load", "rate_per_s"), 'is missing: model = "open" needs a rate')
    if model in several:
        _check_workers(parsed, vocabulary.cores)


def _check_starts(parsed: ParsedScenario) -> None:
    load = parsed.form.load
    if load.restarts > load.blocks:
        problem = f"is {load.restarts}, for {load.blocks} blocks: each start needs a block of its own; give more blocks"
        parsed.mistakes.add(("load", "restarts"), problem)


def _check_until(parsed: ParsedScenario) -> None:
    """What `until = "decided"` needs; a sweep cannot be looked at before all of its conditions have had their turn."""
    load, decided = parsed.form.load, parsed.form.load.until == "decided"
    if parsed.gives("load", "max_blocks") and not decided:
        parsed.mistakes.add(("load", "max_blocks"), 'is for until = "decided" only')
    if not decided:
        return
    if load.max_blocks is None:
        parsed.mistakes.add(("load", "max_blocks"), 'is missing: until = "decided" needs a number of blocks to stop at')
    elif load.max_blocks < load.blocks + load.blocks // load.restarts:
        problem = f"is {load.max_blocks}: it must be more than the {load.blocks} blocks of the first look"
        parsed.mistakes.add(("load", "max_blocks"), problem)
    if load.restarts > 1 and load.blocks % load.restarts:
        problem = (
            f'is {load.blocks}: with until = "decided" each start has as many blocks, so give a multiple of '
            f"{load.restarts}"
        )
        parsed.mistakes.add(("load", "blocks"), problem)
    if load.restarts == 1 and any(isinstance(values, list) and len(values) > 1 for _, values in parsed.form.network):
        problem = 'is missing: a sweep with until = "decided" needs several starts, so that its conditions take turns'
        parsed.mistakes.add(("load", "restarts"), problem)


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
            parsed.mistakes.add(("network", key), "lists a value twice: give each value once")
    if parsed.gives("network", "queue_kb") and not parsed.gives("network", "bandwidth_mbit"):
        parsed.mistakes.add(("network", "queue_kb"), "needs bandwidth_mbit: without a bottleneck nothing queues")


def check_verdict(parsed: ParsedScenario) -> None:
    low, high = parsed.form.verdict.rope
    if not low < 1 < high:
        parsed.mistakes.add(("verdict", "rope"), "must include 1, as in [0.90, 1.10]")


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


def check_failover(parsed: ParsedScenario) -> None:
    """Another arm that sends, one hop: what that arm's own failover says is for its own messages."""
    arms = parsed.form.arm
    for index, arm in enumerate(arms):
        if arm.failover is None:
            continue
        name = arm.failover if isinstance(arm.failover, str) else arm.failover.arm
        found = next((other for other in arms if other.name == name), None)
        reason = ""
        if arm.transport == "null":
            reason = "has no effect: a null arm sends to no server"
        elif found is None or found is arm or found.transport == "null":
            able = [other.name for other in arms if other is not arm and other.transport != "null"]
            reason = f'"{name}" is not another arm that sends; {suggestion(name, able)}'
        elif (arm.server == "embedded") is not (found.server == "embedded"):
            reason = "names an arm with another kind of server: both arms must use the embedded server, or neither"
        elif "receiving-lab" in (arm.server, found.server):
            reason = "is not for arms at the receiving lab"
        if reason and name:
            parsed.mistakes.add(("arm", index, "failover"), reason)
        _check_one_at_a_time(parsed, index, "failover")
        if found is not None:
            _check_one_at_a_time(parsed, arms.index(found), f"arm.{index}.failover, which sends by this arm's way")


def _check_one_at_a_time(parsed: ParsedScenario, index: int, key: str) -> None:
    """What sends a message again has to know its outcome before the next one begins."""
    arm = parsed.form.arm[index]
    at: tuple[str | int, ...] = ("arm", index)
    if arm.messages_per_request > 1 and not parsed.mistakes.reported((*at, "messages_per_request")):
        problem = (
            f"is more than 1, so a single message cannot be tried again: give messages_per_request = 1, or remove {key}"
        )
        parsed.mistakes.add((*at, "messages_per_request"), problem)
    if arm.dialogue == "overlapped" and not parsed.mistakes.reported((*at, "dialogue")):
        problem = f'"overlapped" starts the next message before the reply to this one: choose another dialogue, or remove {key}'
        parsed.mistakes.add((*at, "dialogue"), problem)


def check_cost(parsed: ParsedScenario) -> None:
    names = [arm.name for arm in parsed.form.arm] or [""]
    for pattern in parsed.form.cost.per_thousand:
        if all(names) and not any(fnmatchcase(name, pattern) for name in names):
            place = ("cost", "per_thousand", pattern)
            parsed.mistakes.add(place, f'no arm matches "{pattern}"; there are: {listed(names)}')


def check_retry(parsed: ParsedScenario) -> None:
    retry = parsed.form.retry
    if retry is None:
        return
    if retry.first_s > retry.most_s and not parsed.mistakes.reported(("retry",)):
        parsed.mistakes.add(("retry", "first_s"), f"is longer than most_s, which is {significant(retry.most_s)}")
    for index in range(len(parsed.form.arm)):
        _check_one_at_a_time(parsed, index, "[retry]")


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
