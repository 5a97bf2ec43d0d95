"""A vocabulary as the house has it today, and a way to write a scenario file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchkit.scenario import Vocabulary

BASE = """\
name = "base"

[message]
from = "a@shop.example"
to = ["b@example.com"]
subject = "Hello"
text = "Hi"

[load]
blocks = 2

[[arm]]
name = "smtp"
transport = "smtp"
client = "aiosmtplib"

[[arm]]
name = "api"
transport = "api"
provider = "mailgun"
client = "httpx"

[thresholds]
"api.response.p95" = "< 250 ms"
"""

Write = Callable[[str], Path]


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary(
        clients={"smtp": ("aiosmtplib",), "api": ("httpx",), "null": ("",)},
        providers={"mailgun": frozenset({"domain", "mime"}), "single": frozenset()},
        batch_limits={"mailgun": 1000},
        statistics=("p50", "p90", "p95", "p99"),
        cores=4,
    )


@pytest.fixture(scope="session")
def base() -> str:
    return BASE


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "scenario.toml"
        path.write_text(text, "utf-8")
        return path

    return write
