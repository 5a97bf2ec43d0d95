"""The SDKs that providers publish on npm send to the sink and are understood; what the sink refuses, they understand."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.message import Content
from benchkit.model.scenario import Fault, Security
from benchkit.providers import PROVIDERS
from benchkit.sink import parse_body
from tests.peers.requirements import need, need_unpacked
from tests.providers.sdks.sdk_calls import CONTENT, RECIPIENTS
from tests.sink.conftest import Running, running

__all__ = ["running"]
SCRIPT = Path(__file__).with_name("servers") / "npm_sdks.cjs"
SECRET = "SG.correct-horse"  # SendGrid's SDK warns of keys that begin otherwise
SDKS = {"@sendgrid/mail": "sendgrid", "mailgun.js": "mailgun", "postmark": "postmark", "resend": "resend"}


def send(sdk: str, secret: str, *ports: int) -> list[Any]:
    """The answer that the SDK has at each port."""
    modules = need_unpacked("npm", "node_modules", *sdk.split("/")).parents[len(sdk.split("/")) - 1]
    command = [*map(str, (need("node"), SCRIPT, modules, sdk, secret, *ports))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def listener(provider: str, number: int = 0, *faults: Fault) -> ListenerConfig:
    return ListenerConfig(
        number, "api", Security.NONE, provider, password=SECRET, auth_required=True, faults=faults
    )  # fmt: skip


def untyped(content: Content) -> Content:
    """mailgun.js gives a Buffer no type of its own, whatever `contentType` says."""
    files = tuple(replace(file, content_type="application/octet-stream") for file in content.attachments)
    return replace(content, attachments=files)


@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdks_mail_arrives_whole_and_a_wrong_key_is_told(sdk: str, running: Running) -> None:
    provider = SDKS[sdk]
    sink = running(listener(provider))
    (answer,) = send(sdk, SECRET, sink.port)
    assert answer.get("id"), answer
    ((head, body),) = sink.ledger.bodies.values()
    (mail,) = parse_body("api", provider, head, body)
    assert mail.content == (untyped(CONTENT) if sdk == "mailgun.js" else CONTENT)
    assert sorted(mail.recipients) == sorted(RECIPIENTS)
    (refused,) = send(sdk, "SG.wrong", sink.port)
    assert any(word in refused["error"] for word in ("401", "invalid_api_key", "Server Token")), refused
    assert len(sink.ledger.arrivals) == 1


# The SDK sees a success, or an error that says nothing of the answer: what it says instead.
IN_OTHER_WORDS: Mapping[tuple[str, str], str] = {
    ("mailgun.js", "wrong_path"): "Mailgun Magnificent API",
    ("postmark", "some_inactive"): "an id",
    ("resend", "some_invalid"): "Invalid `to` field",
}


@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdk_understands_every_answer_of_its_provider(sdk: str, running: Running) -> None:
    """Each from a listener of its own, all in one process of node."""
    provider = SDKS[sdk]
    answers: Mapping[str, Any] = PROVIDERS[provider].server.answers
    sink = running(*(listener(provider, n, Fault("request", answer=name)) for n, name in enumerate(answers)))
    misunderstood = []
    for (name, answer), said in zip(answers.items(), send(sdk, SECRET, *sink.ports), strict=True):
        wanted = IN_OTHER_WORDS.get((sdk, name)) or answer.text or answer.code or str(answer.status)
        if plain(wanted) not in plain(said.get("error", "an id")):
            misunderstood.append((name, wanted, said))
    assert misunderstood == []


def plain(text: str) -> str:
    """Without the marks that JSON adds."""
    return re.sub(r"[\\\"']", "", text)
