"""What a run does not say, from what it was: so that no one takes an answer for more than it is."""

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
    "open": "The most that each way could carry: the rate was set by a schedule.",
}


def limits_section(summary: Summary, run: Run) -> Section:
    items = tuple(sentence(told, item=True) for told in _limits(summary, run))
    return Section("limits", "What this run does not say", items, "Limits")


def _limits(summary: Summary, run: Run) -> Iterator[str]:
    manifest = run.manifest
    yield sentences.ONE_HOP
    if not any(has_network(condition) for condition in summary.conditions):
        yield (
            "Anything about a network: client and server had no delay between them. On a network each round trip adds "
            "the RTT."
        )
    if all(arm.embedded for arm in manifest.arms):
        yield "How fast a provider's own servers are: both ends are benchkit's, and do the same work for both ways."
    yield _LOADS.get(summary.load_model, "")
    if restarts_of(manifest) == 1:
        yield "How much the next run differs: the processes started once, so the intervals hold for this run."
    if summary.deliverability is None or not summary.deliverability.placements:
        yield "Whether mail reaches the inbox: acceptance by the first server is where each time ends."
    else:
        yield "Where other receivers put the mail: the folders are those of the tester's own mailboxes."
    sizes = sorted(manifest.batch_bytes)
    if sizes:
        yield f"Other mail than this batch: messages of {sizes[0]:,} to {sizes[-1]:,} bytes, as composed by the scenario."
