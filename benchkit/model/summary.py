"""The result of a run as values: what summary.json holds and every report shows. Sentences are made in report/.

`None` is "not known" or "the sample does not allow it", never zero. Ratios are arm ÷ baseline of time: above 1 is slower.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from benchkit.model.arm_findings import FailoverCost as FailoverCost
from benchkit.model.arm_findings import TwoGroups as TwoGroups
from benchkit.model.deliverability import Deliverability
from benchkit.model.estimate import BreakEven as BreakEven
from benchkit.model.estimate import Estimate as Estimate
from benchkit.model.estimate import RatioEstimate as RatioEstimate
from benchkit.model.notice import Notice
from benchkit.model.prediction import ArmModel


class Verdict(StrEnum):
    """method.md §7. WITHHELD: the run or the arm does not allow a verdict, and `reasons` say why."""

    FASTER = "FASTER"
    SLOWER = "SLOWER"
    EQUIVALENT = "EQUIVALENT"
    UNDECIDED = "UNDECIDED"
    WITHHELD = "WITHHELD"


@dataclass(frozen=True, slots=True)
class Turns:
    min: int
    median: float
    max: int
    mean: float

    @property
    def each(self) -> float:
        """What a message costs: the median; the mean where requests are shared, and most messages so have paid nothing."""
        return self.median or self.mean


@dataclass(frozen=True, slots=True)
class GeneratorLoad:
    """What benchkit itself was doing while it measured an arm. Shares are of the arm's time, of its busiest worker."""

    cpu: float | None = None  # CPU time that its messages took, all threads; None in runs that did not record it
    queued: float | None = None  # ready to run, and without a core; None where the kernel does not tell
    lagged: int | None = None  # messages of whose time the loop stood still for more than a tenth
    unlagged_p50_ms: Estimate = field(
        default_factory=lambda: Estimate(None, needs=1)
    )  # the median without those, same duration
    late: int = 0  # open load: started more than 1 ms late although a connection was free


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """One arm under one condition, warm-up left out. planned = accepted + failed + unsent; arrived counts each send once."""

    name: str
    transport: str
    client: str
    condition: str
    planned: int
    accepted: int
    failed: int
    unsent: int
    arrived: int | None  # None where the server is not ours and tells nothing
    missing: int | None
    duplicates: int | None
    altered: int | None
    turns: Turns | None
    turns_to_close: float | None
    service_ms: Mapping[str, Estimate]  # by the names in stats/__init__.py
    response_ms: Mapping[str, Estimate]
    wait_ms: Mapping[str, Estimate]
    throughput_per_s: float | None
    bytes_out: int
    bytes_in: int
    phases_ms: Mapping[str, float]  # mean time a message spent in each phase: they add up to the mean service time
    outcomes: Mapping[str, int]
    failure_rate: Estimate  # Wilson
    connections: int
    late: int  # open load: started more than 1 ms after the intended time
    connection: str = ""  # "fresh", "reuse", "100 messages"
    failure_texts: Mapping[str, int] = field(default_factory=dict)  # "450 4.2.1 busy": 7; at most the ten most frequent
    retransmitted: int = 0  # messages whose connection retransmitted meanwhile, by the client's kernel
    client_congestion: str | None = None  # TCP congestion control in force; None where not recorded
    server_congestion: str | None = None  # … at the embedded server
    nodelay: bool | None = None  # TCP_NODELAY at the client
    pacing_limit: int | None = None  # SO_MAX_PACING_RATE at the client, in bytes/s; 0 where nothing limits it
    dkim: str = ""  # "d=shop.example s=mail rsa-2048" where the arm signs
    signing_us: float | None = None  # of one signature, made before the clock: the median over the batch
    signature_bytes: float | None = None  # of its header field, the mean
    request_us: float | None = None  # to make the request of one message, before the clock; an API's only
    in_send_us: float | None = None  # of that work what is left within its send: identity, signature, joining
    cpu_us: float | None = None  # of the client's processes, for one message; None where not recorded
    generator: GeneratorLoad = GeneratorLoad()
    saturated: tuple[Notice, ...] = ()  # why the generator, and not the target, was the limit; then there is no verdict
    throughput_ci: tuple[float, float] | None = None
    effective: float | None = None  # messages ÷ design effect: independent ones that tell as much about the median
    in_doubt: int = 0  # started, and without a record, because a process died
    recipients_planned: int = 0  # accepted + refused + failed + unknown, as in DeliveryReport
    recipients_accepted: int = 0
    recipients_refused: int = 0
    recipients_failed: int = 0
    recipients_unknown: int = 0
    retried: int = 0  # messages that were tried more than once
    attempts: int = 0  # of all messages
    failover: str = ""  # the arm by whose way it sends what its server does not take
    failed_over: int = 0  # messages that went that way
    failed_over_accepted: int = 0  # … and were accepted there
    given_up: int = 0  # not accepted in the end, of those that may be tried again
    failover_cost: FailoverCost | None = None  # of an arm with failover, where a message failed over
    two_groups: TwoGroups | None = None  # where the accepted messages' times fall apart into two groups


