"""The providers' own SDKs send to the sink and are understood; test_sdk_errors.py has what the sink refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Security
from benchkit.sink import parse_body
from tests.providers.sdks.sdk_calls import CONTENT, RECIPIENTS, SDKS, TERMS
from tests.sink.conftest import Running, running

__all__ = ["running"]
SECRET = "correct-horse"


def listener(provider: str) -> ListenerConfig:
    return ListenerConfig(0, "api", Security.NONE, provider, password=SECRET, auth_required=True)


CARRIED = {"brevo": replace(CONTENT, attachments=(TERMS,))}


@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdks_mail_arrives_whole(sdk: str, running: Running) -> None:
    provider, call = SDKS[sdk]
    sink = running(listener(provider))
    server_id = call(sink.port, SECRET)
    ((_, (head, body)),) = sink.ledger.bodies.items()
    (mail,) = parse_body("api", provider, head, body)
    assert mail.content == CARRIED.get(sdk, CONTENT)
    assert sorted(mail.recipients) == sorted(RECIPIENTS)
    assert server_id
    assert call(sink.port, SECRET) != server_id, "two equal sends are two messages"


@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdk_understands_a_wrong_key(sdk: str, running: Running) -> None:
    provider, call = SDKS[sdk]
    sink = running(listener(provider))
    with pytest.raises(Exception, match=r"(?i)key|token|grant|signature|authoriz|unauthenticated|401|403"):
        call(sink.port, "wrong")
    assert sink.ledger.arrivals == []
