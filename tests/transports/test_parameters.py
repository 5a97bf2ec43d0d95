"""SIZE and DSN as every SMTP client says them: alike, only where they are on offer, and never for nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import Dsn, Limit
from benchkit.protocol.expected_turns import message_turns
from tests.transports.scripted import Script, by_script, polite

Make = Callable[..., Message]
Kind = OutcomeKind
WAYS = [
    ("aiosmtplib", "step"), ("smtplib", "step"), ("wire", "step"), ("wire", "pipelined"), ("wire", "overlapped"),
    ("wire", "bdat-strict"), ("wire", "bdat-eager"),
]  # fmt: skip
ASKED = Dsn("hdrs", "batch 7", ("failure", "delay"), orcpt=True)


@pytest.mark.parametrize(("client", "dialogue"), WAYS)
def test_the_size_declared_is_that_of_what_arrives_and_costs_no_turn(
    client: str, dialogue: str, talk: Any, make_arm: Any, compose_message: Make
) -> None:
    mail = compose_message(2)
    found = talk("smtp none", [mail] * 2, fresh=False, client=client, dialogue=dialogue)
    said = [line for line in found.transcript.texts(0, "in") if line.upper().startswith("MAIL")]
    sizes = [arrival.size for arrival in found.ledger.arrivals]
    assert [line.upper() for line in said] == [f"MAIL FROM:<SHOP@SHOP.EXAMPLE> SIZE={size}" for size in sizes]
    alone = message_turns(make_arm("smtp none", dialogue=dialogue), 2)  # nothing is announced here
    assert [one.turns for one in found.sent] == [alone] * 2


@pytest.mark.parametrize("client", ["aiosmtplib", "smtplib", "wire"])
def test_a_server_that_offers_neither_hears_neither(client: str, make_arm: Any, compose_message: Make) -> None:
    outcomes, heard = by_script(
        make_arm("smtp none", client=client), Script(polite, ehlo=b"250 bare\r\n"), [compose_message()]
    )
    assert [outcome.kind for outcome in outcomes] == [Kind.ACCEPTED]
    assert [unit.lower() for unit in heard if unit.upper().startswith(b"MAIL")] == [b"mail from:<shop@shop.example>"]


@pytest.mark.parametrize(
    ("size", "taken"),
    [(b"SIZE", True), (b"SIZE 0", True), (b"SIZE x", True), (b"SIZE 5000", True), (b"SIZE 1000", False)],
)
@pytest.mark.parametrize("client", ["aiosmtplib", "smtplib", "wire"])
def test_what_is_larger_than_the_servers_limit_is_not_even_begun(
    client: str, size: bytes, taken: bool, make_arm: Any, compose_message: Make
) -> None:
    large, small = compose_message(text="x" * 40 + ("\n" + "x" * 40) * 30), compose_message()
    assert len(small.mime) < 1000 < len(large.mime) < 5000
    script = Script(polite, ehlo=b"250-x\r\n250 " + size + b"\r\n")
    outcomes, heard = by_script(make_arm("smtp none", client=client), script, [large, small])
    assert [outcome.kind for outcome in outcomes] == [Kind.ACCEPTED if taken else Kind.REJECTED, Kind.ACCEPTED]
    assert sum(unit.upper().startswith(b"MAIL") for unit in heard) == 1 + taken
    if not taken:
        assert outcomes[0].code == 0
        assert outcomes[0].text == f"the message has {len(large.mime):,} bytes, and the server's SIZE is 1,000"


@pytest.mark.parametrize(
    ("ehlo", "lacks"),
    [
        (b"250-x\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n", ""),
        (b"250-x\r\n250 8BITMIME\r\n", "SMTPUTF8"),
        (b"250-x\r\n250 SMTPUTF8\r\n", "8BITMIME"),
        (b"250 bare\r\n", "8BITMIME, SMTPUTF8"),
    ],
)
@pytest.mark.parametrize("client", ["aiosmtplib", "smtplib", "wire"])
def test_an_address_beyond_ascii_goes_where_it_is_understood(
    client: str, ehlo: bytes, lacks: str, make_arm: Any, compose_message: Make
) -> None:
    plain = compose_message()
    mail = replace(plain, mime=plain.mime + "ü\r\n".encode(), recipients=("grüße@example.com",))
    outcomes, heard = by_script(make_arm("smtp none", client=client), Script(polite, ehlo=ehlo), [mail, plain])
    said = [unit for unit in heard if unit[:4].upper() in (b"MAIL", b"RCPT")]
    if lacks:
        assert (outcomes[0].kind, outcomes[0].text) == (Kind.REJECTED, f"the server does not offer {lacks}")
    else:
        assert said.pop(0).partition(b">")[2].upper() == b" BODY=8BITMIME SMTPUTF8"
        assert said.pop(0).partition(b":")[2] == "<grüße@example.com>".encode()
    assert outcomes[1].kind is Kind.ACCEPTED
    assert [unit.partition(b":")[2] for unit in said] == [b"<shop@shop.example>", b"<user0@example.com>"]


@pytest.mark.parametrize("client", ["aiosmtplib", "smtplib", "wire"])
def test_the_sinks_own_limit(client: str, talk: Any, compose_message: Make) -> None:
    found = talk("smtp none", [compose_message()], fresh=False, client=client, limit=Limit(message_bytes=100))
    assert found.sent[0].outcome.text.endswith("the server's SIZE is 100")
    assert found.ledger.arrivals == []


@pytest.mark.parametrize(("client", "dialogue"), WAYS)
def test_what_an_arm_asks_of_notifications_is_said(
    client: str, dialogue: str, talk: Any, compose_message: Make
) -> None:
    found = talk("smtp none", [compose_message()], fresh=False, client=client, dialogue=dialogue, dsn=ASKED)
    assert found.sent[0].outcome.kind is Kind.ACCEPTED
    said = [line.split(">", 1) for line in found.transcript.texts(0, "in") if line.upper().startswith(("MAIL", "RCPT"))]
    size = found.ledger.arrivals[0].size
    assert [parameters for _, parameters in said] == [
        f" RET=HDRS ENVID=batch+207 SIZE={size}",
        " NOTIFY=FAILURE,DELAY ORCPT=rfc822;user0@example.com",
    ]


@pytest.mark.parametrize("client", ["aiosmtplib", "smtplib", "wire"])
def test_notifications_that_are_not_offered_are_an_error_of_the_arm(
    client: str, make_arm: Any, compose_message: Make
) -> None:
    arm = make_arm("smtp none", client=client, dsn=ASKED)
    (outcome,), heard = by_script(arm, Script(polite, ehlo=b"250 bare\r\n"), [compose_message()])
    assert (outcome.kind, outcome.code, outcome.text) == (Kind.REJECTED, 0, "the server does not offer DSN")
    assert not any(unit.upper().startswith(b"MAIL") for unit in heard)