@dataclass(frozen=True, slots=True)
class Contrast:
    """An arm against the baseline, paired by block; `ratio`, `ci` are of `metric`; `shift_ms` is Hodges–Lehmann's."""

    arm: str
    baseline: str
    condition: str
    metric: str  # "service" (talk), "time per message" (throughput), "response" (open)
    blocks: int
    ratio: float | None
    ci: tuple[float, float] | None
    shift_ms: Estimate
    shift_rtt: float | None
    p_value: float | None  # sign-flip or Wilcoxon on log ratios, Holm-adjusted over the confirmatory contrasts
    verdict: Verdict
    reasons: tuple[Notice, ...] = ()
    blocks_needed: int | None = None
    aa: bool = False
    blocks_needed_range: tuple[int, int] | None = None  # … for 90 % power, at either end of the ratio's error
    others: Mapping[str, RatioEstimate] = field(default_factory=dict)  # the same of the blocks' p90, p95 and mean
    failed_blocks: int = 0  # blocks in which half of the messages of one arm failed: slower or faster than any
    starts: int = 1  # how often the processes were started: the unit of the interval where there are several
    confidence: float | None = None  # of `ci`; above the run's where `family` is "all"
    detectable: float | None = None  # A/A: the smallest bias, as a ratio, that 9 of 10 such runs would show


@dataclass(frozen=True, slots=True)
class ThresholdResult:
    key: str
    text: str
    arm: str
    value: float | None
    unit: str
    crossed: bool | None  # None: the sample does not tell
    saturated: bool = False  # the arm: its times are the generator's own
    needs: int = 0  # messages of the arm that would tell, where this sample does not; 0 where no number is known


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """The delivery account over *every* send of the run, warm-up included. It closes or the run is invalid."""

    planned: int
    accepted: int
    failed: int
    ambiguous: int  # of the failed: those that may have arrived
    unsent: int
    arrived_once: int
    missing: int  # accepted and never arrived
    duplicates: int  # sends that arrived more than once
    altered: int  # arrived with another content, or for others, or with another envelope sender
    unaccounted: int  # arrived although it failed for certain, or without an identity of this run
    unobserved: int = 0  # accepted where arrivals are not seen: by a foreign server, or a null arm
    in_doubt: int = 0  # started, and without a record, because a process died: a server may have taken them
    other_recipients: int = 0  # of the altered: arrived for others than those that it was accepted for
    other_sender: int = 0  # of the altered: arrived with another envelope sender
    recipients_planned: int = 0  # accepted + refused + failed + unknown
    recipients_accepted: int = 0
    recipients_refused: int = 0  # by a server that took the message for others
    recipients_failed: int = 0  # of messages that failed for certain, or were not sent
    recipients_unknown: int = 0  # of messages that may have been accepted: ambiguous ones, and sends in doubt
    altered_content: int = 0  # of the altered: arrived with another content
    failed_over: int = 0  # messages that went the way of their arm's failover


