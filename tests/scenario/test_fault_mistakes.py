"""Every kind of mistake in an arm's faults and limits, a row each."""

from __future__ import annotations

import pytest

from tests.scenario.conftest import SMTP, Expect, Row, ids_of

API = 'client = "httpx"\n'
REMOTE = 'client = "aiosmtplib"\nsecurity = "starttls"\nserver = { host = "127.0.0.1", port = 2525 }'
ROWS: list[Row] = [
    (15, SMTP + "[[arm.fault]]\ndrop = true", "16:7 arm.0.fault.0.at", "is missing"),
    (15, SMTP + '[[arm.fault]]\nat = "dtaa"\ndrop = true', "17:1 arm.0.fault.0.at", 'did you mean "data"?'),
    (15, SMTP + '[[arm.fault]]\nat = "auth"\ndrop = true', "17:1 arm.0.fault.0.at", "never reached"),
    (15, SMTP + '[[arm.fault]]\nat = "data"', "16:7 arm.0.fault.0", "has no effect: give reply"),
    (15, SMTP + '[[arm.fault]]\nat = "data"\nreply = "busy"', "18:1 arm.0.fault.0.reply", "a code and a text"),
    (15, SMTP + '[[arm.fault]]\nat = "data"\nstatus = 500', "18:1 arm.0.fault.0.status", "does not exist for smtp"),
    (
        15,
        SMTP + '[[arm.fault]]\nat = "data"\ndrop = true\nprobability = 2',
        "19:1 arm.0.fault.0.probability",
        "at most 1",
    ),
    (
        21,
        API + '[[arm.fault]]\nat = "connect"\nstatus = 500',
        "24:1 arm.1.fault.0.status",
        "cannot be given at connect",
    ),
    (
        21,
        API + '[[arm.fault]]\nat = "connect"\nanswer = "busy"',
        "24:1 arm.1.fault.0.answer",
        "cannot be given at connect",
    ),
    (21, API + '[[arm.fault]]\nat = "request"\nanswer = "bussy"', "24:1 arm.1.fault.0.answer", 'did you mean "busy"?'),
    (15, SMTP + '[[arm.fault]]\nat = "data"\nanswer = "busy"', "18:1 arm.0.fault.0.answer", "does not exist for smtp"),
    (
        21,
        API + '[[arm.fault]]\nat = "request"\nanswer = "busy"\nstatus = 500',
        "24:1 arm.1.fault.0.answer",
        "has a status of its own",
    ),
    (21, API + '[[arm.fault]]\nat = "request"\nstatus = 200', "24:1 arm.1.fault.0.status", "at least 400"),
    (
        21,
        API + '[[arm.fault]]\nat = "request"\ndelay_ms = { distribution = "uniform", low = 1 }',
        "24:1 arm.1.fault.0.delay_ms.high",
        'uniform needs "low", "high"',
    ),
    (
        21,
        API + '[[arm.fault]]\nat = "request"\ndelay_ms = { distribution = "constant", value = 1, mean = 1 }',
        "24:52 arm.1.fault.0.delay_ms.mean",
        "not a parameter of constant",
    ),
    (15, SMTP + "[arm.limit]\nburst = 5", "17:1 arm.0.limit.burst", "needs rate_per_s"),
    (15, SMTP + "limit = { rate_per_s = -1 }", "16:11 arm.0.limit.rate_per_s", "at least 0"),
    (15, REMOTE + "\nlimit = { rate_per_s = 1 }", "18:1 arm.0.limit", "embedded server only"),
]


@pytest.mark.parametrize("row", ROWS, ids=ids_of(ROWS))
def test_mistake(row: Row, expect_mistake: Expect) -> None:
    expect_mistake(row)
