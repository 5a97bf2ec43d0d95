"""Mistakes in an arm's `dkim`, a row each."""

from __future__ import annotations

import pytest

from tests.scenario.conftest import SMTP, Expect, Row, ids_of

API = 'client = "httpx"\n'
ROWS: list[Row] = [
    (15, SMTP + 'dkim = { domain = "a.example", selector = "s" }', "16:1 arm.0.dkim.key", "is missing"),
    (
        15,
        SMTP + 'dkim = { domain = "shop", selector = "s", key = { env = "K" } }',
        "16:10 arm.0.dkim.domain",
        "a domain name",
    ),
    (
        15,
        SMTP + 'dkim = { domain = "a.example", selector = "_s", key = { env = "K" } }',
        "16:32 arm.0.dkim.selector",
        "labels",
    ),
    (
        15,
        SMTP + 'dkim = { domain = "a.example", selector = "s", key = {} }',
        "16:48 arm.0.dkim.key",
        "exactly one source",
    ),
    (
        15,
        SMTP + 'dkim = { domain = "a.example", selector = "s", key = { netrc = "h" } }',
        "16:48 arm.0.dkim.key",
        "netrc",
    ),
    (
        15,
        SMTP + 'dkim = { domain = "a.example", selector = "s", key = { file = "k" } }',
        "16:56 arm.0.dkim.key.file",
        "no such file",
    ),
    (
        21,
        API + 'dkim = { domain = "a.example", selector = "s", key = { env = "K" } }',
        "22:1 arm.1.dkim",
        "for smtp arms only",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=ids_of(ROWS))
def test_mistake(row: Row, expect_mistake: Expect) -> None:
    expect_mistake(row)
