"""How much faster the lean API client is than the libraries: time a message, pairwise by block, of one run with full recording.

A run as any other: a worker and a sink in processes of their own, throughput load, plain HTTP, connections kept. Ratios are the
library's time a message divided by the wire client's, with the interval of the run's own statistics.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.experiment.parent.run_experiment import run_experiment
from benchkit.model.summary import Summary
from benchkit.report.content.notices import texts
from benchkit.scenario import load
from benchkit.stats.analysis import analyse
from benchkit.store import load_run

CONCURRENCIES = (1, 10)
GOALS = {"httpx": 5.0, "aiohttp": 1.3}
LIBRARIES = ("aiohttp", "httpx", "httpx2", "httpx2h2")
BLOCKS = 12
MESSAGES_PER_BLOCK = 500
_SCENARIO = """
name = "api-wire-speed"
question = "What does the library cost?"
[message]
from = "a@load.example"
to = ["b@load.example"]
subject = "Ruler"
text_bytes = 3600
[load]
model = "throughput"
concurrency = {concurrency}
blocks = {blocks}
messages_per_block = {messages}
warmup_blocks = 1
"""
_ARM = """
[[arm]]
name = "{client}"
transport = "api"
provider = "mailgun"
client = "{client}"
security = "none"
connection = "reuse"
baseline = {baseline}
"""


def scenario_text(concurrency: int, blocks: int, messages: int) -> str:
    arms = [_ARM.format(client=client, baseline=str(client == "wire").lower()) for client in ("wire", *LIBRARIES)]
    return _SCENARIO.format(concurrency=concurrency, blocks=blocks, messages=messages) + "".join(arms)


def measure(concurrency: int, blocks: int = BLOCKS, messages: int = MESSAGES_PER_BLOCK) -> Summary:
    """The whole path, from a scenario's text to its summary; nothing is left on disk."""
    with tempfile.TemporaryDirectory(prefix="benchkit-") as folder:
        path = Path(folder, "speed.toml")
        path.write_text(scenario_text(concurrency, blocks, messages), "utf-8")
        scenario = load(path, known_names(), ())
        ended = run_experiment(scenario, compose(scenario.message), {}, Path(folder), lambda sent, planned: None)
        return analyse(load_run(ended.folder))


def lines(concurrency: int, summary: Summary) -> list[str]:
    """One for each client, the wire client first."""
    per_s = {arm.client: arm.throughput_per_s or 0.0 for arm in summary.arms}
    said = [f"api wire, concurrency {concurrency}: {per_s['wire']:,.0f} requests/s"]
    for contrast in summary.contrasts:
        low, high = contrast.ci or (0.0, 0.0)
        goal = f", goal {GOALS[contrast.arm]:g}" if contrast.arm in GOALS else ""
        said.append(
            f"  {contrast.arm:9} {per_s[contrast.arm]:9,.0f} requests/s: "
            f"wire is {contrast.ratio or 0.0:.2f} [{low:.2f}, {high:.2f}] times as fast{goal}"
        )
    return [*said, *(f"  {reason}" for reason in texts(summary.invalid_because))]


def main() -> None:
    for concurrency in CONCURRENCIES:
        sys.stdout.write("\n".join([*lines(concurrency, measure(concurrency)), ""]))


if __name__ == "__main__":
    main()
