"""The audit of 300 domains over a DNS server 20 ms away, and of one; beside it checkdmarc, on the same domains and server.

checkdmarc takes the first domains only, for it takes most of a second for each. Both take turns, three times: on a machine that
others use too, only what was measured side by side compares.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchkit.audit import audit_domains
from benchkit.cli.audit_loop import run_audits
from benchkit.model.audit import AuditReport
from benchkit.resolver import Budget, open_live
from benchmarks.many_domains import many_domains
from benchmarks.slow_dns import slow_dns

DOMAINS, SEED, DELAY_S = 300, 7, 0.020
QUESTIONS = 5_000
CHECKDMARC_DOMAINS = 10
ROUNDS = 3
GOAL_TIMES, GOAL_ROUND_TRIPS = 40, 12


@dataclass(frozen=True, slots=True)
class Timed:
    """`cpu_seconds` are this process's own, without the server's."""

    seconds: float
    cpu_seconds: float
    reports: list[AuditReport]

    @property
    def rate(self) -> float:
        return len(self.reports) / self.seconds

    @property
    def queries(self) -> float:
        return sum(report.queries for report in self.reports) / len(self.reports)

    @property
    def cpu_ms(self) -> float:
        """Of a domain."""
        return self.cpu_seconds / len(self.reports) * 1e3


async def questions_per_second(server: str) -> float:
    """The resolver by itself: questions that are all different, as fast as they go."""
    async with open_live([server]) as ask:
        started = time.perf_counter()
        await asyncio.gather(*(ask(f"q{number}.example", "TXT") for number in range(QUESTIONS)))
        return QUESTIONS / (time.perf_counter() - started)


async def audited(server: str, domains: Sequence[str]) -> Timed:
    """With nothing in the cache."""
    started, cpu_started = time.perf_counter(), time.process_time()
    async with open_live([server]) as live:
        reports = [report async for report in audit_domains(domains, lambda domain: Budget(live))]
    return Timed(time.perf_counter() - started, time.process_time() - cpu_started, reports)


def checkdmarc_rate(server: str, domains: Sequence[str]) -> float:
    """Domains per second, in a process of its own."""
    side = Path(__file__).with_name("checkdmarc_side.py")
    command = [sys.executable, str(side), server.rpartition(":")[2], *domains]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return len(domains) / float(done.stdout)


def main() -> None:
    zones = many_domains(DOMAINS, SEED)
    domains = [origin for origin in zones if origin != "example"]
    with tempfile.TemporaryDirectory() as folder:
        for origin, text in zones.items():
            Path(folder, f"{origin}.zone").write_text(text, "utf-8")
        with slow_dns(Path(folder), DELAY_S) as server:
            run_audits(audited(server, domains))  # makes the server's responses, which are not what is measured
            run_audits(questions_per_second(server))
            print(f"resolver        {run_audits(questions_per_second(server)):10,.0f} questions/s")  # noqa: T201
            _show_fleet(server, domains)
            _show_one(server, domains[0])


def _show_fleet(server: str, domains: Sequence[str]) -> None:
    pairs = [
        (run_audits(audited(server, domains)), checkdmarc_rate(server, domains[:CHECKDMARC_DOMAINS]))
        for _ in range(ROUNDS)
    ]
    rate = statistics.median(fleet.rate for fleet, _ in pairs)
    cpu_ms = statistics.median(fleet.cpu_ms for fleet, _ in pairs)
    queries = pairs[0][0].queries
    print(f"{DOMAINS} domains     {rate:10.1f} domains/s, {queries:.1f} queries and {cpu_ms:.1f} ms of CPU each")  # noqa: T201
    print(f"  checkdmarc    {_times(pairs)}   (goal: {GOAL_TIMES} times)")  # noqa: T201


def _times(pairs: Sequence[tuple[Timed, float]]) -> str:
    """How many times its domains a second, round by round."""
    times = sorted(fleet.rate / theirs for fleet, theirs in pairs)
    theirs = statistics.median(rate for _, rate in pairs)
    return f"{statistics.median(times):.0f} times its {theirs:.2f} ({times[0]:.0f} to {times[-1]:.0f})"


def _show_one(server: str, domain: str) -> None:
    one = run_audits(audited(server, [domain]))
    trips = one.seconds / DELAY_S
    print(f"one, cold       {trips:10.1f} round trips, {one.queries:.0f} queries   (goal: {GOAL_ROUND_TRIPS})")  # noqa: T201


if __name__ == "__main__":
    main()
