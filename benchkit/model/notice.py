"""What a reader must know about a run, as a code with numbers: warnings, what forbids a verdict, why a run is invalid.

No English here and none in stats/: report/content/notices.py makes the sentences, one for each code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Argument = str | int | float | Sequence[str]


class Code(StrEnum):
    # why a run is invalid
    RUN_BROKE = "run-broke"
    MACHINE_SLEPT = "machine-slept"
    NOTHING_ACCEPTED = "nothing-accepted"
    RECORDS_NOT_PLANNED = "records-not-planned"
    SENDS_IN_DOUBT = "sends-in-doubt"
    MESSAGES_MISSING = "messages-missing"
    MESSAGES_DUPLICATED = "messages-duplicated"
    OTHER_RECIPIENTS = "other-recipients"
    OTHER_SENDER = "other-sender"
    MESSAGES_ALTERED = "messages-altered"
    ARRIVALS_UNACCOUNTED = "arrivals-unaccounted"
    AA_DIFFERS = "aa-differs"
    # what forbids a verdict
    ARM_MISSING = "arm-missing"
    ARM_DUPLICATED = "arm-duplicated"
    ARM_ALTERED = "arm-altered"
    ARM_OTHER_RECIPIENTS = "arm-other-recipients"
    ARM_OTHER_SENDER = "arm-other-sender"
    FAILURE_RATES_DIFFER = "failure-rates-differ"
    REFUSED_RECIPIENTS_DIFFER = "refused-recipients-differ"
    SERVERS_DIFFER = "servers-differ"
    CONNECTIONS_NOT_NEW = "connections-not-new"
    TOO_MANY_CONNECTIONS = "too-many-connections"
    RETRANSMITS = "retransmits"  # a warning too
    CONGESTION_NOT_IN_FORCE = "congestion-not-in-force"
    TCP_SETTINGS_DIFFER = "tcp-settings-differ"
    TURNS_DISAGREE = "turns-disagree"
    TIME_UNEXPLAINED = "time-unexplained"
    GENERATOR_LIMITED = "generator-limited"
    TOO_FEW_BLOCKS = "too-few-blocks"
    BOTH_ARMS_FAILED = "both-arms-failed"
    INTERVAL_ACROSS_ROPE = "interval-across-rope"
    # warnings
    RECORDED = "recorded"  # by the run itself, in its own words
    INTERRUPTED = "interrupted"
    RECOVERED = "recovered"
    ARRIVALS_UNREAD = "arrivals-unread"
    STOOD_STILL = "stood-still"
    NOT_AS_REGISTERED = "not-as-registered"
    NO_AA = "no-aa"
    AA_NOT_TESTED = "aa-not-tested"
    ARRIVALS_NOT_OBSERVED = "arrivals-not-observed"
    SANDBOXES_DIFFER = "sandboxes-differ"
    SECURITY_DIFFERS = "security-differs"
    TWO_GROUPS = "two-groups"
    SLOW_BEGINNING = "slow-beginning"
    SLOW_STARTS = "slow-starts"
    TIMES_CHANGED = "times-changed"
    TIMES_RESEMBLE = "times-resemble"
    BLOCKS_OUTLYING = "blocks-outlying"
    BLOCKS_INCOMPLETE = "blocks-incomplete"
    BLOCKS_UNDEFINED = "blocks-undefined"
    BLOCKS_FAILED = "blocks-failed"
    RATIOS_RESEMBLE = "ratios-resemble"
    MESSAGES_FAILED = "messages-failed"
    P95_NEEDS = "p95-needs"
    NEVER_STARTED = "never-started"
    WAITED_FOR_CORE = "waited-for-core"
    LATE_STARTS = "late-starts"
    # why the generator was the limit
    PROCESSOR_BUSY = "processor-busy"
    LOOP_STOOD_STILL = "loop-stood-still"
    LATE_ALTHOUGH_FREE = "late-although-free"


@dataclass(frozen=True, slots=True)
class Notice:
    """`subject` is the arm, pair or condition that it is about; empty where it is about the whole run."""

    code: Code
    subject: str = ""
    arguments: Mapping[str, Argument] = field(default_factory=dict)


def notice(code: Code, subject: str = "", /, **arguments: Argument) -> Notice:
    return Notice(code, subject, arguments)
