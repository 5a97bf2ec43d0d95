"""Nothing leaves this machine unless the scenario allows the host, the recipients and the count, *and* the user says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.experiment.plan.send_permission import check_permission, is_loopback, leaving_hosts
from benchkit.model.message import Address, Batch, Content, Message
from benchkit.model.scenario import (
    ArmSpec,
    Arrivals,
    ConnectionPolicy,
    LoadModel,
    LoadSpec,
    MessageSpec,
    NetworkSpec,
    Scenario,
    Security,
    ServerAddress,
    VerdictSpec,
)


@pytest.mark.parametrize(
    ("host", "stays"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("LOCALHOST", True),
        ("10.0.0.1", False), ("0.0.0.0", False), ("smtp.example.com", False), ("localhost.example.com", False),
        ("127.0.0.1.example.com", False), ("", False), ("::ffff:192.0.2.1", False), ("2130706433", False),
    ],
)  # fmt: skip
def test_loopback_is_what_is_written_so(host: str, stays: bool) -> None:
    assert is_loopback(host) is stays


def allowed() -> Scenario:
    arm = ArmSpec(
        "real", "smtp", "x", ConnectionPolicy(0), Security.STARTTLS, server=ServerAddress("smtp.example.com", 587)
    )
    load = LoadSpec(LoadModel.TALK, 2, 5, 1, 1, 0.0, Arrivals.POISSON, 1)
    return Scenario(
        "s", "", Path("s.toml"), "", MessageSpec(Address("", "a@b.example"), 1, 1), load, NetworkSpec(), (arm,), VerdictSpec(),
        allow_hosts=("smtp.example.com",), allow_recipients=("@example.com", "me@other.example"), max_messages=15,
    )  # fmt: skip


def batch(*recipients: str) -> Batch:
    content = Content("", Address("", "a@b.example"), ())
    return Batch((Message(0, content, b"", "a@b.example", recipients),))


FINE = batch("x@example.com", "ME@other.example")


def test_all_of_it_together_may_leave() -> None:
    check_permission(allowed(), FINE, leaving_hosts(allowed()), send=True)


@pytest.mark.parametrize(
    ("changes", "mail", "send", "key"),
    [
        ({}, FINE, False, "--send"),
        ({"allow_hosts": ()}, FINE, True, "allow_hosts"),
        ({"allow_hosts": ("other.example",)}, FINE, True, "allow_hosts"),
        ({"allow_recipients": ()}, FINE, True, "allow_recipients"),
        ({}, batch("x@elsewhere.example"), True, "allow_recipients"),
        ({}, batch("x@sub.example.com"), True, "allow_recipients"),
        ({"max_messages": 14}, FINE, True, "max_messages"),
        ({"max_messages": 0}, FINE, True, "max_messages"),
    ],
)
def test_it_fails_closed(changes: dict[str, object], mail: Batch, send: bool, key: str) -> None:
    scenario = replace(allowed(), **changes)  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        check_permission(scenario, mail, leaving_hosts(scenario), send=send)
    assert [mistake.key for mistake in caught.value.mistakes] == [key]


def test_what_stays_at_home_needs_no_permission() -> None:
    scenario = replace(
        allowed(), arms=(replace(allowed().arms[0], server=ServerAddress("127.0.0.1", 25)),), allow_hosts=()
    )
    assert leaving_hosts(scenario) == ()
    check_permission(scenario, batch("anybody@anywhere.example"), (), send=False)
