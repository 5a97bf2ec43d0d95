"""A recipient list of 100,000 rows in 20,000 domains, over a DNS server 20 ms away: seconds, of which CPU, and the goal."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from benchkit.audit.recipient_list import JudgedList, judge_list, read_list
from benchkit.cli.audit_loop import run_audits
from benchkit.resolver import Budget, open_live
from benchmarks.slow_dns import slow_dns

ROWS, DOMAINS, DELAY_S, SEED = 100_000, 20_000, 0.020, 7
HOSTS_SHARED = 40  # mail services that half of the domains use; the others have hosts of their own
GOAL_S = 60


def zone_text(domains: int) -> str:
    """One zone with all domains below it: half of them share hosts, one in ten takes no mail."""
    lines = ["$ORIGIN example.", "$TTL 300", "@ IN SOA ns1 hostmaster 1 7200 3600 1209600 300", "@ IN NS ns1"]
    lines += [f"mx.service{number} IN A 192.0.2.{number + 1}" for number in range(HOSTS_SHARED)]
    for number in range(domains):
        if number % 10 == 0:
            lines.append(f"d{number} IN MX 0 .")
        elif number % 2:
            lines.append(f"d{number} IN MX 10 mx.service{number % HOSTS_SHARED}")
        else:
            lines += [f"d{number} IN MX 10 mx.d{number}", f"mx.d{number} IN A 192.0.2.1"]
    return "\n".join([*lines, ""])


def list_text(rows: int, domains: int) -> str:
    draw = random.Random(SEED)
    return "email\n" + "".join(f"user{row}@d{draw.randrange(domains)}.example\n" for row in range(rows))


async def judged(server: str, text: str) -> JudgedList:
    async with open_live([server]) as live:
        return await judge_list(read_list(text, "list.csv"), lambda domain: Budget(live))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "example.zone").write_text(zone_text(DOMAINS), "utf-8")
        with slow_dns(Path(folder), DELAY_S) as server:
            text = list_text(ROWS, DOMAINS)
            started, cpu_started = time.perf_counter(), time.process_time()
            found = run_audits(judged(server, text))
            seconds, cpu_s = time.perf_counter() - started, time.process_time() - cpu_started
    print(f"{len(found.rows):,} rows, {found.domains_asked:,} domains {seconds:8.1f} s   (goal: {GOAL_S} s)")  # noqa: T201
    print(f"  of CPU {cpu_s:.1f} s; kept {len(found.kept):,}, domains unanswered {len(found.unanswered)}")  # noqa: T201


if __name__ == "__main__":
    main()
