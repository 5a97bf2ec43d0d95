"""What benchkit costs on top of a library: its arm against a bare loop of the same library, pairwise, on the same sink."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchkit.experiment.process.job import SinkJob
from benchkit.experiment.process.parent_pipe import frame  # the sink is started as a run starts it
from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Security
from benchmarks.one_side import TOKEN, arm_of

PASSWORD = "benchmark"
PAIRS = 7
# way, sends a round, the goal: messages/s of benchkit's arm ÷ those of the bare loop
WAYS = (
    ("smtp/aiosmtplib/reuse/none", 2000, 0.90),
    ("smtp/aiosmtplib/fresh/starttls/plain", 300, 0.90),
    ("api/httpx/reuse/none", 1000, 0.90),
    ("api/httpx/fresh/implicit", 300, 0.90),
)


@contextmanager
def sink(way: str, folder: str) -> Iterator[tuple[int, str]]:
    """Its port and the file of its certificate authority ("" where it speaks no TLS)."""
    arm = arm_of(way)
    listener = ListenerConfig(
        0, arm.transport, arm.security, provider=arm.provider, username="benchkit", password=PASSWORD,
        auth_required=bool(arm.auth) or arm.transport == "api",
    )  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "benchkit.experiment.process.sink_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(frame(SinkJob((listener,), TOKEN, folder)))
    process.stdin.flush()
    ready = json.loads(process.stdout.readline())
    ca_file = Path(folder) / "ca.pem"
    ca_file.write_text(ready["ca_pem"], "utf-8")
    try:
        yield ready["ports"][0], str(ca_file) if arm.security is not Security.NONE else ""
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def rate(side: str, way: str, port: int, sends: int, ca_file: str) -> float:
    command = [sys.executable, "-m", "benchmarks.one_side", side, way, str(port), PASSWORD, str(sends), ca_file]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def measure(way: str, sends: int) -> list[tuple[float, float]]:
    """(driven, bare) messages/s, pair by pair, each side first in every other pair."""
    pairs = []
    with tempfile.TemporaryDirectory() as folder, sink(way, folder) as (port, ca_file):
        for number in range(PAIRS):
            sides = ("driven", "bare") if number % 2 else ("bare", "driven")
            found = {side: rate(side, way, port, sends, ca_file) for side in sides}
            pairs.append((found["driven"], found["bare"]))
    return pairs


def main() -> None:
    for way, sends, goal in WAYS:
        pairs = measure(way, sends)
        ratios = sorted(driven / bare for driven, bare in pairs)
        print(  # noqa: T201
            f"  {way:40} {median(d for d, _ in pairs):7.0f}/s against {median(b for _, b in pairs):7.0f}/s bare: "
            f"ratio {median(ratios):.3f} [{ratios[0]:.3f}, {ratios[-1]:.3f}] of {len(ratios)} pairs, goal {goal}",
            flush=True,
        )


if __name__ == "__main__":
    main()
