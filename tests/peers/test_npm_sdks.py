"""The SDKs that providers publish on npm send to the sink and are understood; what the sink refuses, they understand."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.message import Content
from benchkit.model.scenario import Security
from benchkit.sink import parse_body
from tests.peers.requirements import need, need_unpacked
from tests.providers.sdks.sdk_calls import CONTENT, RECIPIENTS
from tests.sink.conftest import Running, running

__all__ = ["running"]
SCRIPT = Path(__file__).with_name("servers") / "npm_sdks.cjs"
SECRET = "SG.correct-horse"  # SendGrid's SDK warns of keys that begin otherwise
SDKS = {"@sendgrid/mail": "sendgrid", "mailgun.js": "mailgun", "postmark": "postmark", "resend": "resend"}


def send(sdk: str, port: int, secret: str) -> Any:
    modules = need_unpacked("npm", "node_modules", *sdk.split("/")).parents[len(sdk.split("/")) - 1]
    command = [*map(str, (need("node"), SCRIPT, modules)), sdk, str(port), secret]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    return json.loads(done.stdout)


def untyped(content: Content) -> Content:
    """mailgun.js gives a Buffer no type of its own, whatever `contentType` says."""
    files = tuple(replace(file, content_type="application/octet-stream") for file in content.attachments)
    return replace(content, attachments=files)


@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdks_mail_arrives_whole_and_a_wrong_key_is_told(sdk: str, running: Running) -> None:
    provider = SDKS[sdk]
    sink = running(ListenerConfig(0, "api", Security.NONE, provider, password=SECRET, auth_required=True))
    answer = send(sdk, sink.port, SECRET)
    assert answer.get("id"), answer
    ((head, body),) = sink.ledger.bodies.values()
    (mail,) = parse_body("api", provider, head, body)
    assert mail.content == (untyped(CONTENT) if sdk == "mailgun.js" else CONTENT)
    assert sorted(mail.recipients) == sorted(RECIPIENTS)
    refused = send(sdk, sink.port, "SG.wrong")
    assert any(word in refused["error"] for word in ("401", "invalid_api_key", "Server Token")), refused
    assert len(sink.ledger.arrivals) == 1