@dataclass(frozen=True, slots=True)
class AlteredMessage:
    """One send that arrived as another mail; `differs` names in what: "content", "recipients", "sender"."""

    arm: str
    condition: str
    send: int
    message: int  # index into the batch
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConditionSummary:
    name: str
    rtt_ms: float | None
    lab: bool
    note: str
    embedded: bool = True  # whether every server was benchkit's own; a link can be set before no other


@dataclass(frozen=True, slots=True)
class Agreement:
    """Predicted against measured, of one arm under one condition (method.md §2); None where it cannot be known."""

    arm: str
    condition: str
    turns_predicted: float | None
    turns_counted: float | None  # by the round-trip counter, the mean, as the prediction is one
    flights_predicted: int  # what slow start adds on a new connection, at least
    turns_in_time: float | None  # median service time ÷ RTT: holds the processors' time too, so a lab's link only
    turns_on_wire: int | None  # all connections of the arm, warm-up included, as the link saw them …
    turns_for_wire: float | None  # … and as the round-trip counter and the table for what it does not see have them
    wire_agrees: bool | None  # where tolerances and TLS's session tickets are allowed for (stats/packet_check.py)
    wire_bytes_predicted: float | None  # outward a message, without TLS's records and lone acknowledgements
    wire_bytes: float | None
    retransmits: int | None
    break_even_batch: (
        BreakEven | None
    )  # messages a connection must carry to be level with the baseline; new connections only


@dataclass(frozen=True, slots=True)
class LatencyFit:
    """Service time = intercept + slope · RTT over the links that differ in RTT alone; the slope is to be the round trips."""

    arm: str
    link: str  # what the links have in common besides, in words; empty where it is nothing
    turns: float | None
    slope: Estimate
    intercept_ms: Estimate
    break_even_rtt_ms: BreakEven | None  # against the baseline; None for the baseline itself


@dataclass(frozen=True, slots=True)
class DesignSummary:
    """How the run was laid out. `bound`: every process was bound to a core of its own in every start; None where not recorded.

    `looks` are the measured blocks at which a run until decided could end, `decided` those after which it did.
    """

    starts: int = 1  # of the processes, that began
    bound: bool | None = None
    looks: tuple[int, ...] = ()
    decided: int | None = None
    registered: str = ""  # digest of what was laid down before the first send; empty where nothing was
    as_registered: bool = True


@dataclass(frozen=True, slots=True)
class ArmCost:
    """Of a thousand messages of an arm, by the scenario's prices; None where no price was given or nothing measured."""

    arm: str
    condition: str
    price: float | None  # the provider's
    cpu: float | None  # of the client's processor time
    egress: float | None  # of the bytes that left, without headers of IP and TCP

    @property
    def total(self) -> float | None:
        known = [part for part in (self.price, self.cpu, self.egress) if part is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class Summary:
    run: str
    scenario: str
    question: str
    status: str
    valid: bool
    invalid_because: tuple[Notice, ...]
    load_model: str
    rope: tuple[float, float]
    confidence: float
    conditions: tuple[ConditionSummary, ...]
    arms: tuple[ArmSummary, ...]
    contrasts: tuple[Contrast, ...]
    thresholds: tuple[ThresholdResult, ...]
    account: DeliveryReport
    overhead_us: Mapping[str, float]
    warnings: tuple[Notice, ...]
    agreements: tuple[Agreement, ...] = ()
    fits: tuple[LatencyFit, ...] = ()
    costs: tuple[ArmCost, ...] = ()
    currency: str = ""  # what `costs` are in
    models: tuple[ArmModel, ...] = ()  # what each arm takes at other RTTs, connections, recipients, requests
    altered_messages: tuple[AlteredMessage, ...] = ()  # the first few of each arm and kind
    altered_kept: int = 0  # mails of these in altered.txt
    certificate: str = ""  # of benchkit on the machine that measured, in words; empty if the run has none
    design: DesignSummary = DesignSummary()
    deliverability: Deliverability | None = None  # None where neither events nor test mailboxes were collected
    schema: int = 1
