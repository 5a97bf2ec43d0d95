"""A vocabulary as the house has it today, a scenario that is in order, and what becomes of it when a line of it is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.model.client_offers import HTTPS, SASL, TLS, ClientOffers
from benchkit.scenario import Vocabulary, load

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

SMTP = 'client = "aiosmtplib"\n'  # where the first arm's own keys may follow

Write = Callable[[str], Path]
Row = tuple[
    int, str, str, str
]  # line of the base, its replacement, "line:column key" of the mistake, a part of its message
Expect = Callable[[Row], None]


OFFERS = {
    "aiosmtplib": ClientOffers(securities=TLS, logins=SASL, dsn=True),
    "wire": ClientOffers(securities=TLS, logins=SASL, dsn=True, dialogues=("step", "pipelined", "overlapped")),
    "httpx": ClientOffers(securities=HTTPS, batches=True, stored=True),
    "httpx2": ClientOffers(securities=HTTPS, batches=True),
    "plain": ClientOffers(),  # no TLS, no login, no DSN, one message a request
}


def offers(_transport: str, client: str) -> ClientOffers:
    return OFFERS.get(client, ClientOffers())


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary(
        clients={"smtp": ("aiosmtplib",), "api": ("httpx", "httpx2"), "null": ("",)},
        providers={
            "mailgun": frozenset({"domain", "mime"}),
            "single": frozenset(),
            "stored": frozenset(),
            "inline": frozenset(),
        },
        batch_limits={"mailgun": 1000, "inline": 50, "stored": 50},
        templates=frozenset({"mailgun", "inline"}),
        stored_templates=frozenset({"mailgun", "stored"}),
        statistics=("p50", "p90", "p95", "p99"),
        offers=offers,
        webhooks=("mailgun",),
        answers={"mailgun": ("busy",)},
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


def ids_of(rows: Iterable[Row]) -> list[str]:
    return [f"{place} {fragment}" for _, _, place, fragment in rows]


@pytest.fixture
def expect_mistake(base: str, vocabulary: Vocabulary, write: Write) -> Expect:
    """Exactly one mistake comes of a row, at its place, with its words; `{folder}` in these is the scenario's."""

    def expect(row: Row) -> None:
        number, text, place, fragment = row
        lines = base.split("\n")
        lines[number - 1] = text
        path = write("\n".join(lines))
        with pytest.raises(InputError) as caught:
            load(path, vocabulary)
        assert len(caught.value.mistakes) == 1, str(caught.value)
        (mistake,) = caught.value.mistakes
        assert (mistake.where, f"{mistake.line}:{mistake.column} {mistake.key}") == (str(path), place)
        assert fragment.format(folder=path.parent) in mistake.message

    return expect
