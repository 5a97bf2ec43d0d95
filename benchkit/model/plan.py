"""The plan: every send listed before the first leaves, as cells of a randomised complete block design (method.md §5).

A cell is one arm's share of one block: `count` sends, numbered `send_of(i)`. Its i-th send carries message `message_of(i)` of
the batch, the same for every arm of the block, and in an open load is intended at `offsets_ns[i]` after the cell's start, on a
schedule that all arms share. Where several workers send, each has a `share` of every cell: every n-th send of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchkit.model.tls_difference import NO_DIFFERENCE, TlsDifference


@dataclass(frozen=True, slots=True)
class PlanCell:
    block: int
    warmup: bool
    condition: int
    arm: int
    first_send: int
    count: int
    first_message: int
    batch_size: int
    offsets_ns: tuple[int, ...] = ()
    stride: int = 1

    def send_of(self, i: int) -> int:
        """The number in the plan of the cell's i-th send."""
        return self.first_send + i * self.stride

    def message_of(self, i: int) -> int:
        """Index into the batch of the cell's i-th send."""
        return (self.first_message + i * self.stride) % self.batch_size

    def share(self, worker: int, workers: int) -> PlanCell:
        """That worker's part of a whole cell; the parts are the cell, with nothing twice."""
        return replace(
            self,
            first_send=self.first_send + worker,
            count=len(range(worker, self.count, workers)),
            first_message=(self.first_message + worker) % self.batch_size,
            offsets_ns=self.offsets_ns[worker::workers],
            stride=workers,
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """One row of the plan."""

    send: int
    block: int
    warmup: bool
    condition: int
    arm: int
    message: int
    offset_ns: int


@dataclass(frozen=True, slots=True)
class ArmPlan:
    """One arm's share of the plan over all blocks and conditions. `target` in words; `turns` None where not known.

    `leaves_this_machine`: its mail may reach a real mailbox, also through a server on loopback, which may be a relay.
    """

    name: str
    target: str  # "embedded smtp", "smtp.example.com:587"
    leaves_this_machine: bool
    sends: int  # measured ones; `warmup_sends` come on top
    warmup_sends: int
    connections: int
    turns: float | None  # expected per message, connection set-up shared among the messages that it serves
    bytes: int  # of MIME, measured and warm-up
    embedded: bool = True  # benchkit's own server, or none
    deliveries: int = 0  # recipients, each as often as it is sent to, warm-up included
    client: str = ""
    sandbox: str = ""  # in words, where the provider's test mode delivers to no one
    trial_connections: int = 0  # without mail, to learn what a server that is not embedded offers
    notes: tuple[str, ...] = ()  # in words: profile, faults, limits, signature


@dataclass(frozen=True, slots=True)
class Precision:
    """What a plan can see. `noise` is the standard deviation of the log ratio of two arms in a `unit`: a block, or a start."""

    unit: str  # "blocks", "starts"
    units: int  # that the plan has
    fewest: int  # that an interval needs; with fewer every contrast is UNDECIDED
    confidence: float  # of one interval: above the run's where several share its error
    noise: float
    measured: bool  # in an earlier run of the scenario; else assumed
    slower: float | None  # the smallest true ratio that nine of ten such runs would call SLOWER; None below `fewest`
    equivalent: float  # minimum share of such runs that would call a true ratio of 1 EQUIVALENT
    needs: tuple[tuple[float, int], ...]  # (true ratio, units with which nine of ten runs call it SLOWER)


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """What `--dry-run` shows, and what a user says yes to before real mail leaves. Totals are sums over the arms."""

    scenario: str
    question: str
    load: str  # in words: "talk: one message at a time, 30 blocks of 10 after 1 of warm-up"
    arms: tuple[ArmPlan, ...]
    distinct_messages: int
    recipients_sample: tuple[str, ...]
    distinct_recipients: int
    duration_s: float | None  # an estimate; None where no one knows the RTT yet
    return_paths: tuple[str, ...] = ()  # real ones, to which a server that is not embedded may return mail
    round_trips: int = 0  # that the run waits for, one after the other
    precision: Precision | None = None  # None where no arm is compared with another
    without_verdict: tuple[str, ...] = ()  # arms whose faults make their failure rates differ from the baseline's
    probe_connections: int = 0  # without mail, to measure the round-trip time of servers that are not embedded
    retries: str = ""  # in words; empty: a message is tried once
    security: TlsDifference = NO_DIFFERENCE  # between arms and the baseline

    @property
    def real_mail(self) -> bool:
        """Whether anything would leave this machine."""
        return any(arm.leaves_this_machine for arm in self.arms)
