"""No real mail is sent unless the scenario allows the host, the recipients and the count, *and* the user says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.experiment.parent.run_experiment import run_experiment
from benchkit.experiment.plan.send_permission import check_permission, deliveries, hosts_that_need_permission
from benchkit.model.host_names import is_loopback, is_reserved_mailbox
from benchkit.model.load import Arrivals, LoadModel, LoadSpec
from benchkit.model.message import Address, Batch, Content, Message
from benchkit.model.scenario import (
    ArmSpec,
    ConnectionPolicy,
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


@pytest.mark.parametrize(
    ("address", "reserved"),
    [
        ("a@shop.example", True), ("a@example", True), ("a@x.test", True), ("a@x.invalid", True), ("a@localhost", True),
        ("a@example.com", True), ("a@sub.EXAMPLE.net", True), ("a@example.org.", True), ("ä@größe.example", True),
        ("a@gmail.com", False), ("a@example.de", False), ("a@notexample.com", False), ("a@example.com.evil.net", False),
        ("a@test.com", False), ("a@[192.0.2.1]", False), ("a", False), ("", False), ("@shop.example", False),
        ("me%gmail.com@shop.example", False), ("gmail.com!me@shop.example", False), ("me@gmail.com@shop.example", False),
        ("@a.test:me@shop.example", False),
    ],
)  # fmt: skip
def test_only_what_can_reach_no_one_is_reserved(address: str, reserved: bool) -> None:
    assert is_reserved_mailbox(address) is reserved


def allowed() -> Scenario:
    arm = ArmSpec(
        "real", "smtp", "x", ConnectionPolicy(0), Security.STARTTLS, server=ServerAddress("smtp.example.com", 587)
    )
    load = LoadSpec(LoadModel.TALK, 2, 5, 1, 1, 0.0, Arrivals.POISSON, 1)
    return Scenario(
        "s", "", Path("s.toml"), "", MessageSpec(Address("", "a@b.example"), 1, 1), load, NetworkSpec(), (arm,), VerdictSpec(),
        allow_hosts=("smtp.example.com",), allow_recipients=("@example.com", "me@other.example"), max_messages=15,
    )  # fmt: skip


def batch(*recipients: str, cc: str = "") -> Batch:
    copies = (Address("", cc),) if cc else ()
    content = Content("", Address("", "a@b.example"), (), cc=copies)
    return Batch((Message(0, content, b"", "a@b.example", recipients),))


FINE = batch("x@example.com")


def test_all_of_it_together_may_leave() -> None:
    check_permission(allowed(), FINE, send=True)
    check_permission(replace(allowed(), max_messages=30), batch("x@example.com", "ME@other.example"), send=True)


@pytest.mark.parametrize(
    ("changes", "mail", "send", "key"),
    [
        ({}, FINE, False, "--send"),
        ({"allow_hosts": ()}, FINE, True, "allow_hosts"),
        ({"allow_hosts": ("other.example",)}, FINE, True, "allow_hosts"),
        ({"allow_recipients": ()}, FINE, True, "allow_recipients"),
        ({}, batch("x@elsewhere.example"), True, "allow_recipients"),
        ({}, batch("x@sub.example.com"), True, "allow_recipients"),
        ({}, batch("x@example.com", cc="x@elsewhere.example"), True, "allow_recipients"),
        ({"max_messages": 14}, FINE, True, "max_messages"),
        ({"max_messages": 0}, FINE, True, "max_messages"),
        ({"max_messages": 29}, batch("x@example.com", "me@other.example"), True, "max_messages"),
    ],
)
def test_in_doubt_the_answer_is_no(changes: dict[str, object], mail: Batch, send: bool, key: str) -> None:
    scenario = replace(allowed(), **changes)  # type: ignore[arg-type]
    assert refused(scenario, mail, send=send) == [key]


def refused(scenario: Scenario, mail: Batch, *, send: bool) -> list[str]:
    with pytest.raises(InputError) as caught:
        check_permission(scenario, mail, send=send)
    return [mistake.key for mistake in caught.value.mistakes]


@pytest.mark.parametrize(
    ("patterns", "recipient", "passes"),
    [
        (["*"], "anyone@gmail.com", True), (["*@gmail.com"], "a@gmail.com", True), (["*@gmail.com"], "a@x.gmail.com", False),
        (["@gmail.com"], "A@GMAIL.com", True), (["a[1]@x.de"], "a[1]@x.de", True), (["seed+*@x.de"], "seed+7@x.de", True),
        (["seed+*@x.de"], "other@x.de", False), (["@x.de"], "a@y.de", False), ([], "a@y.de", False),
    ],
)  # fmt: skip
def test_patterns_of_recipients(patterns: list[str], recipient: str, passes: bool) -> None:
    scenario = replace(allowed(), allow_recipients=tuple(patterns))
    if passes:
        check_permission(scenario, batch(recipient), send=True)
    else:
        assert refused(scenario, batch(recipient), send=True) == ["allow_recipients"]


def on_loopback(host: str) -> Scenario:
    arm = replace(allowed().arms[0], server=ServerAddress(host, 25))
    return replace(allowed(), arms=(arm,), allow_hosts=(), allow_recipients=(), max_messages=0)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_a_server_on_loopback_may_be_a_relay(host: str) -> None:
    keys = ["allow_hosts", "allow_recipients", "max_messages"]
    check_permission(on_loopback(host), batch("a@shop.example", cc="b@example.com"), send=False)
    assert refused(on_loopback(host), batch("a@shop.example", "me@gmail.com"), send=True) == keys
    assert refused(on_loopback(host), batch("a@shop.example", cc="me@gmail.com"), send=True) == keys
    permitted = replace(on_loopback(host), allow_hosts=(host,), allow_recipients=("*",), max_messages=15)
    assert refused(permitted, batch("me@gmail.com"), send=False) == ["--send"]
    check_permission(permitted, batch("me@gmail.com"), send=True)


def test_embedded_servers_need_no_permission() -> None:
    scenario = replace(on_loopback("127.0.0.1"), arms=(replace(allowed().arms[0], server=None),))
    assert hosts_that_need_permission(scenario, batch("me@gmail.com")) == ()
    check_permission(scenario, batch("me@gmail.com"), send=False)


def test_deliveries_are_recipients_of_every_send() -> None:
    scenario = allowed()
    assert scenario.load.all_blocks * scenario.load.messages_per_block == 15
    one, two = batch("a@example.com").messages[0], batch("a@example.com", "b@example.com").messages[0]
    assert deliveries(scenario.arms[0], scenario, Batch((one, two))) == 8 * 1 + 7 * 2
    assert deliveries(replace(scenario.arms[0], transport="null"), scenario, Batch((one,))) == 0


def test_a_run_that_is_started_without_the_program_asks_too(tmp_path: Path) -> None:
    for scenario, send in ((allowed(), False), (replace(allowed(), allow_hosts=()), True)):
        with pytest.raises(InputError):
            run_experiment(scenario, FINE, {}, tmp_path, lambda sent, planned: None, send=send)
    assert not list(tmp_path.iterdir())


def test_a_target_that_turns_out_wrong_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loopback name that leads elsewhere (targets.py) is found after the folder is made."""
    monkeypatch.setattr("socket.getaddrinfo", lambda *given, **more: [(0, 0, 0, "", ("192.0.2.1", 25))])
    scenario = on_loopback("localhost")
    scenario = replace(scenario, arms=tuple(replace(arm, client="wire") for arm in scenario.arms))
    with pytest.raises(InputError, match="leads to"):
        run_experiment(scenario, batch("a@shop.example"), {}, tmp_path, lambda sent, planned: None)
    assert not list(tmp_path.iterdir())
