"""What a run cannot show, derived from how it was made, so that its answer is not taken for more than it is."""

from __future__ import annotations

from collections.abc import Iterator

from benchkit.model.run import Run
from benchkit.model.summary import Summary
from benchkit.report.content import sentences
from benchkit.report.content.page import Section, sentence
from benchkit.stats.claims import has_network
from benchkit.stats.starts import restarts_of

_LOADS = {
    "talk": "How many messages a second each way carries: this run sent one message at a time.",
    "throughput": "How long a user waits: in a closed loop messages wait for each other, and times are service times.",
    "open": "The maximum rate of each way: the rate was set by a schedule.",
}


def limits_section(summary: Summary, run: Run) -> Section:
    items = tuple(sentence(limit, item=True) for limit in _limits(summary, run))
    return Section("limits", "What this run does not say", items, "Limits")


def _limits(summary: Summary, run: Run) -> Iterator[str]:
    manifest = run.manifest
    yield sentences.ONE_HOP
    if not any(has_network(condition) for condition in summary.conditions):
        yield (
            "How long it takes over a network: client and server had no delay between them. On a network each round trip "
            "adds the RTT."
        )
    if all(arm.embedded for arm in manifest.arms):
        yield (
            "How fast a provider's own servers are: both ends are benchkit's, and its servers do the same work for "
            "SMTP and for the API."
        )
    yield _LOADS.get(summary.load_model, "")
    if restarts_of(manifest) == 1:
        yield "How much the next run differs: the processes started once, so the intervals hold for this run."
    if summary.deliverability is None or not summary.deliverability.placements:
        yield "Whether mail reaches the inbox: each time ends when the first server accepts the message."
    else:
        yield "Where other receivers put the mail: the folders are those of your own test mailboxes."
    sizes = sorted(manifest.batch_bytes)
    if sizes:
        yield (
            f"Results for mail other than this batch: messages of {sizes[0]:,} to {sizes[-1]:,} bytes, as composed by "
            "the scenario."
        )
