"""Mistakes in `[receiving_lab]`, `server = "receiving-lab"` and `[arm.relay]`, a row each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.model.scenario import RECEIVING_LAB
from benchkit.scenario import Vocabulary, load

LAB = '[receiving_lab]\nzones = ["lab.zone"]\n'
SEVERAL = '[load]\nmodel = "throughput"\n'
SMTP = 'name = "smtp"\ntransport = "smtp"\nclient = "aiosmtplib"\n'
API = 'name = "api"\ntransport = "api"\nprovider = "mailgun"\nclient = "httpx"\n'
AT_LAB = SMTP + 'server = "receiving-lab"\n'
MESSAGE = '[message]\nfrom = "a@shop.example"\nto = ["b@example.com"]\nsubject = "Hello"\ntext = "Hi"\n'
Write = Callable[[str], Path]
ROWS = [
    ("", AT_LAB, "arm.0.server", "needs the table [receiving_lab]"),
    ("", API + "relay = {}", "arm.0.relay", "needs the table [receiving_lab]"),
    (LAB, SMTP + 'server = "receiving-labs"', "arm.0.server", "receiving-lab"),
    (LAB, API + 'server = "receiving-lab"\napi_key = { env = "K" }', "arm.0.server", "by SMTP only"),
    (LAB, SMTP, "arm.0.server", "sends no mail to the receiving lab"),
    (LAB, API, "arm.0.server", "sends no mail to the receiving lab"),
    (LAB, AT_LAB + 'security = "starttls"', "arm.0.security", 'must be "none"'),
    (LAB, AT_LAB + "relay = {}", "arm.0.relay", "for the embedded server only"),
    (LAB, API + 'relay = { tracking = ["opens"] }', "arm.0.relay.tracking.0", "links"),
    (LAB, API + 'relay = { signed = "before" }', "arm.0.relay.signed", "without sign_as"),
    (LAB, API + 'relay = { sign_as = "shop" }', "arm.0.relay.sign_as", "a domain name"),
    (LAB, API + 'relay = { return_path = "shop.example" }', "arm.0.relay.return_path", "an address"),
    ('[receiving_lab]\nzones = ["no.zone"]\n', AT_LAB, "receiving_lab.zones.0", "no such file"),
    ("[receiving_lab]\n", AT_LAB, "receiving_lab.zones", "is missing"),
]


def scenario(write: Write, lab: str, arm: str) -> Path:
    path = write(f'name = "x"\n{MESSAGE}{lab}[[arm]]\n{arm}\n')
    (path.parent / "lab.zone").write_text("", "utf-8")
    return path


@pytest.mark.parametrize(("lab", "arm", "key", "expected"), ROWS)
def test_mistake(lab: str, arm: str, key: str, expected: str, write: Write, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError) as caught:
        load(scenario(write, lab, arm), vocabulary)
    assert [mistake.key for mistake in caught.value.mistakes] == [key], str(caught.value)
    assert expected in str(caught.value)


def test_what_is_in_order_is_built(write: Write, vocabulary: Vocabulary) -> None:
    relay = 'relay = { tracking = ["links"], sign_as = "Shop.example", text_part = false }'
    arms = f"{AT_LAB}[[arm]]\n{API}messages_per_request = 2\n{relay}"
    plan = load(scenario(write, SEVERAL + LAB, arms), vocabulary)
    assert plan.receiving_lab is not None
    assert (plan.receiving_lab.sign_as, plan.receiving_lab.wait_s) == ("shop.example", 60.0)
    own, api = plan.arms
    assert (own.server, own.security.value, api.server) == (RECEIVING_LAB, "none", None)
    assert api.relay is not None
    assert (api.relay.tracking, api.relay.sign_as, api.relay.changes_content) == (("links",), "shop.example", True)
